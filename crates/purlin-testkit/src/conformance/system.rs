//! The system's own rows: inserted with their defaults, found, changed once, deleted.

use std::sync::Arc;

use purlin_core::error::Error;
use purlin_core::schema::SortOrder;
use purlin_core::system::{Row, Rows, Set, Table, When};
use purlin_core::value::{DateTime, Decimal, Value};
use serde_json::{Value as Json, json};

use super::kit::{Kit, MakeStore};
use crate::block_on::block_on;

pub fn system(make_store: MakeStore<'_>) {
    let kit = Kit::seeded(make_store);
    conditions(&kit);
    defaults(&kit);
    every_type(&kit);
    single_use(&kit);
    batches(&kit);
    faults_of_the_program(&kit);
}

fn table(kit: &Kit, model: &str) -> Table {
    let Some(model) = kit.schema.model_named(model) else { panic!("no model {model}") };
    Table::of_model(&kit.schema, &kit.store, model.id, "store conformance")
}

fn ids(rows: &[Row]) -> Vec<i64> {
    rows.iter().map(|row| row.get("id").unwrap()).collect()
}

fn conditions(kit: &Kit) {
    let users = table(kit, "User");
    let day = |text| DateTime::parse(text).unwrap();
    let rows = [
        (When::Always, &[1, 2, 3, 4][..]),
        (When::equal("email", "bob@x.io"), &[2]),
        (When::equal("email", "BOB@x.io"), &[]),
        (When::equal("age", None::<i64>), &[3]),
        (When::null("age").negated(), &[1, 2, 4]),
        (When::equal("age", 36).negated(), &[2, 3, 4]),
        (When::less("age", 36), &[2]),
        (When::at_most("age", 36), &[1, 2]),
        (When::more("age", 36), &[4]),
        (When::at_least("age", 36), &[1, 4]),
        (When::one_of("id", [Value::Int(4), Value::Int(1), Value::Int(9)]), &[1, 4]),
        (When::one_of("id", []), &[]),
        (When::equal("managerId", 1).and(When::null("name")), &[3]),
        (When::equal("name", "Ada").or(When::equal("name", "Dee")), &[1, 4]),
    ];
    for (when, expected) in rows {
        let found = block_on(users.list(&when, &[], 10)).unwrap();
        assert_eq!(ids(&found), expected, "{when:?}");
        let count = block_on(users.count(&when)).unwrap();
        assert_eq!(count, expected.len() as u64, "{when:?}");
        let first = block_on(users.find(&when)).unwrap().map(|row| row.get::<i64>("id").unwrap());
        assert_eq!(first, expected.first().copied(), "{when:?}");
    }
    let order = [("managerId", SortOrder::Descending)];
    assert_eq!(ids(&block_on(users.list(&When::Always, &order, 3)).unwrap()), [4, 2, 3]);
    let late = When::more("createdAt", day("2026-01-03T00:00:00.000Z"));
    assert_eq!(ids(&block_on(table(kit, "Post").list(&late, &[], 9)).unwrap()), [4, 5]);
}

fn defaults(kit: &Kit) {
    let posts = table(kit, "Post");
    let values = [("title", "T".into()), ("slug", "own".into()), ("authorId", 1.into())];
    let row = block_on(posts.insert(values.clone())).unwrap();
    let stored = block_on(posts.find(&When::equal("slug", "own"))).unwrap().unwrap();
    for row in [&row, &stored] {
        assert_eq!(row.get::<i64>("id").unwrap(), 6);
        assert_eq!(row.get::<String>("status").unwrap(), "draft");
        assert_eq!(row.get::<Option<bool>>("pinned").unwrap(), None);
        assert!(row.get::<DateTime>("createdAt").is_ok());
    }
    assert!(matches!(block_on(posts.insert(values)), Err(Error::Conflict { .. })));
}

fn every_type(kit: &Kit) {
    let things = table(kit, "Thing");
    let time = DateTime::parse("2026-01-31T09:30:00.123Z").unwrap();
    let decimal = Decimal::parse("12345678901234567890.5").unwrap();
    let tags = Value::List(vec!["a".into(), "b, \"c\"".into()]);
    let values = [
        ("id", 1.into()),
        ("s", "it's \"ä\"\r\n".into()),
        ("b", true.into()),
        ("big", i64::MIN.into()),
        ("f", Value::Float(0.1)),
        ("d", Value::Decimal(decimal.clone())),
        ("t", time.into()),
        ("j", Value::Json("{\"a\":[1,null]}".to_owned())),
        ("x", Value::Bytes(vec![0, 255])),
        ("e", "g".into()),
        ("tags", tags),
    ];
    block_on(things.insert(values)).unwrap();
    let row = block_on(things.find(&When::Always)).unwrap().unwrap();
    assert_eq!(row.get::<String>("s").unwrap(), "it's \"ä\"\r\n");
    assert!(row.get::<bool>("b").unwrap());
    assert_eq!(row.get::<Option<i64>>("i").unwrap(), None);
    assert_eq!(row.get::<i64>("big").unwrap(), i64::MIN);
    assert_eq!(row.get::<f64>("f").unwrap().to_bits(), 0.1_f64.to_bits());
    assert_eq!(row.get::<Decimal>("d").unwrap(), decimal);
    assert_eq!(row.get::<DateTime>("t").unwrap(), time);
    assert_eq!(row.get::<Json>("j").unwrap(), json!({"a": [1, null]}));
    assert_eq!(row.get::<Vec<u8>>("x").unwrap(), [0, 255]);
    assert_eq!(row.get::<String>("e").unwrap(), "g");
    assert_eq!(row.get::<Vec<String>>("tags").unwrap(), ["a", "b, \"c\""]);
    assert_eq!(row.get::<Vec<String>>("cols").unwrap(), Vec::<String>::new());
    assert!(!format!("{row:?}").contains("it's"), "rows do not show what they hold");
}

/// Of many who use a row up at the same time, one succeeds.
fn single_use(kit: &Kit) {
    let users = table(kit, "User");
    let unused = When::equal("id", 3).and(When::null("age"));
    let won: u64 = std::thread::scope(|scope| {
        let tries: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| block_on(users.update(&unused, [("age", 1_i64)])).unwrap()))
            .collect();
        tries.into_iter().map(|user| user.join().unwrap()).sum()
    });
    assert_eq!(won, 1);
    let counted = block_on(users.update(&When::at_least("id", 3), [("age", Set::Add(2))])).unwrap();
    assert_eq!(counted, 2);
    let row = block_on(users.find(&When::equal("id", 3))).unwrap().unwrap();
    assert_eq!(row.get::<i64>("age").unwrap(), 3);
    let tags = table(kit, "Tag");
    assert_eq!(block_on(tags.delete(&When::equal("label", "unused"))).unwrap(), 1);
    assert_eq!(block_on(tags.delete(&When::equal("label", "unused"))).unwrap(), 0);
}

/// All or nothing, over several tables.
fn batches(kit: &Kit) {
    let (users, tags) = (table(kit, "User"), table(kit, "Tag"));
    let renamed = |id: i64, name: &'static str| {
        let label = format!("batch {id} {name}");
        let batch = tags.batch().insert(&tags, [("id", (id + 100).into()), ("label", label.into())]).unwrap();
        let batch = batch.update(&users, &When::equal("id", id), [("name", name)], Rows::One).unwrap();
        block_on(batch.delete(&tags, &When::equal("label", "nothing"), Rows::Any).unwrap().commit())
    };
    let inserted = renamed(4, "Dora").unwrap();
    assert_eq!(ids(&inserted), [104]);
    assert!(matches!(renamed(44, "Nobody"), Err(Error::NotFound)));
    let left = block_on(tags.list(&When::more("id", 100), &[], 9)).unwrap();
    assert_eq!(ids(&left), [104], "the tag of the batch that failed is not there");
    let named = block_on(users.count(&When::equal("name", "Dora"))).unwrap();
    assert_eq!(named, 1);
}

/// And what could not be read back.
fn faults_of_the_program(kit: &Kit) {
    let users = table(kit, "User");
    let row = block_on(users.find(&When::equal("id", 1))).unwrap().unwrap();
    let faults = [
        block_on(users.list(&When::equal("nope", 1), &[], 1)).err(),
        block_on(users.list(&When::equal("posts", 1), &[], 1)).err(),
        block_on(users.list(&When::Always, &[("nope", SortOrder::Ascending)], 1)).err(),
        block_on(users.insert([("name", "without an address".into())])).err(),
        block_on(users.update(&When::Always, [("nope", 1_i64)])).err(),
        row.get::<String>("nope").err(),
        row.get::<i64>("name").err(),
        row.get::<i64>("managerId").err(),
        Table::builtin(&kit.schema, &Arc::clone(&kit.store), "User", "store conformance").err(),
    ];
    let refused = [
        block_on(users.insert([("email", "nul\0@x.io".into())])).err(),
        block_on(users.update(&When::Always, [("name", "\0")])).err(),
        block_on(users.update(&When::Always, [("age", 1_i64 << 31)])).err(),
    ];
    for (number, refused) in refused.into_iter().enumerate() {
        assert!(matches!(refused, Some(Error::Invalid(_))), "{number}: {refused:?}");
    }
    for (number, fault) in faults.into_iter().enumerate() {
        assert!(matches!(fault, Some(Error::Internal(_))), "{number}: {fault:?}");
    }
}
