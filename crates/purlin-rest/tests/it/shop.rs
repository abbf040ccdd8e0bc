//! A schema that has one of everything that parameters distinguish.

use purlin_schema::model::Schema;
use purlin_schema::{SourceFile, compile};

const SCHEMA: &str = r#"
datasource db {
  provider = "sqlite"
}

enum Status {
  DRAFT
  PUBLISHED @map("published")
}

model Team {
  id    Int    @id
  name  String
  users User[]
}

model User {
  id       Int          @id
  name     String
  password String       @password
  isActive Boolean      @default(true)
  team     Team?        @relation(fields: [teamId], references: [id])
  teamId   Int?
  posts    Post[]
  seats    Membership[]
}

model Post {
  id        String   @id
  title     String
  status    Status   @default(DRAFT)
  views     BigInt   @default(0)
  price     Decimal?
  rating    Float?
  tags      String[]
  settings  Json?
  secret    String?  @omit
  internal  String?  @ignore
  limit     Int?
  createdAt DateTime @default(now())
  author    User     @relation(fields: [authorId], references: [id])
  authorId  Int
}

model Note {
  id     Int    @id
  a      String
  b      String
  c      String
  d      String
  secret String @omit

  @@fulltext([a, b, c])
}

model Membership {
  user   User   @relation(fields: [userId], references: [id])
  userId Int
  role   String

  @@id([userId, role])
}
"#;

pub(crate) fn schema() -> Schema {
    let compiled = compile(vec![SourceFile::new("shop.zmodel", SCHEMA)]);
    match compiled.schema {
        Some(schema) => schema,
        None => panic!("{:#?}", compiled.diagnostics),
    }
}
