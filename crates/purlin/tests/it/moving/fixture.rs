//! An app with everything that a schema can hold, and looks at its databases.

use rusqlite::Connection;
use rusqlite::types::Value;

use crate::app::App;
use crate::client::send;
use crate::server::Server;

const SCHEMA: &str = r#"
model User {
  id        Int      @id @default(autoincrement())
  email     String   @unique
  password  String   @password
  secret    String   @omit
  createdAt DateTime @default(now())
  updatedAt DateTime @updatedAt
  role      Role     @default(member)
  best      User?    @relation("Best", fields: [bestId], references: [id])
  bestId    Int?
  fans      User[]   @relation("Best")
  posts     Post[]
  pinned    Post?    @relation("Pinned", fields: [pinnedId], references: [id])
  pinnedId  String?  @unique
  @@allow('all', true)
}

enum Role {
  member
  boss   @map("the-boss")
}

type Size {
  width  Int
  height Int?
}

model Post {
  id       String    @id @default(uuid())
  author   User      @relation(fields: [authorId], references: [id])
  authorId Int
  pinner   User?     @relation("Pinned")
  tags     Tag[]
  place    Place?    @relation(fields: [country, number], references: [country, number])
  country  String?
  number   Int?
  flag     Boolean
  count    Int?
  big      BigInt?
  ratio    Float?
  price    Decimal?
  at       DateTime?
  doc      Json?
  size     Size?
  raw      Bytes?
  text     String?
  words    String[]
  numbers  BigInt[]
  ratios   Float[]
  prices   Decimal[]
  times    DateTime[]
  roles    Role[]
  @@allow('all', true)
  @@index([count])
}

model Tag {
  id    Int    @id @default(autoincrement())
  name  String @unique @map("tag_name")
  posts Post[]
  @@map("labels")
  @@allow('all', true)
}

model Place {
  country String
  number  Int
  name    String?
  posts   Post[]
  @@id([country, number])
  @@allow('all', true)
}

model Hidden {
  key  Bytes @id
  note String
  @@ignore
}
"#;

const SEED: &str = r#"{
  "User": [
    {"id": 5, "email": "ada@example.org", "password": "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$aaaaaaaaaaaaaaaaaaaaaa", "secret": "s1"},
    {"id": 9, "email": "ben@example.org", "password": "$2b$04$abcdefghijklmnopqrstuu5kAIbkXKMTkfdCQ2Ln0ZKOOZ8rKPcTS", "secret": "s2", "role": "boss"}
  ],
  "Place": [{"country": "de", "number": 2, "name": "Köln 🏰"}, {"country": "de", "number": 10}],
  "Tag": [{"id": 3, "name": "red"}, {"id": 4, "name": "Red"}],
  "Post": [
    {"id": "a", "authorId": 5, "country": "de", "number": 10, "flag": true, "count": -2147483648, "big": "-9223372036854775807",
     "ratio": 0.1, "price": "1234567890.123456789", "at": "2026-01-31T09:30:00.123Z",
     "doc": {"b": [1, 2.5, null, "é\n"], "a": {"": true}}, "size": {"width": 3}, "raw": "AP8A", "text": "",
     "words": ["x", "y \"z\"", "{,}\\"], "numbers": ["9007199254740993", "-1"], "ratios": [0.5, 1e300],
     "prices": ["0.1", "2"], "times": ["2026-01-31T09:30:00.000Z"], "roles": ["boss", "member"],
     "tags": {"connect": [{"id": 3}, {"id": 4}]}},
    {"id": "b", "authorId": 9, "flag": false, "text": "two\nlines\ttab 'quoted' \\ %", "tags": {"connect": [{"id": 4}]}},
    {"id": "B", "authorId": 9, "flag": false, "at": "1969-12-31T23:59:59.999Z", "doc": [], "raw": ""}
  ]
}"#;

/// What no seed writes: a cycle, a row that refers to itself, ignored models, tables of Purlin's own.
const ROWS: &str = r#"
UPDATE "User" SET "pinnedId" = 'a', "bestId" = 5, "updatedAt" = '2001-02-03T04:05:06.007Z' WHERE id = 5;
UPDATE "User" SET "bestId" = 5, "pinnedId" = 'b' WHERE id = 9;
INSERT INTO "Hidden" VALUES (x'00ff', 'one'), (x'01', 'two'), (x'0203', 'three');
INSERT INTO "_purlin_mails" (id, "to", template, data, state, attempts, "nextAttemptAt", "createdAt")
VALUES ('m1', 'ada@example.org', 'welcome', '{"name":"Ada"}', 'queued', 0, '2026-01-31T09:30:00.000Z', '2026-01-31T09:30:00.000Z');
"#;

pub(super) const SOURCE: &str = "file:./source.db";

/// Seeded, with a history, in a file.
pub(super) fn app() -> App {
    let app = App::with_schema(SCHEMA);
    app.write("seed.json", SEED);
    at(&app, SOURCE);
    app.run(&["migrate", "dev", "--name", "init"], 0);
    app.run(&["db", "seed"], 0);
    file(&app, SOURCE).execute_batch(ROWS).unwrap();
    app
}

/// From now on its data is there.
pub(super) fn at(app: &App, url: &str) {
    let secret = "JWT_SECRET=\"a secret that is long enough for a test\"";
    app.write(".env", &format!("DATABASE_URL=\"{url}\"\n{secret}\n"));
}

pub(super) fn file(app: &App, url: &str) -> Connection {
    Connection::open(app.path.join(url.strip_prefix("file:").unwrap())).unwrap()
}

/// The answers of a served app: all lists with all that is related.
pub(super) fn answers(server: &Server) -> Vec<String> {
    let paths = [
        "/api/users?sort=id&include=posts,fans,best,pinned",
        "/api/posts?sort=id&include=author,tags,place,pinner",
        "/api/posts?sort=-big,id&flag=true",
        "/api/tags?sort=name&include=posts",
        "/api/places?sort=country,number&include=posts",
    ];
    paths
        .map(|path| {
            let answer = send("GET", &server.address, path, &[], None);
            assert_eq!(answer.status, 200, "{path}: {}", answer.text);
            answer.text
        })
        .into()
}

/// Every row of every table of a file, but what migrations keep, in order.
pub(super) fn rows(app: &App, url: &str) -> Vec<(String, Vec<Vec<Value>>)> {
    let connection = file(app, url);
    let names = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_stat%' \
                 AND name NOT IN ('_purlin_migrations', '_purlin_schema') ORDER BY name";
    let mut statement = connection.prepare(names).unwrap();
    let names: Vec<String> =
        statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
    let all = |name: &String| {
        let mut statement = connection.prepare(&format!("SELECT * FROM \"{name}\" ORDER BY 1, 2")).unwrap();
        let width = statement.column_count();
        let rows = statement.query_map([], |row| (0..width).map(|place| row.get(place)).collect());
        (name.clone(), rows.unwrap().collect::<Result<Vec<Vec<Value>>, _>>().unwrap())
    };
    names.iter().map(all).collect()
}
