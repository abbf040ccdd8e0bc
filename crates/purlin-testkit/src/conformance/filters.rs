//! Every leaf of a filter, and the two-valued logic around it.

use purlin_core::schema::{CompareOp, ListOp, TextOp};
use purlin_core::statement::{Filter, JsonOp, ListEnd, Operand, WritePlan};
use purlin_core::value::Value;
use serde_json::{Value as Json, json};

use super::build::Build;
use super::kit::{Kit, MakeStore};

type Case = (&'static str, fn(&Build<'_>) -> Filter, &'static [i64]);

const THINGS: &[&str] = &[
    r#"{"id": 1, "s": "Straße", "b": true, "i": 5, "big": "9007199254740993", "f": 1.5, "d": "2",
        "t": "2026-01-31T09:30:00.000Z", "j": {"a": 1, "b": ["x", 2], "n": null, "t": "Text", "y": true, "big": 9007199254740993},
        "x": "AAE=", "e": "RED", "tags": ["a", "b"], "nums": [1, 2], "bigs": ["9007199254740993"],
        "decs": ["1.50"], "cols": ["RED", "GREEN"], "other": "Straße"}"#,
    r#"{"id": 2, "s": "ÀB%_", "b": false, "i": -5, "big": "-1", "f": -0.5, "d": "10",
        "t": "2025-12-31T23:59:59.999Z", "j": [1, {"k": "v", "m": [2, 3]}], "x": "/w==", "e": "GREEN",
        "tags": [], "nums": [], "bigs": [], "decs": ["3", "10.0"], "cols": [], "other": "different"}"#,
    r#"{"id": 3, "tags": ["b"], "nums": [2], "bigs": ["2"], "decs": ["10", "2"], "cols": ["BLUE"]}"#,
    r#"{"id": 4, "s": "", "b": true, "i": 2147483647, "big": "9223372036854775807", "f": 1e300,
        "d": "0.1", "t": "0001-01-01T00:00:00.000Z", "j": "scalar", "x": "", "e": "BLUE",
        "tags": ["", "a,b", "q\"uote"], "nums": [-1], "bigs": ["-9223372036854775808"], "decs": [],
        "cols": [], "other": null}"#,
];

pub fn filters(make_store: MakeStore<'_>) {
    let kit = Kit::empty(make_store);
    let build = kit.build();
    let rows: Vec<Json> = THINGS.iter().map(|text| serde_json::from_str(text).unwrap()).collect();
    let steps = rows.iter().map(|row| build.insert("Thing", row, None)).collect();
    let plan = WritePlan { steps, params: build.into_params(), result: None, ..WritePlan::default() };
    kit.write(plan).unwrap();
    for (name, filter, expected) in cases() {
        let ids = |ids: &[i64]| Json::Array(ids.iter().map(|id| json!({ "id": id })).collect());
        kit.check(name, &ids(expected), |build| build.many("Thing", "id", filter(build)));
        // The opposite of each is exactly the other rows.
        let others: Vec<i64> = (1..=4).filter(|id| !expected.contains(id)).collect();
        kit.check(&format!("not: {name}"), &ids(&others), |build| {
            build.many("Thing", "id", Filter::not(filter(build)))
        });
        kit.check(&format!("not not: {name}"), &ids(expected), |build| {
            build.many("Thing", "id", Filter::Not(Box::new(Filter::Not(Box::new(filter(build))))))
        });
    }
}

fn first() -> JsonOp {
    JsonOp::ArrayEnd(ListEnd::First)
}

fn last() -> JsonOp {
    JsonOp::ArrayEnd(ListEnd::Last)
}

fn compare(op: CompareOp) -> JsonOp {
    JsonOp::Compare(op)
}

fn cases() -> Vec<Case> {
    use CompareOp::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
    use ListOp::{Has, HasEvery, HasSome, IsEmpty};
    use TextOp::{Contains, EndsWith, StartsWith};
    vec![
        ("always", |_| Filter::Always, &[1, 2, 3, 4]),
        ("never", |_| Filter::Never, &[]),
        ("string equal", |b| b.eq("Thing.s", &json!("Straße")), &[1]),
        ("string equal is exact", |b| b.eq("Thing.s", &json!("straße")), &[]),
        ("string not equal", |b| b.compare("Thing.s", NotEqual, &json!("Straße")), &[2, 4]),
        ("a space at the end counts", |b| b.eq("Thing.s", &json!("Straße ")), &[]),
        ("string order is by code point", |b| b.compare("Thing.s", Greater, &json!("Z")), &[2]),
        ("empty string", |b| b.eq("Thing.s", &json!("")), &[4]),
        ("boolean equal", |b| b.eq("Thing.b", &json!(true)), &[1, 4]),
        ("boolean not equal", |b| b.compare("Thing.b", NotEqual, &json!(true)), &[2]),
        ("truth", |b| Filter::Truth(b.col("Thing.b")), &[1, 4]),
        ("int less", |b| b.compare("Thing.i", Less, &json!(5)), &[2]),
        ("int at most", |b| b.compare("Thing.i", LessOrEqual, &json!(5)), &[1, 2]),
        ("int at least", |b| b.compare("Thing.i", GreaterOrEqual, &json!(5)), &[1, 4]),
        ("big equal beyond doubles", |b| b.eq("Thing.big", &json!("9007199254740993")), &[1]),
        ("big is not its neighbour", |b| b.eq("Thing.big", &json!("9007199254740992")), &[]),
        ("float", |b| b.compare("Thing.f", Greater, &json!(0)), &[1, 4]),
        ("decimal by value", |b| b.compare("Thing.d", Greater, &json!("1.99")), &[1, 2]),
        ("decimal equal", |b| b.eq("Thing.d", &json!("10.00")), &[2]),
        ("decimal equal is exact", |b| b.eq("Thing.d", &json!("0.1000000000000000000001")), &[]),
        (
            "decimal greater is exact",
            |b| b.compare("Thing.d", Greater, &json!("9.9999999999999999999999")),
            &[2],
        ),
        ("decimal in is exact", |b| b.is_in("Thing.d", &json!(["0.1", "2.0000000000000000000001"])), &[4]),
        ("decimal in", |b| b.is_in("Thing.d", &json!(["2.0", "0.10"])), &[1, 4]),
        ("date less", |b| b.compare("Thing.t", Less, &json!("2026-01-01T00:00:00Z")), &[2, 4]),
        ("date equal in another zone", |b| b.eq("Thing.t", &json!("2026-01-31T11:30:00+02:00")), &[1]),
        ("bytes equal", |b| b.eq("Thing.x", &json!("AAE=")), &[1]),
        ("bytes in", |b| b.is_in("Thing.x", &json!(["/w==", ""])), &[2, 4]),
        ("enum equal", |b| b.eq("Thing.e", &json!("GREEN")), &[2]),
        ("enum in", |b| b.is_in("Thing.e", &json!(["RED", "GREEN"])), &[1, 2]),
        ("json equal", |b| b.eq("Thing.j", &json!("scalar")), &[4]),
        ("compared with null", |b| b.compare("Thing.s", Equal, &Json::Null), &[]),
        ("differs from null", |b| b.compare("Thing.s", NotEqual, &Json::Null), &[]),
        ("is null", |b| Filter::IsNull(b.col("Thing.s")), &[3]),
        ("in", |b| b.is_in("Thing.i", &json!([5, 6])), &[1]),
        ("in one", |b| b.is_in("Thing.i", &json!([5])), &[1]),
        ("in none", |b| b.is_in("Thing.i", &json!([])), &[]),
        ("in bigs", |b| b.is_in("Thing.big", &json!(["9007199254740993", "9223372036854775807"])), &[1, 4]),
        ("in strings", |b| b.is_in("Thing.s", &json!(["", "ÀB%_"])), &[2, 4]),
        ("in strings is exact", |b| b.is_in("Thing.s", &json!(["straße", "Straße "])), &[]),
        ("in floats", |b| b.is_in("Thing.f", &json!([1.5, 1e300])), &[1, 4]),
        ("in dates", |b| b.is_in("Thing.t", &json!(["2026-01-31T09:30:00Z"])), &[1]),
        ("in booleans", |b| b.is_in("Thing.b", &json!([false])), &[2]),
        (
            "null parameter as list",
            |b| Filter::In { value: b.col("Thing.i"), list: Operand::Param(b.param(Value::Null)) },
            &[],
        ),
        ("columns equal, null equals null", |b| b.columns_compare("Thing.s", Equal, "Thing.other"), &[1, 3]),
        (
            "columns differ, null is a value",
            |b| b.columns_compare("Thing.s", NotEqual, "Thing.other"),
            &[2, 4],
        ),
        ("columns less", |b| b.columns_compare("Thing.other", Less, "Thing.s"), &[2]),
        ("int and float columns", |b| b.columns_compare("Thing.i", Greater, "Thing.f"), &[1]),
        ("int and decimal columns", |b| b.columns_compare("Thing.i", Greater, "Thing.d"), &[1, 4]),
        ("decimal and int columns", |b| b.columns_compare("Thing.d", Less, "Thing.i"), &[1, 4]),
        (
            "equal ignoring case",
            |b| Filter::EqualIgnoreCase {
                left: b.col("Thing.s"), right: b.bound("Thing.s", &json!("àb%_"))
            },
            &[2],
        ),
        ("contains", |b| b.text("Thing.s", Contains, "raß", false), &[1]),
        ("contains is exact", |b| b.text("Thing.s", Contains, "RASS", false), &[]),
        ("contains percent", |b| b.text("Thing.s", Contains, "%", false), &[2]),
        ("contains underscore", |b| b.text("Thing.s", Contains, "B%_", false), &[2]),
        ("contains nothing", |b| b.text("Thing.s", Contains, "", false), &[1, 2, 4]),
        ("contains ignoring case", |b| b.text("Thing.s", Contains, "àB", true), &[2]),
        ("starts with", |b| b.text("Thing.s", StartsWith, "Str", false), &[1]),
        ("starts with is exact", |b| b.text("Thing.s", StartsWith, "str", false), &[]),
        ("starts with nothing", |b| b.text("Thing.s", StartsWith, "", false), &[1, 2, 4]),
        ("starts with more", |b| b.text("Thing.s", StartsWith, "Straßen", false), &[]),
        ("starts with ignoring case", |b| b.text("Thing.s", StartsWith, "à", true), &[2]),
        ("ends with", |b| b.text("Thing.s", EndsWith, "ße", false), &[1]),
        ("ends with nothing", |b| b.text("Thing.s", EndsWith, "", false), &[1, 2, 4]),
        ("ends with more", |b| b.text("Thing.s", EndsWith, "xxStraße", false), &[]),
        ("ends with ignoring case", |b| b.text("Thing.s", EndsWith, "b%_", true), &[2]),
        (
            "contains a column",
            |b| Filter::Text {
                op: Contains,
                value: b.col("Thing.s"),
                argument: b.col("Thing.other"),
                ignore_case: false,
            },
            &[1],
        ),
        ("has", |b| b.list("Thing.tags", Has, Some(json!("b"))), &[1, 3]),
        ("has with comma", |b| b.list("Thing.tags", Has, Some(json!("a,b"))), &[4]),
        ("has with quote", |b| b.list("Thing.tags", Has, Some(json!("q\"uote"))), &[4]),
        ("has empty", |b| b.list("Thing.tags", Has, Some(json!(""))), &[4]),
        ("has int", |b| b.list("Thing.nums", Has, Some(json!(2))), &[1, 3]),
        ("has big", |b| b.list("Thing.bigs", Has, Some(json!("9007199254740993"))), &[1]),
        ("has decimal by value", |b| b.list("Thing.decs", Has, Some(json!("1.5"))), &[1]),
        ("has enum", |b| b.list("Thing.cols", Has, Some(json!("GREEN"))), &[1]),
        ("has some", |b| b.list("Thing.tags", HasSome, Some(json!(["a", "zz"]))), &[1]),
        ("has some of none", |b| b.list("Thing.tags", HasSome, Some(json!([]))), &[]),
        ("has some bigs", |b| b.list("Thing.bigs", HasSome, Some(json!(["2", "3"]))), &[3]),
        ("has every", |b| b.list("Thing.tags", HasEvery, Some(json!(["b", "a"]))), &[1]),
        ("has every of none", |b| b.list("Thing.tags", HasEvery, Some(json!([]))), &[1, 2, 3, 4]),
        ("has every decimal", |b| b.list("Thing.decs", HasEvery, Some(json!(["2.00", "10"]))), &[3]),
        ("is empty", |b| b.list("Thing.tags", IsEmpty, None), &[2]),
        ("list equal", |b| b.eq("Thing.tags", &json!(["a", "b"])), &[1]),
        ("big list equal", |b| b.eq("Thing.bigs", &json!(["2"])), &[3]),
        (
            "value in a list column",
            |b| Filter::In { value: b.bound("Thing.s", &json!("b")), list: b.col("Thing.tags") },
            &[1, 3],
        ),
        (
            "column in a list column",
            |b| Filter::In { value: b.col("Thing.i"), list: b.col("Thing.nums") },
            &[],
        ),
        (
            "big column in a list column",
            |b| Filter::In { value: b.col("Thing.big"), list: b.col("Thing.bigs") },
            &[1],
        ),
        (
            "decimal column in a list column",
            |b| Filter::In { value: b.col("Thing.d"), list: b.col("Thing.decs") },
            &[2],
        ),
        (
            "enum column in a list column",
            |b| Filter::In { value: b.col("Thing.e"), list: b.col("Thing.cols") },
            &[1],
        ),
        (
            "string column in a list column",
            |b| Filter::In { value: b.col("Thing.s"), list: b.col("Thing.tags") },
            &[4],
        ),
        (
            "list column has some of itself",
            |b| Filter::List { op: HasSome, list: b.col("Thing.tags"), argument: Some(b.col("Thing.tags")) },
            &[1, 3, 4],
        ),
        (
            "list column has every one of itself",
            |b| Filter::List { op: HasEvery, list: b.col("Thing.decs"), argument: Some(b.col("Thing.decs")) },
            &[1, 2, 3, 4],
        ),
        ("json number", |b| b.json("Thing.j", &["a"], compare(Equal), json!(1)), &[1]),
        ("json number as float", |b| b.json("Thing.j", &["a"], compare(Less), json!(1.5)), &[1]),
        (
            "json number beyond doubles",
            |b| b.json("Thing.j", &["big"], compare(Equal), json!(9_007_199_254_740_993_i64)),
            &[1],
        ),
        (
            "json number is not its neighbour",
            |b| b.json("Thing.j", &["big"], compare(LessOrEqual), json!(9_007_199_254_740_992_i64)),
            &[],
        ),
        ("json of another type", |b| b.json("Thing.j", &["a"], compare(NotEqual), json!("1")), &[]),
        ("json not equal", |b| b.json("Thing.j", &["a"], compare(NotEqual), json!(2)), &[1]),
        ("json true is not one", |b| b.json("Thing.j", &["y"], compare(Equal), json!(1)), &[]),
        ("json true", |b| b.json("Thing.j", &["y"], compare(Equal), json!(true)), &[1]),
        ("json null", |b| b.json("Thing.j", &["n"], compare(Equal), Json::Null), &[1]),
        ("json nowhere", |b| b.json("Thing.j", &["zz"], compare(Equal), Json::Null), &[]),
        ("json position", |b| b.json("Thing.j", &["b", "1"], compare(Equal), json!(2)), &[1]),
        ("json position at the top", |b| b.json("Thing.j", &["1", "k"], compare(Equal), json!("v")), &[2]),
        (
            "json text",
            |b| b.json("Thing.j", &["t"], JsonOp::Text { op: Contains, ignore_case: false }, json!("ex")),
            &[1],
        ),
        (
            "json text ignoring case",
            |b| b.json("Thing.j", &["t"], JsonOp::Text { op: StartsWith, ignore_case: true }, json!("tE")),
            &[1],
        ),
        ("json array contains", |b| b.json("Thing.j", &["b"], JsonOp::ArrayContains, json!("x")), &[1]),
        ("json array contains number", |b| b.json("Thing.j", &[], JsonOp::ArrayContains, json!(1)), &[2]),
        (
            "json array contains document",
            |b| b.json("Thing.j", &[], JsonOp::ArrayContains, json!({"k": "v", "m": [2, 3]})),
            &[2],
        ),
        (
            "json array contains no part of a document",
            |b| b.json("Thing.j", &[], JsonOp::ArrayContains, json!({"k": "v"})),
            &[],
        ),
        (
            "json array contains no true for one",
            |b| b.json("Thing.j", &[], JsonOp::ArrayContains, json!(true)),
            &[],
        ),
        ("json array starts with", |b| b.json("Thing.j", &["b"], first(), json!("x")), &[1]),
        ("json array starts not with its last", |b| b.json("Thing.j", &["b"], first(), json!(2)), &[]),
        ("json array starts with a number", |b| b.json("Thing.j", &[], first(), json!(1)), &[2]),
        ("json array ends with", |b| b.json("Thing.j", &["b"], last(), json!(2)), &[1]),
        (
            "json array ends with a document",
            |b| b.json("Thing.j", &[], last(), json!({"k": "v", "m": [2, 3]})),
            &[2],
        ),
        ("json array ends with the same type", |b| b.json("Thing.j", &["b"], last(), json!("2")), &[]),
        ("json array further inside", |b| b.json("Thing.j", &["1", "m"], last(), json!(3)), &[2]),
        ("json no array starts with itself", |b| b.json("Thing.j", &[], first(), json!("scalar")), &[]),
        ("json odd names", |b| b.json("Thing.j", &["a'b\"c.$"], compare(Equal), json!(1)), &[]),
        (
            "all",
            |b| Filter::all([b.eq("Thing.b", &json!(true)), b.compare("Thing.i", Less, &json!(10))]),
            &[1],
        ),
        ("any", |b| Filter::any([b.eq("Thing.i", &json!(5)), Filter::IsNull(b.col("Thing.i"))]), &[1, 3]),
        (
            "any of unknowns",
            |b| Filter::any([b.eq("Thing.i", &json!(-5)), Filter::not(b.eq("Thing.s", &json!("")))]),
            &[1, 2, 3],
        ),
        (
            "all with a complement",
            |b| {
                Filter::all([
                    Filter::not(b.eq("Thing.i", &json!(5))),
                    Filter::not(b.eq("Thing.b", &json!(true))),
                ])
            },
            &[2, 3],
        ),
    ]
}
