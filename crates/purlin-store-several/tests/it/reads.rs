//! Includes across datasources answer what one database answers, byte for byte, under the same rules.

use serde_json::{Value as Json, json};

use crate::ask::{asker, told};
use crate::shop::Shop;

fn queries() -> Vec<(&'static str, Json)> {
    vec![
        ("User", json!({})),
        ("Order", json!({"include": {"buyer": true}})),
        ("User", json!({"include": {"orders": true}})),
        ("User", json!({"include": {"orders": {"take": 2, "orderBy": {"at": "desc"}}}})),
        ("User", json!({"include": {"orders": {"take": 1, "skip": 1, "where": {"id": {"gt": 2}}}}})),
        ("User", json!({"where": {"id": "ada"}, "include": {"orders": {"take": 1, "skip": 1}}})),
        ("User", json!({"include": {"orders": {"include": {"lines": {"include": {"product": true}}}}}})),
        ("Order", json!({"include": {"lines": {"take": 1}, "buyer": {"include": {"team": true}}}})),
        // There and back again.
        (
            "Order",
            json!({"include": {"buyer": {"include": {"orders": {"take": 1, "include": {"buyer": true}}}}}}),
        ),
        (
            "Team",
            json!({"include": {"users": {"include": {"orders": {"select": {"at": true}}, "sessions": true}}}}),
        ),
        (
            "Session",
            json!({"select": {"id": true, "user": {"select": {"name": true, "orders": {"select": {"id": true}}}}}}),
        ),
        ("Product", json!({"include": {"owner": true, "_count": {"select": {"lines": true}}}})),
        (
            "Product",
            json!({"include": {"owner": {"select": {"name": true}}, "reviews": {"include": {"author": true}}}}),
        ),
        ("User", json!({"include": {"owns": true, "reviews": {"distinct": ["text"]}}})),
        (
            "User",
            json!({"include": {"reviews": {"distinct": ["text"], "take": 1, "orderBy": {"stars": "desc"}}}}),
        ),
        ("User", json!({"where": {"id": "ada"}, "include": {"reviews": {"distinct": ["text"], "take": 1}}})),
        ("User", json!({"include": {"owns": {"orderBy": {"price": "desc"}, "distinct": ["tags"]}}})),
        ("Stock", json!({"include": {"depot": true, "product": {"include": {"owner": true}}}})),
        ("Depot", json!({"include": {"stock": true}})),
        ("Depot", json!({"where": {"land": "NORWAY", "code": "2"}, "include": {"stock": {"take": 1}}})),
        ("Depot", json!({"select": {"city": true, "stock": {"select": {"amount": true}}}})),
        ("Order", json!({"take": 2, "skip": 3, "orderBy": {"at": "desc"}, "include": {"buyer": true}})),
        ("Order", json!({"distinct": ["buyerId"], "include": {"buyer": {"select": {"id": true}}}})),
        ("Order", json!({"where": {"id": 999}, "include": {"buyer": true}})),
        ("Review", json!({"include": {"author": {"include": {"reviews": {"where": {"stars": {"gt": 2}}}}}}})),
        (
            "Line",
            json!({"include": {"order": {"include": {"buyer": true}}, "product": {"include": {"owner": true}}}}),
        ),
    ]
}

#[test]
fn two_databases_answer_as_one() {
    let (whole, split) = (Shop::whole(), Shop::split());
    let mut rows = 0;
    for name in ["", "ada", "ben", "cy"] {
        let (whole, split) = (asker(&whole, name), asker(&split, name));
        for (model, query) in queries() {
            let expected = told(&whole.list(model, &query));
            assert_eq!(told(&split.list(model, &query)), expected, "{name:?} {model} {query}");
            rows += usize::from(expected.starts_with("[{"));
        }
        for (model, key, selection) in [
            ("Order", json!({"id": 3}), json!({"include": {"buyer": true}})),
            ("User", json!({"id": "ada"}), json!({"include": {"orders": {"take": 2}}})),
            ("User", json!({"id": "nobody"}), json!({"include": {"orders": true}})),
            (
                "Depot",
                json!({"land_code": {"land": "SWEDEN", "code": "1.5"}}),
                json!({"include": {"stock": true}}),
            ),
        ] {
            let expected = told(&whole.get(model, &key, &selection));
            assert_eq!(told(&split.get(model, &key, &selection)), expected, "{name:?} {model} {key}");
        }
        for (model, parent) in [
            ("Order", ("User", json!({"id": "ada"}), "orders")),
            ("Review", ("User", json!({"id": "ada"}), "reviews")),
            ("Stock", ("Depot", json!({"land_code": {"land": "NORWAY", "code": "2"}}), "stock")),
        ] {
            let expected = told(&whole.list_within(model, &json!({}), Some(parent.clone())));
            let found = told(&split.list_within(model, &json!({}), Some(parent.clone())));
            assert_eq!(found, expected, "{name:?} {parent:?}");
        }
    }
    assert!(rows > 60, "only {rows} of the answers hold rows");
}

#[test]
fn a_hidden_key_leads_nowhere() {
    let split = Shop::split();
    let query =
        json!({"select": {"name": true, "owner": {"select": {"id": true}}}, "orderBy": {"id": "asc"}});
    let seen = told(&asker(&split, "cy").list("Product", &query));
    assert!(
        seen.starts_with(r#"[{"name":"Chair","owner":{"id":"ada"}},{"name":"Table","owner":null}"#),
        "{seen}"
    );
    let all = told(&asker(&split, "ben").list("Product", &query));
    assert!(all.contains(r#"{"name":"Table","owner":{"id":"ben"}}"#), "{all}");
}
