//! What one statement would need two databases for is refused, and says which relation it is.

use serde_json::{Value as Json, json};

use crate::ask::{asker, told};
use crate::shop::Shop;

#[track_caller]
fn check(shop: &Shop, model: &str, query: &Json, expected: &str) {
    let found = told(&asker(shop, "ben").list(model, query));
    assert!(found.starts_with("BAD_REQUEST") && found.contains(expected), "{query}: {found}");
}

#[test]
fn filters_orders_and_counts() {
    let shop = Shop::split();
    check(
        &shop,
        "Order",
        &json!({"where": {"buyer": {"name": "Ada"}}}),
        "buyer of Order stands in another datasource",
    );
    check(&shop, "User", &json!({"where": {"orders": {"none": {}}}}), "orders of User stands");
    check(
        &shop,
        "User",
        &json!({"where": {"NOT": {"orders": {"some": {"id": 1}}}}}),
        "orders of User stands",
    );
    check(&shop, "Line", &json!({"where": {"order": {"buyer": {"name": "Ada"}}}}), "buyer of Order stands");
    check(&shop, "Order", &json!({"orderBy": {"buyer": {"name": "asc"}}}), "buyer of Order stands");
    check(&shop, "User", &json!({"orderBy": {"orders": {"_count": "asc"}}}), "orders of User stands");
    check(
        &shop,
        "User",
        &json!({"include": {"_count": {"select": {"orders": true}}}}),
        "orders of User stands",
    );
    check(
        &shop,
        "Team",
        &json!({"include": {"users": {"where": {"orders": {"some": {}}}}}}),
        "orders of User stands",
    );
    // Below an include that leaves.
    check(
        &shop,
        "User",
        &json!({"include": {"orders": {"where": {"buyer": {"name": "Ada"}}}}}),
        "buyer of Order stands",
    );
}

#[test]
fn a_database_that_is_down_is_named() {
    let shop = Shop::split();
    shop.stop(1);
    let error = purlin_testkit::block_on(shop.engine.store().ping()).unwrap_err();
    assert!(error.to_string() == "the datasource shop does not answer", "{error}");
    assert!(asker(&shop, "ada").list("User", &json!({})).is_ok());
}
