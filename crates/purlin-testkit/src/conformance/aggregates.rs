//! Measures are exact, the same on every engine, and null where there is nothing to measure.

use std::sync::Arc;

use purlin_core::actor::Actor;
use purlin_core::engine::{DefaultAccess, Engine};
use purlin_core::error::FieldErrors;
use purlin_core::input::{Limits, Problems, aggregate_from_json};
use purlin_core::operation::{Action, Operation};
use purlin_core::sink::JsonSink;
use purlin_core::statement::WritePlan;
use serde_json::{Value as Json, json};

use super::kit::{Kit, MakeStore, describe_error};
use crate::block_on::block_on;

pub fn aggregates(make_store: MakeStore<'_>) {
    let kit = Kit::empty(make_store);
    of_nothing(&kit);
    fill(&kit);
    of_all_rows(&kit);
    of_groups(&kit);
    conditions_on_groups(&kit);
    pages_of_groups(&kit);
}

/// A body of `POST …/aggregate` and its answer.
#[track_caller]
fn check(kit: &Kit, body: &Json, expected: &Json) {
    let found = ask(kit, body).unwrap_or_else(|error| panic!("{body}: {error}"));
    assert_eq!(found, expected.to_string(), "{body}");
}

fn ask(kit: &Kit, body: &Json) -> Result<String, String> {
    let model = kit.schema.model_named("Thing").unwrap();
    let mut problems = Problems::default();
    let aggregate = aggregate_from_json(&kit.schema, model, body, Limits::default(), &mut problems);
    let aggregate = problems.finish(aggregate).map_err(|error| error.to_string())?;
    let action = Action::Aggregate(aggregate);
    let operation = Operation { model: model.id, action, within: None, errors: FieldErrors::default() };
    let engine = Engine::new(Arc::clone(&kit.schema), Arc::clone(&kit.store), DefaultAccess::Public).unwrap();
    let actor = Actor::System { reason: "store conformance" };
    let sink = Box::new(JsonSink::default());
    let answer = block_on(engine.run(&actor, operation, sink)).map_err(|error| describe_error(&error))?;
    let sink = answer.sink.into_any().downcast::<JsonSink>().unwrap();
    Ok(String::from_utf8(sink.into_bytes()).unwrap())
}

fn fill(kit: &Kit) {
    let build = kit.build();
    let steps = rows().iter().map(|row| build.insert("Thing", row, None)).collect();
    kit.write(WritePlan { steps, params: build.into_params(), result: None, ..WritePlan::default() })
        .unwrap();
}

fn rows() -> Vec<Json> {
    let big = "9223372036854775807";
    let long = "999999999999999999999.999999999999";
    vec![
        json!({"id": 1, "s": "a", "b": true, "i": 2_147_483_647, "big": big, "f": 0.5, "d": "0.1",
               "t": "2026-01-01T00:00:00.000Z", "e": "RED", "j": {"a": 1}}),
        json!({"id": 2, "s": "a", "b": false, "i": 2_147_483_647, "big": big, "f": 1.25, "d": "0.2",
               "t": "2026-01-02T00:00:00.001Z", "e": "GREEN"}),
        json!({"id": 3, "s": "B", "b": true, "i": -1, "big": "1", "f": -4.0, "d": long,
               "t": "1969-12-31T23:59:59.999Z", "e": "GREEN"}),
        json!({"id": 4, "s": "é", "i": 2, "big": "-9223372036854775808", "d": "10"}),
        json!({"id": 5, "s": null, "b": true, "i": null, "f": 2.0, "d": "9"}),
        json!({"id": 6, "s": null, "i": 1, "big": "2", "d": "-7.5", "e": "RED"}),
    ]
}

fn of_nothing(kit: &Kit) {
    check(kit, &json!({"_count": true}), &json!({"_count": 0}));
    check(
        kit,
        &json!({"_count": {"_all": true, "s": true}, "_sum": {"i": true, "d": true}, "_avg": {"i": true},
                "_min": {"t": true}, "_max": {"s": true}}),
        &json!({"_count": {"_all": 0, "s": 0}, "_sum": {"i": null, "d": null}, "_avg": {"i": null},
                "_min": {"t": null}, "_max": {"s": null}}),
    );
    check(kit, &json!({"by": "s", "_count": true}), &json!([]));
}

fn of_all_rows(kit: &Kit) {
    check(
        kit,
        &json!({"_count": {"_all": true, "s": true, "b": true, "j": true, "e": true}}),
        &json!({"_count": {"_all": 6, "s": 4, "b": 4, "j": 1, "e": 4}}),
    );
    // Beyond 32 bits and beyond 64, and decimals to the last digit.
    check(
        kit,
        &json!({"_sum": {"i": true, "big": true, "f": true, "d": true}}),
        &json!({"_sum": {"i": 4_294_967_296_i64, "big": "9223372036854775809", "f": -0.25,
                         "d": "1000000000000000000011.799999999999"}}),
    );
    check(
        kit,
        &json!({"where": {"id": {"lte": 2}}, "_sum": {"big": true}, "_avg": {"i": true, "big": true, "f": true, "d": true}}),
        &json!({"_sum": {"big": "18446744073709551614"},
                "_avg": {"i": 2_147_483_647.0, "big": 9_223_372_036_854_775_807.0_f64, "f": 0.875, "d": "0.15"}}),
    );
    check(
        kit,
        &json!({"where": {"id": {"in": [4, 5, 6]}}, "_avg": {"i": true, "d": true, "f": true}}),
        &json!({"_avg": {"i": 1.5, "d": "3.8333333333333333", "f": 2.0}}),
    );
    check(
        kit,
        &json!({"_min": {"s": true, "i": true, "big": true, "f": true, "d": true, "t": true, "e": true}}),
        &json!({"_min": {"s": "B", "i": -1, "big": "-9223372036854775808", "f": -4.0, "d": "-7.5",
                         "t": "1969-12-31T23:59:59.999Z", "e": "RED"}}),
    );
    check(
        kit,
        &json!({"_max": {"s": true, "i": true, "big": true, "f": true, "d": true, "t": true, "e": true}}),
        &json!({"_max": {"s": "é", "i": 2_147_483_647, "big": "9223372036854775807", "f": 2.0,
                         "d": "999999999999999999999.999999999999", "t": "2026-01-02T00:00:00.001Z",
                         "e": "GREEN"}}),
    );
    // A page of the rows.
    check(
        kit,
        &json!({"orderBy": {"id": "desc"}, "skip": 1, "take": 2, "_sum": {"i": true}, "_count": true}),
        &json!({"_count": 2, "_sum": {"i": 2}}),
    );
    check(kit, &json!({"take": 0, "_count": true}), &json!({"_count": 0}));
    check(kit, &json!({"skip": 4, "_min": {"id": true}}), &json!({"_min": {"id": 5}}));
}

fn of_groups(kit: &Kit) {
    check(
        kit,
        &json!({"by": "s", "_count": true, "_sum": {"d": true}}),
        &json!([
            {"s": null, "_count": 2, "_sum": {"d": "1.5"}},
            {"s": "B", "_count": 1, "_sum": {"d": "999999999999999999999.999999999999"}},
            {"s": "a", "_count": 2, "_sum": {"d": "0.3"}},
            {"s": "é", "_count": 1, "_sum": {"d": "10"}},
        ]),
    );
    check(
        kit,
        &json!({"by": ["e", "b"], "_count": {"_all": true, "f": true}, "_max": {"t": true}}),
        &json!([
            {"e": null, "b": null, "_count": {"_all": 1, "f": 0}, "_max": {"t": null}},
            {"e": null, "b": true, "_count": {"_all": 1, "f": 1}, "_max": {"t": null}},
            {"e": "RED", "b": null, "_count": {"_all": 1, "f": 0}, "_max": {"t": null}},
            {"e": "RED", "b": true, "_count": {"_all": 1, "f": 1}, "_max": {"t": "2026-01-01T00:00:00.000Z"}},
            {"e": "GREEN", "b": false, "_count": {"_all": 1, "f": 1}, "_max": {"t": "2026-01-02T00:00:00.001Z"}},
            {"e": "GREEN", "b": true, "_count": {"_all": 1, "f": 1}, "_max": {"t": "1969-12-31T23:59:59.999Z"}},
        ]),
    );
    check(
        kit,
        &json!({"by": ["d"], "where": {"d": {"lt": 10}}}),
        &json!([{"d": "-7.5"}, {"d": "0.1"}, {"d": "0.2"}, {"d": "9"}]),
    );
    check(
        kit,
        &json!({"by": ["t"], "where": {"t": {"not": null}}, "orderBy": {"t": "desc"}}),
        &json!([{"t": "2026-01-02T00:00:00.001Z"}, {"t": "2026-01-01T00:00:00.000Z"}, {"t": "1969-12-31T23:59:59.999Z"}]),
    );
    check(
        kit,
        &json!({"by": ["big"], "where": {"big": {"gt": "1"}}, "_count": true}),
        &json!([{"big": "2", "_count": 1}, {"big": "9223372036854775807", "_count": 2}]),
    );
}

fn conditions_on_groups(kit: &Kit) {
    let named = |names: &[Json]| names.iter().map(|name| json!({"s": name})).collect::<Json>();
    let (none, upper, lower, accented) = (Json::Null, json!("B"), json!("a"), json!("é"));
    let cases = vec![
        (json!({"_count": {"gt": 1}}), named(&[none.clone(), lower.clone()])),
        (json!({"_count": {"_all": 1}}), named(&[upper.clone(), accented.clone()])),
        (json!({"d": {"_sum": {"gte": "1.5"}}}), named(&[none.clone(), upper.clone(), accented.clone()])),
        (json!({"_sum": {"d": {"lt": 10}}}), named(&[none.clone(), lower.clone()])),
        (json!({"_sum": {"big": {"gt": "9223372036854775807"}}}), named(std::slice::from_ref(&lower))),
        (json!({"_sum": {"big": {"equals": 2}}}), named(std::slice::from_ref(&none))),
        (json!({"_avg": {"i": {"in": [1, 2]}}}), named(&[none.clone(), accented.clone()])),
        (json!({"_avg": {"d": {"lte": 0.15}}}), named(std::slice::from_ref(&lower))),
        // Null is what no test but its own finds, nor its opposite.
        (json!({"_sum": {"f": null}}), named(std::slice::from_ref(&accented))),
        (json!({"_sum": {"f": {"not": 2.0}}}), named(&[upper.clone(), lower.clone()])),
        (json!({"_sum": {"f": {"notIn": [2.0, -4.0]}}}), named(std::slice::from_ref(&lower))),
        (json!({"NOT": {"_sum": {"f": {"gt": 0}}}}), named(&[upper.clone(), accented.clone()])),
        (json!({"s": {"gt": "a"}}), named(std::slice::from_ref(&accented))),
        (json!({"s": null}), named(std::slice::from_ref(&none))),
        (json!({"s": {"not": null}}), named(&[upper.clone(), lower.clone(), accented.clone()])),
        (json!({"OR": [{"s": "a"}, {"_max": {"d": {"gt": 100}}}]}), named(&[upper.clone(), lower.clone()])),
        (json!({"OR": []}), named(&[])),
        (json!({"AND": []}), named(&[none.clone(), upper.clone(), lower.clone(), accented.clone()])),
        (json!({"_min": {"t": {"lt": "1970-01-01T00:00:00Z"}}}), named(std::slice::from_ref(&upper))),
        (json!({"_max": {"e": "GREEN"}}), named(&[upper.clone(), lower.clone()])),
        (json!({"_count": {"e": {"not": {"in": [0, 1]}}}}), named(std::slice::from_ref(&lower))),
    ];
    for (having, expected) in cases {
        check(kit, &json!({"by": "s", "having": having}), &expected);
    }
    let by_flag = json!({"by": ["b"], "having": {"b": true}, "_count": true});
    check(kit, &by_flag, &json!([{"b": true, "_count": 3}]));
    let by_member = json!({"by": ["e"], "having": {"e": {"in": ["GREEN", "BLUE"]}}, "_count": true});
    check(kit, &by_member, &json!([{"e": "GREEN", "_count": 2}]));
}

fn pages_of_groups(kit: &Kit) {
    check(
        kit,
        &json!({"by": "s", "orderBy": [{"_count": "desc"}, {"s": "desc"}], "_count": true}),
        &json!([{"s": "a", "_count": 2}, {"s": null, "_count": 2}, {"s": "é", "_count": 1}, {"s": "B", "_count": 1}]),
    );
    check(
        kit,
        &json!({"by": "s", "orderBy": {"_sum": {"d": "desc"}}, "skip": 1, "take": 2}),
        &json!([{"s": "é"}, {"s": null}]),
    );
    check(
        kit,
        &json!({"by": "s", "orderBy": [{"_sum": {"f": {"sort": "asc", "nulls": "last"}}}], "_sum": {"f": true}}),
        &json!([{"s": "B", "_sum": {"f": -4.0}}, {"s": "a", "_sum": {"f": 1.75}}, {"s": null, "_sum": {"f": 2.0}},
                {"s": "é", "_sum": {"f": null}}]),
    );
    check(
        kit,
        &json!({"by": "s", "orderBy": {"_min": {"big": "asc"}}, "take": 3}),
        &json!([{"s": "é"}, {"s": "B"}, {"s": null}]),
    );
    check(kit, &json!({"by": "s", "take": 0}), &json!([]));
}
