//! What other programs do with the same database: columns that they declared, locks that they hold, changes of tables.

use std::time::{Duration, Instant};

use mysql_async::Conn;
use mysql_async::prelude::Queryable as _;
use purlin_core::schema::{Quantifier, TextOp};
use purlin_core::statement::{Change, Expect, Filter, LoadSlot, ReadShape, Step, WritePlan};
use purlin_testkit::conformance::{self, Kit};
use purlin_testkit::services;
use serde_json::json;

use crate::connecting::insert;
use crate::tables::{on_server, run};

const OLD: &str = r"
model Old {
  id    BigInt   @id
  flag  Boolean
  day   DateTime
  hour  DateTime
  stamp DateTime
  price Decimal
  code  String
  kind  String
  set   String
  note  String
  raw   Bytes
  year  Int
  doc   Json?
}
";

const OLD_TABLE: &str = "CREATE TABLE Old (id bigint unsigned PRIMARY KEY, flag bit(1), day date, hour time, \
     stamp timestamp(6) NULL, price decimal(10,2), code char(5), kind enum('small','large'), `set` set('a','b'), \
     note text CHARACTER SET latin1 COLLATE latin1_swedish_ci, raw binary(4), year year, doc json)";

const OLD_ROWS: &str = "INSERT INTO Old VALUES (1, b'1', '2026-01-31', '09:30:05', '2026-01-31 09:30:05.123456', 12.50, 'ab', \
     'large', 'a,b', 'Straße', x'00010203', 2026, '{\"b\": 1, \"a\": [1.50]}'), \
     (2, b'0', '1969-12-31', '-01:00:00', '1971-01-01 00:00:00', -0.05, '', 'small', '', 'x', 0, 1999, NULL)";

type Describe = fn(&conformance::Build<'_>) -> Filter;

#[test]
fn columns_that_others_declared() {
    let file = purlin_schema::SourceFile::new("old.zmodel", OLD);
    let schema = std::sync::Arc::new(purlin_schema::compile(vec![file]).schema.unwrap());
    let server = services::mysql();
    let (name, store) = on_server(&server, schema.clone(), |_| {});
    let url = services::with_database(&server, &name);
    for statement in ["DROP TABLE Old", OLD_TABLE, "SET time_zone = '+00:00'", OLD_ROWS] {
        run(&url, statement);
    }
    let kit = Kit { store, schema };
    let all = "id flag day hour stamp price code kind set note raw year";
    let first = json!({
        "id": "1", "flag": true, "day": "2026-01-31T00:00:00.000Z", "hour": "1970-01-01T09:30:05.000Z",
        "stamp": "2026-01-31T09:30:05.123Z", "price": "12.5", "code": "ab", "kind": "large", "set": "a,b",
        "note": "Straße", "raw": "AAECAw==", "year": 2026
    });
    let second = json!({
        "id": "2", "flag": false, "day": "1969-12-31T00:00:00.000Z", "hour": "1969-12-31T23:00:00.000Z",
        "stamp": "1971-01-01T00:00:00.000Z", "price": "-0.05", "code": "", "kind": "small", "set": "",
        "note": "x", "raw": "MAAAAA==", "year": 1999
    });
    let both = json!([first, second]);
    let order = |b: &conformance::Build<'_>, filter| ReadShape {
        order: b.order(&["Old.id"]),
        ..b.many("Old", all, filter)
    };
    kit.check("rows", &both, |b| order(b, Filter::Always));
    let first = json!([both[0]]);
    let cases: Vec<(&str, Describe)> = vec![
        ("flag", |b| b.eq("Old.flag", &json!(true))),
        ("truth", |b| Filter::Truth(b.col("Old.flag"))),
        ("flags", |b| b.is_in("Old.flag", &json!([true]))),
        ("day", |b| b.eq("Old.day", &json!("2026-01-31T00:00:00Z"))),
        ("days", |b| b.is_in("Old.day", &json!(["2026-01-31T00:00:00Z"]))),
        ("price", |b| b.eq("Old.price", &json!("12.5"))),
        ("prices", |b| b.is_in("Old.price", &json!(["12.50"]))),
        ("kind", |b| b.eq("Old.kind", &json!("large"))),
        ("kinds", |b| b.is_in("Old.kind", &json!(["large"]))),
        ("note", |b| b.eq("Old.note", &json!("Straße"))),
        ("notes", |b| b.is_in("Old.note", &json!(["Straße", "日本"]))),
        ("part of a note", |b| b.text("Old.note", TextOp::Contains, "RAß", true)),
        ("raw", |b| b.eq("Old.raw", &json!("AAECAw=="))),
        ("raws", |b| b.is_in("Old.raw", &json!(["AAECAw=="]))),
    ];
    for (name, filter) in cases {
        kit.check(name, &first, |b| order(b, filter(b)));
    }
}

/// Texts that are longer than their column are refused, and not found by their beginning.
#[test]
fn texts_that_do_not_fit() {
    let schema = conformance::schema();
    let (_, store) = on_server(&services::mysql(), schema.clone(), |_| {});
    let kit = Kit { store, schema };
    let create = |email: &str| {
        let b = kit.build();
        let steps = vec![b.insert("User", &json!({"id": 1, "email": email}), None)];
        kit.write(WritePlan { steps, params: b.into_params(), result: None, ..WritePlan::default() })
            .map(|_| ())
    };
    let long = "a".repeat(192);
    let error = create(&long).unwrap_err();
    assert_eq!(error.code(), "VALIDATION_ERROR", "{error:?}");
    assert!(format!("{error:?}").contains("email") && !format!("{error:?}").contains(&long), "{error:?}");
    create(&long[..191]).unwrap();
    for filter in [
        (|b, long| b.eq("User.email", &json!(long))) as fn(&conformance::Build<'_>, &str) -> Filter,
        |b, long| b.is_in("User.email", &json!([long, "x"])),
        |b, long| b.text("User.email", TextOp::StartsWith, long, false),
    ] {
        kit.check("too long", &json!([]), |b| b.many("User", "id", filter(b, &long)));
        kit.check("just so", &json!([{"id": 1}]), |b| b.many("User", "id", filter(b, &long[..191])));
    }
}

#[test]
fn long_texts_are_sorted_to_their_end() {
    let schema = conformance::schema();
    let (_, store) = on_server(&services::mysql(), schema.clone(), |_| {});
    let kit = Kit { store, schema };
    let b = kit.build();
    let row = |(id, end): (i64, &str)| json!({"id": id, "s": "é".repeat(1_500) + end});
    let rows = [(1, "b"), (2, "a"), (3, "c")].map(row);
    let steps = rows.iter().map(|row| b.insert("Thing", row, None)).collect();
    kit.write(WritePlan { steps, params: b.into_params(), result: None, ..WritePlan::default() }).unwrap();
    kit.check("sorted", &json!([{"id": 2}, {"id": 1}, {"id": 3}]), |b| ReadShape {
        order: b.order(&["Thing.s", "Thing.id"]),
        ..b.many("Thing", "id", Filter::Always)
    });
}

/// Of many alphabets, beyond the first 65,536 too.
#[test]
fn letters_without_regard_to_case() {
    let schema = conformance::schema();
    let (_, store) = on_server(&services::mysql(), schema.clone(), |_| {});
    let kit = Kit { store, schema };
    let text = "ÀȺҊԪႠᎠẞꙀ𐐀İΟΔΟΣ";
    let b = kit.build();
    let steps = vec![b.insert("Thing", &json!({"id": 1, "s": text}), None)];
    kit.write(WritePlan { steps, params: b.into_params(), result: None, ..WritePlan::default() }).unwrap();
    kit.check("part", &json!([{"id": 1}]), |b| {
        b.many("Thing", "id", b.text("Thing.s", TextOp::Contains, &text.to_lowercase()["à".len()..], true))
    });
    kit.check("whole", &json!([{"id": 1}]), |b| {
        let (left, right) = (b.col("Thing.s"), b.bound("Thing.s", &json!(text.to_lowercase())));
        b.many("Thing", "id", Filter::EqualIgnoreCase { left, right })
    });
}

/// Whoever waits for a lock of somebody else hears in time that it cannot be had.
#[test]
fn locks_of_others() {
    let schema = conformance::schema();
    let server = services::mysql();
    let (name, store) =
        on_server(&server, schema.clone(), |config| config.statement_timeout = Duration::from_secs(1));
    let kit = Kit { store, schema };
    insert(&kit, 1).unwrap();
    let read = || kit.ask(|b| b.many("Tag", "id", Filter::Always)).map(|_| ());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let url = services::with_database(&server, &name);
    let mut other = runtime.block_on(Conn::new(mysql_async::Opts::from_url(&url).unwrap())).unwrap();
    let mut tell = |text: &str| runtime.block_on(other.query_drop(text)).unwrap();
    let in_time = |task: &dyn Fn() -> Result<(), purlin_core::Error>| {
        let start = Instant::now();
        assert_eq!(task().unwrap_err().code(), "UNAVAILABLE");
        assert!(start.elapsed() < Duration::from_secs(4), "{:?}", start.elapsed());
    };
    tell("BEGIN");
    tell("INSERT INTO Tag (id, label) VALUES (2, '2')");
    in_time(&|| insert(&kit, 2));
    // Readers do not wait for writers.
    read().unwrap();
    tell("ROLLBACK");
    insert(&kit, 2).unwrap();
    tell("LOCK TABLES Tag WRITE");
    in_time(&read);
    tell("UNLOCK TABLES");
    read().unwrap();
}

#[test]
fn tables_that_change_meanwhile() {
    let schema = conformance::schema();
    let server = services::mysql();
    let (name, store) = on_server(&server, schema.clone(), |_| {});
    let kit = Kit { store, schema };
    insert(&kit, 1).unwrap();
    for change in ["ADD COLUMN more int FIRST", "DROP COLUMN more", "MODIFY label longtext"] {
        kit.check(change, &json!([{"id": 1, "label": "1"}]), |b| b.many("Tag", "id label", Filter::Always));
        let table = if change.starts_with("MODIFY") { "DROP INDEX label, " } else { "" };
        run(&services::with_database(&server, &name), &format!("ALTER TABLE Tag {table}{change}"));
        kit.check(change, &json!([{"id": 1, "label": "1"}]), |b| b.many("Tag", "id label", Filter::Always));
    }
    insert(&kit, 2).unwrap();
}

/// Each reads the row before it changes it, or finds it through others: none is lost, and none gives up.
#[test]
fn many_who_change_the_same_row() {
    const THREADS: i64 = 16;
    const ROUNDS: i64 = 20;
    let schema = conformance::schema();
    let (_, store) = on_server(&services::mysql(), schema.clone(), |_| {});
    let kit = Kit { store, schema };
    let b = kit.build();
    let steps = vec![b.insert("User", &json!({"id": 1, "email": "a@x.io", "age": 0}), None)];
    kit.write(WritePlan { steps, params: b.into_params(), result: None, ..WritePlan::default() }).unwrap();
    let change = |number: i64| {
        let b = kit.build();
        let own = b.eq("User.id", &json!(1));
        let filter = if number % 2 == 0 {
            own.clone()
        } else {
            Filter::all([own.clone(), b.related("User.posts", Quantifier::None, Filter::Always)])
        };
        let load = Step::Load {
            slot: LoadSlot(0),
            model: b.model("User").id,
            fields: vec![b.id("User.age")],
            filter: own,
            expect: Expect::Any,
        };
        let change = Change::Increment(b.param(1.into()));
        let mut steps = vec![b.update("User", vec![("age", change)], filter, Expect::Any)];
        if number % 4 < 2 {
            steps.insert(0, load);
        }
        kit.write(WritePlan { steps, params: b.into_params(), result: None, ..WritePlan::default() })
            .unwrap();
    };
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let change = &change;
            scope.spawn(move || (0..ROUNDS).for_each(|round| change(thread + round)));
        }
    });
    kit.check("all", &json!([{"age": THREADS * ROUNDS}]), |b| b.many("User", "age", Filter::Always));
}
