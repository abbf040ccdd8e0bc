//! Every scalar goes in and comes out, and sorts as it should.

use purlin_core::statement::{Filter, WritePlan};
use serde_json::{Value as Json, json};

use super::kit::{Kit, MakeStore};

/// (field, values that must come back as they went in, in ascending order).
fn scalars() -> Vec<(&'static str, Vec<Json>)> {
    vec![
        ("s", vec![json!(""), json!("A"), json!("a"), json!("é\n\"\\\u{1}"), json!("日本"), json!("🦀")]),
        ("b", vec![json!(false), json!(true)]),
        ("i", vec![json!(-2_147_483_648), json!(-1), json!(0), json!(2_147_483_647)]),
        (
            "big",
            vec![
                json!("-9223372036854775808"),
                json!("0"),
                json!("9007199254740993"),
                json!("9223372036854775807"),
            ],
        ),
        ("f", vec![json!(-1e300), json!(-0.1), json!(1e-7), json!(0.1), json!(1.5), json!(1e21)]),
        (
            "d",
            vec![
                json!("-10"),
                json!("-2"),
                json!("0"),
                json!("0.000000000000000000001"),
                json!("0.1"),
                json!("2"),
                json!("10"),
                json!("12345678901234567890.123456789"),
            ],
        ),
        (
            "t",
            vec![
                json!("0001-01-01T00:00:00.000Z"),
                json!("1969-12-31T23:59:59.999Z"),
                json!("2026-01-31T09:30:00.000Z"),
                json!("9999-12-30T00:00:00.000Z"),
            ],
        ),
        // Longer ones are greater too: MongoDB orders by length first.
        ("x", vec![json!(""), json!("AA=="), json!("AAE="), json!("/wA=")]),
    ]
}

/// (field, values that must come back as they went in; how they sort is the engine's affair).
fn unsorted() -> Vec<(&'static str, Vec<Json>)> {
    vec![
        ("j", vec![json!({"a": {"c": true}, "b": [1, 2.5, "x", null]}), json!("text"), json!(5), json!([])]),
        ("e", vec![json!("RED"), json!("GREEN"), json!("BLUE")]),
        ("tags", vec![json!([]), json!(["", "a,b", "q\"\\\n"])]),
        ("nums", vec![json!([3, -1])]),
        ("bigs", vec![json!(["9223372036854775807"])]),
        ("decs", vec![json!(["1.5", "-0.25"])]),
        ("cols", vec![json!(["GREEN", "RED"])]),
    ]
}

pub fn values(make_store: MakeStore<'_>) {
    for (field, ascending) in scalars() {
        let kit = stored(make_store, field, &ascending);
        let sorted = |key: String, rows: &[&Json]| {
            kit.check(&key, &answer(field, rows), |build| purlin_core::statement::ReadShape {
                order: build.order(&[&key]),
                ..build.many("Thing", field, Filter::Always)
            });
        };
        // Null is the smallest unless said otherwise.
        let mut up: Vec<&Json> = ascending.iter().collect();
        let mut down: Vec<&Json> = up.iter().rev().copied().collect();
        up.insert(0, &Json::Null);
        down.push(&Json::Null);
        sorted(format!("Thing.{field}"), &up);
        sorted(format!("-Thing.{field}"), &down);
        up.rotate_left(1);
        down.rotate_right(1);
        sorted(format!("Thing.{field}?"), &up);
        sorted(format!("-Thing.{field}!"), &down);
    }
    for (field, values) in unsorted() {
        let kit = stored(make_store, field, &values);
        let is_list = values.iter().all(Json::is_array) && field != "j";
        let absent = if is_list { json!([]) } else { Json::Null };
        let mut rows: Vec<&Json> = values.iter().collect();
        rows.push(&absent);
        kit.check(field, &answer(field, &rows), |build| build.many("Thing", field, Filter::Always));
    }
}

/// The values in rows of their own, and one row without.
fn stored(make_store: MakeStore<'_>, field: &str, values: &[Json]) -> Kit {
    let kit = Kit::empty(make_store);
    let build = kit.build();
    let mut steps: Vec<_> = values
        .iter()
        .zip(1..)
        .map(|(value, id)| build.insert("Thing", &json!({"id": id, field: value}), None))
        .collect();
    steps.push(build.insert("Thing", &json!({ "id": 99 }), None));
    kit.write(WritePlan { steps, params: build.into_params(), result: None, ..WritePlan::default() })
        .unwrap();
    kit
}

fn answer(field: &str, values: &[&Json]) -> Json {
    values.iter().map(|value| json!({ field: value })).collect()
}
