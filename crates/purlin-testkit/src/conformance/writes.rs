//! Every step of a plan, what later steps see of earlier ones, and what a plan answers.

use std::sync::Arc;

use purlin_core::error::Error;
use purlin_core::operation::Count;
use purlin_core::schema::{CompareOp, FieldId};
use purlin_core::statement::{
    Change, CheckFailure, Expect, Filter, Insert, LoadSlot, Loaded, Operand, ParamId, Read, ResultPart,
    ResultRows, RowRule, Step, WritePlan, WriteResult, WriteValue,
};
use purlin_core::value::Value;
use serde_json::{Value as Json, json};

use super::build::{Build, one_row};
use super::kit::{Kit, MakeStore};

pub fn writes(make_store: MakeStore<'_>) {
    let kit = Kit::seeded(make_store);
    inserts(&kit);
    inserts_that_lean_on_each_other(&kit);
    updates(&kit);
    calculations(&kit);
    deletes(&kit);
    links(&kit);
    loads_and_checks(&kit);
    rules(&kit);
    answers(&kit);
    undone_as_a_whole(&kit);
}

fn plan(build: Build<'_>, steps: Vec<Step>) -> WritePlan {
    WritePlan { steps, params: build.into_params(), result: None, ..WritePlan::default() }
}

fn by_id(build: &Build<'_>, model: &str, id: i64) -> Filter {
    build.eq(&format!("{model}.id"), &json!(id))
}

fn inserts(kit: &Kit) {
    let b = kit.build();
    let step = b.insert("User", &json!({"email": "new@x.io"}), Some(0));
    let (answer, outcome) = kit.write(plan(b, vec![step])).unwrap();
    assert_eq!(answer, Json::Null);
    assert_eq!(outcome.rows, 1);
    let id = kit.build().id("User.id");
    assert_eq!(outcome.loaded, [(LoadSlot(0), vec![(id, Value::Int(5))])]);
    kit.check("absent columns are null", &json!({"email": "new@x.io", "name": null, "age": null}), |b| {
        b.one("User", "email name age", by_id(b, "User", 5))
    });

    // Defaults of the database are found by `returning`.
    let b = kit.build();
    let values = json!({"title": "T", "slug": "t", "authorId": 1});
    let Step::Insert(insert) = b.insert("Post", &values, Some(0)) else { unreachable!() };
    let returning = vec![b.id("Post.status"), b.id("Post.views"), b.id("Post.createdAt")];
    let step = Step::Insert(Insert { returning: returning.clone(), ..insert });
    let (_, outcome) = kit.write(plan(b, vec![step])).unwrap();
    let fields: Vec<FieldId> = outcome.loaded[0].1.iter().map(|(field, _)| *field).collect();
    assert!(returning.iter().all(|field| fields.contains(field)), "{fields:?}");
    assert!(outcome.loaded[0].1.iter().any(|(_, value)| *value == Value::from("draft")));
    assert!(outcome.loaded[0].1.iter().any(|(_, value)| matches!(value, Value::DateTime(_))), "{outcome:?}");
}

/// The second row refers to the first, whose key the database makes.
fn inserts_that_lean_on_each_other(kit: &Kit) {
    let b = kit.build();
    let author = b.insert("User", &json!({"email": "lean@x.io", "name": "Lean"}), Some(0));
    let Step::Insert(mut post) = b.insert("Post", &json!({"title": "L", "slug": "lean"}), Some(1)) else {
        unreachable!()
    };
    let key = WriteValue::Loaded { slot: LoadSlot(0), field: b.id("User.id") };
    post.values.push((b.id("Post.authorId"), key.clone()));
    let tag = b.write_value("Tag.id", &json!(3));
    let link = Step::Link {
        model: b.model("Post").id,
        relation: b.id("Post.tags"),
        local: WriteValue::Loaded { slot: LoadSlot(1), field: b.id("Post.id") },
        target: tag,
        remove: false,
    };
    let mut plan = plan(kit.build(), vec![author, Step::Insert(post), link]);
    plan.params = b.into_params();
    kit.write(plan).unwrap();
    let expected = json!([{"title": "L", "author": {"name": "Lean"}, "tags": [{"id": 3}]}]);
    kit.check("leaning inserts", &expected, |b| purlin_core::statement::ReadShape {
        includes: vec![b.include("Post.author", "name"), b.include("Post.tags", "id")],
        ..b.many("Post", "title", b.eq("Post.slug", &json!("lean")))
    });
}

fn updates(kit: &Kit) {
    let b = kit.build();
    let changes =
        vec![("name", b.set("User.name", &json!("Robert"))), ("age", b.set("User.age", &Json::Null))];
    let step = b.update("User", changes, by_id(&b, "User", 2), one_row(Filter::Never));
    let (_, outcome) = kit.write(plan(b, vec![step])).unwrap();
    assert_eq!(outcome.rows, 1);
    kit.check("update", &json!({"name": "Robert", "age": null}), |b| {
        b.one("User", "name age", by_id(b, "User", 2))
    });

    let b = kit.build();
    let changes = vec![("status", b.set("Post.status", &json!("hidden")))];
    let filter =
        Filter::all([b.eq("Post.author.name", &json!("Robert")), b.eq("Post.status", &json!("published"))]);
    let step = b.update("Post", changes, filter, Expect::Any);
    let (_, outcome) = kit.write(plan(b, vec![step])).unwrap();
    assert_eq!(outcome.rows, 2, "an update across a relation");

    // A condition on the row as it was decides about one column alone.
    for (was, expected) in [("Robert", "Rob"), ("Rupert", "Rob")] {
        let b = kit.build();
        let (value, condition) = (b.write_value("User.name", &json!("Rob")), b.eq("User.name", &json!(was)));
        let changes =
            vec![("age", b.set("User.age", &json!(31))), ("name", Change::SetWhere { value, condition })];
        let step = b.update("User", changes, by_id(&b, "User", 2), one_row(Filter::Never));
        kit.write(plan(b, vec![step])).unwrap();
        kit.check("a conditional change", &json!({"name": expected, "age": 31}), |b| {
            b.one("User", "name age", by_id(b, "User", 2))
        });
    }

    // A row that is there but may not be changed, and one that is not there.
    for (id, expected) in [(1, "FORBIDDEN"), (99, "NOT_FOUND")] {
        let b = kit.build();
        let changes = vec![("name", b.set("User.name", &json!("Nobody")))];
        let filter = Filter::all([by_id(&b, "User", id), b.eq("User.name", &json!("Somebody"))]);
        let step = b.update("User", changes, filter, one_row(by_id(&b, "User", id)));
        let error = kit.write(plan(b, vec![step])).unwrap_err();
        assert_eq!(error.code(), expected);
    }

    // Nothing to change still asks whether the row may be changed.
    let b = kit.build();
    let step = b.update("User", Vec::new(), by_id(&b, "User", 1), one_row(Filter::Never));
    assert_eq!(kit.write(plan(b, vec![step])).unwrap().1.rows, 1);
}

fn calculations(kit: &Kit) {
    type Case = (&'static str, Json, fn(ParamId) -> Change, Value, Result<Json, &'static str>);
    let cases: Vec<Case> = vec![
        ("i", json!(5), Change::Increment, Value::Int(3), Ok(json!(8))),
        ("i", json!(5), Change::Decrement, Value::Int(7), Ok(json!(-2))),
        ("i", json!(5), Change::Multiply, Value::Int(-3), Ok(json!(-15))),
        ("i", json!(7), Change::Divide, Value::Int(2), Ok(json!(3))),
        ("i", Json::Null, Change::Increment, Value::Int(1), Ok(Json::Null)),
        ("i", json!(2_147_483_647), Change::Increment, Value::Int(1), Err("VALIDATION_ERROR")),
        ("i", json!(1), Change::Divide, Value::Int(0), Err("VALIDATION_ERROR")),
        ("big", json!("9223372036854775807"), Change::Increment, Value::Int(1), Err("VALIDATION_ERROR")),
        ("big", json!("9007199254740993"), Change::Increment, Value::Int(2), Ok(json!("9007199254740995"))),
        ("f", json!(1.5), Change::Multiply, Value::Float(2.0), Ok(json!(3.0))),
        ("f", json!(1e308), Change::Multiply, Value::Float(10.0), Err("VALIDATION_ERROR")),
        ("d", json!("0.1"), Change::Increment, decimal("0.2"), Ok(json!("0.3"))),
        ("d", json!("10"), Change::Divide, decimal("4"), Ok(json!("2.5"))),
        ("d", json!("1"), Change::Divide, decimal("0"), Err("VALIDATION_ERROR")),
        (
            "tags",
            json!(["a"]),
            Change::Push,
            Value::List(vec!["b".into(), "c".into()]),
            Ok(json!(["a", "b", "c"])),
        ),
        ("tags", json!([]), Change::Push, Value::List(vec!["x".into()]), Ok(json!(["x"]))),
        ("bigs", json!(["1"]), Change::Push, Value::List(vec![Value::Int(2)]), Ok(json!(["1", "2"]))),
    ];
    for (id, (field, before, change, operand, expected)) in (100..).zip(cases) {
        let b = kit.build();
        let insert = b.insert("Thing", &json!({"id": id, field: before}), None);
        let change = vec![(field, change(b.param(operand.clone())))];
        let update = b.update("Thing", change, by_id(&b, "Thing", id), one_row(Filter::Never));
        let result = kit.write(plan(b, vec![insert, update]));
        let name = format!("{field}: {before} with {operand:?}");
        match (result, expected) {
            (Ok(_), Ok(value)) => {
                kit.check(&name, &json!({ field: value }), |b| b.one("Thing", field, by_id(b, "Thing", id)));
            }
            (Err(Error::Invalid(errors)), Err(_)) => {
                assert!(errors.0.contains_key(field), "{name}: {errors:?}");
            }
            (result, expected) => panic!("{name}: {result:?} instead of {expected:?}"),
        }
    }
}

fn decimal(text: &str) -> Value {
    Value::Decimal(purlin_core::value::Decimal::parse(text).unwrap())
}

fn deletes(kit: &Kit) {
    let b = kit.build();
    let step = b.delete("Comment", by_id(&b, "Comment", 1), one_row(Filter::Never));
    kit.write(plan(b, vec![step])).unwrap();
    // Its replies went with it.
    kit.check("cascade", &json!([{"id": 4}]), |b| b.many("Comment", "id", Filter::Always));
    let b = kit.build();
    let step = b.delete("Comment", by_id(&b, "Comment", 1), one_row(Filter::Never));
    assert_eq!(kit.write(plan(b, vec![step])).unwrap_err().code(), "NOT_FOUND");
    let b = kit.build();
    let step = b.delete("Thing", Filter::Always, Expect::Any);
    assert!(kit.write(plan(b, vec![step])).unwrap().1.rows > 1);
}

fn links(kit: &Kit) {
    let tags = |expected: Json| {
        kit.check("links", &expected, |b| purlin_core::statement::ReadShape {
            includes: vec![b.include("Post.tags", "id")],
            ..b.one("Post", "", by_id(b, "Post", 2))
        });
    };
    for (remove, expected) in
        [(false, json!([{"id": 3}])), (false, json!([{"id": 3}])), (true, json!([])), (true, json!([]))]
    {
        let b = kit.build();
        let step = b.link("Post.tags", &json!(2), &json!(3), remove);
        kit.write(plan(b, vec![step])).unwrap();
        tags(json!({ "tags": expected }));
    }
    let b = kit.build();
    let step = b.link("Post.tags", &json!(2), &json!(99), false);
    assert_eq!(kit.write(plan(b, vec![step])).unwrap_err().code(), "CONFLICT");
}

fn loads_and_checks(kit: &Kit) {
    let load = |b: &Build<'_>, id: i64, expect: Expect| Step::Load {
        slot: LoadSlot(0),
        model: b.model("User").id,
        fields: vec![b.id("User.id"), b.id("User.name")],
        filter: by_id(b, "User", id),
        expect,
    };
    let name_is = |b: &Build<'_>, name: &str| Filter::Compare {
        op: CompareOp::Equal,
        left: Operand::Loaded(Loaded {
            slot: LoadSlot(0),
            model: b.model("User").id,
            field: b.id("User.name"),
        }),
        right: b.bound("User.name", &json!(name)),
    };
    let check = |filter| Step::Check { filter, failure: CheckFailure::Denied("not Ada".to_owned()) };
    for (name, expected) in [("Ada", None), ("Eve", Some("FORBIDDEN"))] {
        let b = kit.build();
        let steps = vec![load(&b, 1, one_row(Filter::Never)), check(name_is(&b, name))];
        let code = kit.write(plan(b, steps)).err().map(|error| error.code());
        assert_eq!(code, expected, "{name}");
    }
    // A row that may be absent.
    for (expect, expected) in [(Expect::Any, None), (one_row(Filter::Never), Some("NOT_FOUND"))] {
        let b = kit.build();
        let steps = vec![load(&b, 99, expect)];
        let code = kit.write(plan(b, steps)).err().map(|error| error.code());
        assert_eq!(code, expected);
    }
    // A check over other rows.
    for (slug, expected) in [("alpha", None), ("nowhere", Some("FORBIDDEN"))] {
        let b = kit.build();
        let exists = Filter::Exists {
            model: b.model("Post").id,
            condition: Box::new(b.eq("Post.slug", &json!(slug))),
        };
        let steps = vec![check(exists)];
        let code = kit.write(plan(b, steps)).err().map(|error| error.code());
        assert_eq!(code, expected, "{slug}");
    }
    // What was loaded is compared as a column: null equals null.
    let b = kit.build();
    let same_name = Filter::Exists {
        model: b.model("User").id,
        condition: Box::new(Filter::Compare {
            op: CompareOp::Equal,
            left: b.col("User.name"),
            right: Operand::Loaded(Loaded {
                slot: LoadSlot(0),
                model: b.model("User").id,
                field: b.id("User.name"),
            }),
        }),
    };
    let steps = vec![load(&b, 3, one_row(Filter::Never)), check(same_name)];
    kit.write(plan(b, steps)).unwrap();
}

#[derive(Debug)]
struct NameMustBe(&'static str);

impl RowRule for NameMustBe {
    fn check(&self, fields: &[(FieldId, Value)]) -> Result<(), Error> {
        match fields {
            [(_, Value::String(name))] if name == self.0 => Ok(()),
            _ => Err(Error::invalid("name", format!("must be {}", self.0))),
        }
    }
}

fn rules(kit: &Kit) {
    for (name, expected) in [("Ada", None), ("Eve", Some("VALIDATION_ERROR"))] {
        let b = kit.build();
        let load = Step::Load {
            slot: LoadSlot(7),
            model: b.model("User").id,
            fields: vec![b.id("User.name")],
            filter: by_id(&b, "User", 1),
            expect: one_row(Filter::Never),
        };
        let validate = Step::Validate { slot: LoadSlot(7), rule: Arc::new(NameMustBe(name)) };
        let code = kit.write(plan(b, vec![load, validate])).err().map(|error| error.code());
        assert_eq!(code, expected, "{name}");
    }
    // Whatever a rule does, the store goes on.
    let b = kit.build();
    let load = Step::Load {
        slot: LoadSlot(0),
        model: b.model("User").id,
        fields: vec![b.id("User.name")],
        filter: by_id(&b, "User", 1),
        expect: one_row(Filter::Never),
    };
    let validate = Step::Validate { slot: LoadSlot(0), rule: Arc::new(Panics) };
    assert_eq!(kit.write(plan(b, vec![load, validate])).unwrap_err().code(), "INTERNAL_ERROR");
}

#[derive(Debug)]
struct Panics;

impl RowRule for Panics {
    fn check(&self, _fields: &[(FieldId, Value)]) -> Result<(), Error> {
        panic!("as a broken rule may")
    }
}

/// A read of a row that a slot holds.
fn read_back(b: &Build<'_>, slot: u32, more: Option<Filter>) -> Read {
    let own = Filter::Compare {
        op: CompareOp::Equal,
        left: b.col("User.id"),
        right: Operand::Loaded(Loaded {
            slot: LoadSlot(slot),
            model: b.model("User").id,
            field: b.id("User.id"),
        }),
    };
    let filter = Filter::all(std::iter::once(own).chain(more));
    let shape = b.one("User", "email name", filter);
    Read { shape: Arc::new(shape), params: Vec::new(), count: Count::None }
}

fn answers(kit: &Kit) {
    let b = kit.build();
    let steps = vec![
        b.insert("User", &json!({"email": "one@x.io", "name": "One"}), Some(0)),
        b.insert("User", &json!({"email": "two@x.io"}), Some(1)),
    ];
    let hidden = Filter::not(Filter::IsNull(b.col("User.name")));
    let reads = vec![read_back(&b, 0, None), read_back(&b, 1, Some(hidden))];
    let result = Some(WriteResult {
        rows: ResultRows::Parts(reads.into_iter().map(ResultPart::Row).collect()),
        as_list: true,
    });
    let (answer, _) =
        kit.write(WritePlan { steps, params: b.into_params(), result, ..WritePlan::default() }).unwrap();
    assert_eq!(answer, json!([{"email": "one@x.io", "name": "One"}, null]));

    let b = kit.build();
    let steps = vec![b.insert("User", &json!({"email": "three@x.io"}), Some(0))];
    let result = Some(WriteResult {
        rows: ResultRows::Parts(vec![ResultPart::Row(read_back(&b, 0, None))]),
        as_list: false,
    });
    let (answer, _) =
        kit.write(WritePlan { steps, params: b.into_params(), result, ..WritePlan::default() }).unwrap();
    assert_eq!(answer, json!({"email": "three@x.io", "name": null}));

    let b = kit.build();
    let steps = vec![b.insert("User", &json!({"email": "four@x.io"}), Some(0))];
    let result = Some(WriteResult {
        rows: ResultRows::Parts(vec![ResultPart::Row(read_back(&b, 0, Some(Filter::Never)))]),
        as_list: false,
    });
    let (answer, _) =
        kit.write(WritePlan { steps, params: b.into_params(), result, ..WritePlan::default() }).unwrap();
    assert_eq!(answer, Json::Null);

    // Columns of the inserts themselves, defaults of the database among them.
    let b = kit.build();
    let show = |step: Step, fields: &[&str]| {
        let Step::Insert(insert) = step else { unreachable!() };
        Step::Insert(Insert { shown: fields.iter().map(|field| b.id(field)).collect(), ..insert })
    };
    let first = b.insert("Post", &json!({"title": "I", "slug": "i", "authorId": 1}), Some(0));
    let second = b.insert("Post", &json!({"title": "J", "slug": "j", "authorId": 1}), None);
    let shown = ["Post.title", "Post.status", "Post.authorId"];
    let steps = vec![show(first, &shown), show(second, &shown)];
    let result = Some(WriteResult { rows: ResultRows::Inserted, as_list: true });
    let (answer, _) =
        kit.write(WritePlan { steps, params: b.into_params(), result, ..WritePlan::default() }).unwrap();
    let row = |title: &str| json!({"title": title, "status": "draft", "authorId": 1});
    assert_eq!(answer, json!([row("I"), row("J")]));
}

fn undone_as_a_whole(kit: &Kit) {
    let b = kit.build();
    let steps = vec![
        b.insert("Tag", &json!({"id": 50, "label": "kept?"}), None),
        Step::Check { filter: Filter::Never, failure: CheckFailure::Denied("no".to_owned()) },
    ];
    assert_eq!(kit.write(plan(b, steps)).unwrap_err().code(), "FORBIDDEN");
    kit.check("undone", &json!([]), |b| b.many("Tag", "id", by_id(b, "Tag", 50)));
}
