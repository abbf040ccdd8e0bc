//! A shop: people in one datasource, what they buy in the other; or all in one.

use std::sync::Arc;

use purlin_core::schema::{DatasourceId, Schema};
use purlin_core::store::Store;
use purlin_core::{DefaultAccess, Engine};
use purlin_schema::{SourceFile, compile};
use purlin_store_several::SeveralStores;
use purlin_store_sqlite::{Config, SqliteStore};
use serde_json::{Value as Json, json};

use crate::ask::system;
use crate::tables::create_tables;

const SCHEMA: &str = r#"
datasource people {
  provider = "sqlite"
  url      = env("PEOPLE")
}

datasource shop {
  provider = "sqlite"
  url      = env("SHOP")
}

enum Role {
  BUYER
  STAFF
}

enum Land {
  SWEDEN @map("se")
  NORWAY @map("no")
}

model User {
  id       String    @id
  name     String
  role     Role      @default(BUYER)
  phone    String?   @allow('read', auth() == this || auth().role == STAFF)
  team     Team?     @relation(fields: [teamId], references: [id], onDelete: Cascade, onUpdate: Restrict)
  teamId   Int?
  sessions Session[]
  orders   Order[]
  reviews  Review[]
  owns     Product[]

  @@allow('read', true)
  @@allow('all', auth() == this || auth().role == STAFF)
}

model Team {
  id    Int    @id
  name  String
  users User[]

  @@allow('all', true)
}

model Session {
  id     Int    @id
  user   User   @relation(fields: [userId], references: [id], onDelete: Cascade, onUpdate: Restrict)
  userId String

  @@allow('all', auth().id == userId || auth().role == STAFF)
}

model Depot {
  land  Land
  code  Decimal
  city  String
  stock Stock[]

  @@id([land, code])
  @@allow('all', true)
}

model Product {
  id      Int      @id
  name    String
  price   Decimal
  tags    String[]
  owner   User?    @relation(fields: [ownerId], references: [id], onDelete: NoAction, onUpdate: NoAction)
  ownerId String?  @allow('read', auth().role == STAFF || name == 'Chair')
  lines   Line[]
  reviews Review[]
  stock   Stock[]

  @@allow('all', true)
  SHOP
}

model Stock {
  id        Int     @id
  product   Product @relation(fields: [productId], references: [id], onDelete: Cascade, onUpdate: Restrict)
  productId Int
  depot     Depot?  @relation(fields: [land, code], references: [land, code], onDelete: Restrict, onUpdate: Restrict)
  land      Land?
  code      Decimal?
  amount    Int     @default(0)

  @@allow('all', true)
  SHOP
}

model Order {
  id      Int      @id
  at      DateTime
  buyer   User     @relation(fields: [buyerId], references: [id], onDelete: Restrict, onUpdate: Restrict)
  buyerId String   @default(auth().id)
  lines   Line[]

  @@allow('all', auth() == buyer || auth().role == STAFF)
  SHOP
}

model Line {
  id        Int     @id
  order     Order   @relation(fields: [orderId], references: [id], onDelete: Cascade, onUpdate: Restrict)
  orderId   Int
  product   Product @relation(fields: [productId], references: [id], onDelete: Restrict, onUpdate: Restrict)
  productId Int
  amount    Int

  @@allow('all', check(order, 'read'))
  SHOP
}

model Review {
  id        Int     @id
  stars     Int
  text      String
  product   Product @relation(fields: [productId], references: [id], onDelete: Cascade, onUpdate: Restrict)
  productId Int
  author    User?   @relation(fields: [authorId], references: [id], onDelete: Restrict, onUpdate: Restrict)
  authorId  String?

  @@allow('read', stars > 1 || auth().id == authorId)
  @@allow('create,update,delete', auth().id == authorId || auth().role == STAFF)
  SHOP
}
"#;

#[derive(Debug)]
pub(crate) struct Shop {
    pub engine: Engine,
    pub schema: Arc<Schema>,
    stores: Vec<Arc<SqliteStore>>,
    _folder: tempfile::TempDir,
}

impl Shop {
    /// All in one database.
    pub(crate) fn whole() -> Self {
        Self::make(&SCHEMA.replace("SHOP\n", "\n"), false)
    }

    pub(crate) fn split() -> Self {
        Self::make(&SCHEMA.replace("SHOP\n", "@@datasource(shop)\n"), true)
    }

    fn make(text: &str, is_split: bool) -> Self {
        let compiled = compile(vec![SourceFile::new("shop.zmodel", text)]);
        let Some(schema) = compiled.schema else { panic!("{:#?}", compiled.diagnostics) };
        let schema = Arc::new(schema);
        let folder = tempfile::tempdir().unwrap();
        let open = |id: u16| {
            let path = folder.path().join(format!("{id}.db"));
            create_tables(&path, &schema, DatasourceId(id));
            Arc::new(SqliteStore::open(Config::new(path), Arc::clone(&schema)).unwrap())
        };
        let stores: Vec<Arc<SqliteStore>> = if is_split { vec![open(0), open(1)] } else { vec![open(0)] };
        let store: Arc<dyn Store> = if is_split {
            let parts = stores.iter().zip(0..).map(|(store, id)| {
                let store: Arc<dyn Store> = Arc::<SqliteStore>::clone(store);
                (DatasourceId(id), store)
            });
            Arc::new(SeveralStores::new(Arc::clone(&schema), parts.collect()))
        } else {
            Arc::<SqliteStore>::clone(&stores[0])
        };
        let engine = Engine::new(Arc::clone(&schema), store, DefaultAccess::Deny).unwrap();
        let shop = Self { engine, schema, stores, _folder: folder };
        for (model, rows) in seed() {
            system(&shop).create(model, &rows).unwrap_or_else(|error| panic!("{model}: {error}"));
        }
        shop
    }

    /// Executed so far.
    pub(crate) fn statements(&self) -> u64 {
        self.stores.iter().map(|store| store.statements()).sum()
    }

    pub(crate) fn stop(&self, number: usize) {
        purlin_testkit::block_on(self.stores[number].close());
    }
}

fn seed() -> Vec<(&'static str, Json)> {
    let orders: Vec<Json> = (1..=9)
        .map(|id| json!({"id": id, "at": format!("2026-01-0{id}T00:00:00Z"), "buyerId": (["ada", "ben", "cy"][id % 3])}))
        .collect();
    let lines: Vec<Json> = (1..=20)
        .map(|id| json!({"id": id, "orderId": id % 9 + 1, "productId": id % 4 + 1, "amount": id % 5}))
        .collect();
    let reviews: Vec<Json> = (1..=12)
        .map(|id| {
            let author = if id % 4 == 0 { Json::Null } else { json!(["ada", "ben", "dot"][id % 3]) };
            json!({"id": id, "stars": id % 5, "text": format!("text {}", id % 2), "productId": id % 4 + 1, "authorId": author})
        })
        .collect();
    vec![
        ("Team", json!([{"id": 1, "name": "Blue"}, {"id": 2, "name": "Green"}])),
        (
            "User",
            json!([
                {"id": "ada", "name": "Ada \"A\"", "phone": "+46", "teamId": 1},
                {"id": "ben", "name": "Ben", "teamId": 1, "role": "STAFF", "phone": "+47"},
                {"id": "cy", "name": "Cy", "teamId": 2},
                {"id": "dot", "name": "Dot"},
            ]),
        ),
        (
            "Session",
            json!([{"id": 1, "userId": "ada"}, {"id": 2, "userId": "ada"}, {"id": 3, "userId": "ben"}]),
        ),
        (
            "Depot",
            json!([
                {"land": "SWEDEN", "code": "1.50", "city": "Lund"},
                {"land": "NORWAY", "code": "1.5", "city": "Bergen"},
                {"land": "SWEDEN", "code": "2", "city": "Umea"},
                {"land": "NORWAY", "code": "2", "city": "Oslo"},
            ]),
        ),
        (
            "Product",
            json!([
                {"id": 1, "name": "Chair", "price": "10.50", "ownerId": "ada", "tags": ["wood", "red"]},
                {"id": 2, "name": "Table", "price": "99", "ownerId": "ben"},
                {"id": 3, "name": "Lamp", "price": "20.01", "ownerId": "ada", "tags": ["glass"]},
                {"id": 4, "name": "Rug", "price": "5"},
            ]),
        ),
        (
            "Stock",
            json!([
                {"id": 1, "productId": 1, "land": "SWEDEN", "code": "1.5", "amount": 3},
                {"id": 2, "productId": 1, "land": "NORWAY", "code": "2.0", "amount": 4},
                {"id": 3, "productId": 2, "amount": 1},
            ]),
        ),
        ("Order", json!(orders)),
        ("Line", json!(lines)),
        ("Review", json!(reviews)),
    ]
}
