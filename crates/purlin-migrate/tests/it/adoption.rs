//! Databases that Prisma made: what they hold is taken as it is, and nothing of it is changed.

use purlin_migrate::{MigrationDialect, Step};

use crate::app::{App, check_error, nothing};

const SCHEMA: &str = "
enum Role { USER ADMIN }
model User {
  id        Int      @id @default(autoincrement())
  email     String   @unique
  name      String?
  role      Role     @default(USER)
  isActive  Boolean  @default(true)
  balance   Decimal  @default(0)
  meta      Json?
  photo     Bytes?
  createdAt DateTime @default(now())
  posts     Post[]
}
model Post {
  id        String   @id @default(uuid())
  title     String   @default(\"-\")
  authorId  Int
  author    User     @relation(fields: [authorId], references: [id], onDelete: Cascade)
  tags      Tag[]
  createdAt DateTime @default(now())
  @@index([authorId])
}
model Tag {
  id    Int    @id @default(autoincrement())
  posts Post[]
}";

const POSTGRES: &str = r#"
CREATE TYPE "Role" AS ENUM ('USER', 'ADMIN');
CREATE TABLE "_prisma_migrations" ("id" VARCHAR(36) PRIMARY KEY, "checksum" VARCHAR(64) NOT NULL);
CREATE TABLE "elsewhere" ("id" SERIAL PRIMARY KEY, "x" TEXT);
CREATE TABLE "User" ("id" SERIAL NOT NULL, "email" VARCHAR(191) NOT NULL, "name" TEXT, "role" "Role" NOT NULL DEFAULT 'USER',
  "isActive" BOOLEAN NOT NULL DEFAULT true, "balance" DECIMAL(65,30) NOT NULL DEFAULT 0, "meta" JSON, "photo" BYTEA,
  "createdAt" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP, CONSTRAINT "User_pkey" PRIMARY KEY ("id"));
CREATE TABLE "Post" ("id" UUID NOT NULL, "title" TEXT NOT NULL DEFAULT '-', "authorId" INTEGER NOT NULL,
  "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP, CONSTRAINT "Post_pkey" PRIMARY KEY ("id"));
CREATE TABLE "Tag" ("id" SERIAL NOT NULL, CONSTRAINT "Tag_pkey" PRIMARY KEY ("id"));
CREATE TABLE "_PostToTag" ("A" UUID NOT NULL, "B" INTEGER NOT NULL);
CREATE UNIQUE INDEX "User_email_key" ON "User"("email");
CREATE INDEX "Post_authorId_idx" ON "Post"("authorId");
CREATE UNIQUE INDEX "_PostToTag_AB_unique" ON "_PostToTag"("A", "B");
CREATE INDEX "_PostToTag_B_index" ON "_PostToTag"("B");
ALTER TABLE "Post" ADD CONSTRAINT "Post_authorId_fkey" FOREIGN KEY ("authorId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "_PostToTag" ADD CONSTRAINT "_PostToTag_A_fkey" FOREIGN KEY ("A") REFERENCES "Post"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "_PostToTag" ADD CONSTRAINT "_PostToTag_B_fkey" FOREIGN KEY ("B") REFERENCES "Tag"("id") ON DELETE CASCADE ON UPDATE CASCADE;
INSERT INTO "User" ("email") VALUES ('ada@example.com')
"#;

const MYSQL: &str = "
CREATE TABLE `_prisma_migrations` (`id` VARCHAR(36) PRIMARY KEY, `checksum` VARCHAR(64) NOT NULL);
CREATE TABLE `elsewhere` (`id` INTEGER PRIMARY KEY AUTO_INCREMENT, `x` TEXT);
CREATE TABLE `User` (`id` INTEGER NOT NULL AUTO_INCREMENT, `email` VARCHAR(191) NOT NULL, `name` VARCHAR(191) NULL,
  `role` ENUM('USER', 'ADMIN') NOT NULL DEFAULT 'USER', `isActive` BOOLEAN NOT NULL DEFAULT true,
  `balance` DECIMAL(65, 30) NOT NULL DEFAULT 0, `meta` JSON NULL, `photo` LONGBLOB NULL,
  `createdAt` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3), UNIQUE INDEX `User_email_key`(`email`), PRIMARY KEY (`id`))
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
CREATE TABLE `Post` (`id` VARCHAR(191) NOT NULL, `title` VARCHAR(191) NOT NULL DEFAULT '-', `authorId` INTEGER NOT NULL,
  `createdAt` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3), INDEX `Post_authorId_idx`(`authorId`), PRIMARY KEY (`id`))
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
CREATE TABLE `Tag` (`id` INTEGER NOT NULL AUTO_INCREMENT, PRIMARY KEY (`id`)) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
CREATE TABLE `_PostToTag` (`A` VARCHAR(191) NOT NULL, `B` INTEGER NOT NULL, UNIQUE INDEX `_PostToTag_AB_unique`(`A`, `B`),
  INDEX `_PostToTag_B_index`(`B`)) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
ALTER TABLE `Post` ADD CONSTRAINT `Post_authorId_fkey` FOREIGN KEY (`authorId`) REFERENCES `User`(`id`) ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE `_PostToTag` ADD CONSTRAINT `_PostToTag_A_fkey` FOREIGN KEY (`A`) REFERENCES `Post`(`id`) ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE `_PostToTag` ADD CONSTRAINT `_PostToTag_B_fkey` FOREIGN KEY (`B`) REFERENCES `Tag`(`id`) ON DELETE CASCADE ON UPDATE CASCADE;
INSERT INTO `User` (`email`) VALUES ('ada@example.com')
";

pub(crate) fn of_prisma(dialect: MigrationDialect) {
    let mut app = App::on(dialect);
    app.database.run(if dialect == MigrationDialect::MySql { MYSQL } else { POSTGRES });
    let applied = app.dev(SCHEMA, &nothing()).unwrap();
    assert_eq!(applied.steps, Vec::<Step>::new());
    assert!(app.dev(SCHEMA, &nothing()).unwrap().is_up_to_date());
    assert_eq!(app.status(SCHEMA).drift, Vec::new());
    app.check_rows("SELECT count(*) FROM elsewhere", "0");
    app.check_rows("SELECT count(*) FROM _prisma_migrations", "0");
    // A later change touches only what it names.
    let more = SCHEMA.replace("name      String?", "name      String?\n  age Int?");
    let applied = app.dev(&more, &nothing()).unwrap();
    assert!(matches!(applied.steps.as_slice(), [Step::AddColumn { .. }]), "{:?}", applied.steps);
    app.record(&more, "begin", &nothing()).unwrap();
    assert!(app.status(&more).is_up_to_date());
}

pub(crate) fn limits_are_named() {
    let mut app = App::on(MigrationDialect::MySql);
    check_error(
        app.dev(
            "model T { id Int @id\n a String\n b String\n c String\n d String\n e String\n @@unique([a, b, c, d, e]) }",
            &nothing(),
        ),
        &["T: T_a_b_c_d_e_key needs 3820 bytes, and a key of MySQL holds 3072", "@db.VarChar"],
    );
    check_error(app.dev("model T { id Int @id\n j Json\n @@index([j]) }", &nothing()), &["T_j_idx holds j"]);
    check_error(
        app.dev("model T { id Int @id\n n Int @default(autoincrement()) }", &nothing()),
        &["T.n: MySQL counts up only what a key begins with"],
    );
}
