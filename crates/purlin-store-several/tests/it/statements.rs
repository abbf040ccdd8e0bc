//! The number of statements follows from what is asked for, never from the number of rows.

use serde_json::{Value as Json, json};

use crate::ask::{asker, system};
use crate::shop::Shop;

fn statements(shop: &Shop, model: &str, query: &Json) -> u64 {
    let asker = asker(shop, "ben");
    let before = shop.statements();
    let mut query = query.clone();
    query["take"] = json!(100);
    asker.list(model, &query).unwrap();
    shop.statements() - before
}

#[test]
fn statements_do_not_grow_with_rows() {
    let shop = Shop::split();
    let cases = [
        ("Order", json!({}), 1),
        ("Order", json!({"include": {"buyer": true}}), 2),
        ("User", json!({"include": {"orders": {"take": 2}}}), 2),
        ("User", json!({"include": {"orders": {"include": {"lines": true}}, "reviews": true}}), 4),
        ("Order", json!({"include": {"buyer": {"include": {"orders": {"include": {"buyer": true}}}}}}), 4),
    ];
    for round in 0..2 {
        for (model, query, expected) in &cases {
            assert_eq!(statements(&shop, model, query), *expected, "{round} {model} {query}");
        }
        let many = |make: &dyn Fn(i64) -> Json| Json::Array((100..180).map(make).collect());
        let system = system(&shop);
        if round == 0 {
            system.create("User", &many(&|id| json!({"id": id.to_string(), "name": "N"}))).unwrap();
            let before = shop.statements();
            let orders = |id: i64| json!({"id": id, "at": "2026-02-01T00:00:00Z", "buyerId": id.to_string()});
            system.create("Order", &many(&orders)).unwrap();
            assert!(shop.statements() - before <= 81, "the buyers are looked up at once");
        }
    }
}
