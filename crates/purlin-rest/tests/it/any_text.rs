//! Whatever a client sends is read or refused: no panic, no endless answer.

use std::sync::LazyLock;

use proptest::prelude::*;
use purlin_core::input::Limits;
use purlin_schema::model::Schema;

use crate::shop::schema;

/// Pieces that mean something, so that random texts get past the first character.
const KNOWN: &[&str] = &[
    "page",
    "limit",
    "cursor",
    "sort",
    "search",
    "fields",
    "include",
    "where",
    "count",
    "or",
    "and",
    "not",
    "id",
    "title",
    "views",
    "price",
    "tags",
    "settings",
    "status",
    "author",
    "posts",
    "team",
    "createdAt",
    "secret",
    "equals",
    "in",
    "contains:i",
    "gte",
    "has",
    "some",
    "every",
    "is",
    "groupBy",
    "having",
    "_count",
    "_sum",
    "_max",
    "null",
    "true",
    "DRAFT",
    "exact",
    "-1",
    "99999999999999999999",
    "1e999",
    "2026-01-31",
    "%00",
    "%ff",
    "%",
    "%5B",
    "%2C",
    "{\"a\":[1]}",
    "[\"a\"]",
    "=",
    "&",
    ".",
    ",",
    "[",
    "]",
    "[0]",
    "[]",
    "+",
    "\u{e4}",
    "\u{1f4a5}",
    "-",
    "_count",
];

static SCHEMA: LazyLock<Schema> = LazyLock::new(schema);

fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => prop::sample::select(KNOWN).prop_map(str::to_owned),
        1 => any::<String>(),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn query_strings(query in pieces()) {
        let schema = &*SCHEMA;
        for model in &schema.models {
            match purlin_rest::list(schema, model, &query, Limits::default()) {
                Ok(list) => prop_assert!(list.limit >= 1 && list.limit <= 100 && list.page >= 1),
                Err(error) => {
                    prop_assert_eq!(error.code(), "BAD_REQUEST");
                    prop_assert!(error.to_string().len() < 40 * (query.len() + 400));
                }
            }
            if let Err(error) = purlin_rest::aggregate(schema, model, &query, Limits::default()) {
                prop_assert_eq!(error.code(), "BAD_REQUEST");
            }
            if let Err(error) = purlin_rest::count(schema, model, &query, Limits::default()) {
                prop_assert_eq!(error.code(), "BAD_REQUEST");
            }
            if let Err(error) = purlin_rest::selected(schema, model, &query, Limits::default()) {
                prop_assert_eq!(error.code(), "BAD_REQUEST");
            }
        }
    }
}
