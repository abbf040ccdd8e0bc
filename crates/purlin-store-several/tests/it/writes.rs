//! Writes keep what foreign keys would keep inside one database, with the same words.

use serde_json::{Value as Json, json};

use crate::ask::{Asker, asker, told};
use crate::shop::Shop;

/// One write of a story.
fn tell(asker: &Asker<'_>, write: &(&str, &str, Json, Json)) -> String {
    let (action, model, key, data) = write;
    told(&match *action {
        "create" => asker.create_with(model, data, key),
        "update" => asker.update(model, key, data),
        _ => asker.delete(model, key),
    })
}

#[test]
fn two_databases_write_as_one() {
    let (whole, split) = (Shop::whole(), Shop::split());
    let id = |id: Json| json!({ "id": id });
    let none = json!({});
    let at = "2026-03-01T00:00:00Z";
    let story = [
        ("ada", ("create", "Order", none.clone(), json!({"id": 20, "at": at}))),
        ("ada", ("create", "Order", json!({"include": {"buyer": true}}), json!({"id": 21, "at": at}))),
        // Somebody else's, nobody's, hidden ones.
        ("ada", ("create", "Order", none.clone(), json!({"id": 22, "at": at, "buyerId": "cy"}))),
        ("ben", ("create", "Order", none.clone(), json!({"id": 23, "at": at, "buyerId": "nobody"}))),
        (
            "ben",
            (
                "create",
                "Order",
                none.clone(),
                json!([{"id": 24, "at": at, "buyerId": "cy"}, {"id": 25, "at": at, "buyerId": "nobody"}]),
            ),
        ),
        (
            "ben",
            (
                "create",
                "Order",
                none.clone(),
                json!({"id": 26, "at": at, "buyer": {"connect": {"id": "cy"}}}),
            ),
        ),
        (
            "ada",
            (
                "create",
                "Order",
                none.clone(),
                json!({"id": 27, "at": at, "buyer": {"connect": {"id": "ada"}}}),
            ),
        ),
        (
            "ada",
            (
                "create",
                "Order",
                none.clone(),
                json!({"id": 28, "at": at, "buyer": {"connect": {"id": "ben"}}}),
            ),
        ),
        (
            "ben",
            (
                "create",
                "Order",
                none.clone(),
                json!({"id": 29, "at": at, "buyer": {"connect": {"id": "nobody"}}}),
            ),
        ),
        ("ada", ("update", "Order", id(json!(20)), json!({"at": "2026-04-01T00:00:00Z"}))),
        ("ben", ("update", "Order", id(json!(20)), json!({"buyerId": "cy"}))),
        ("ben", ("update", "Order", id(json!(20)), json!({"buyerId": "nobody"}))),
        ("ben", ("update", "Order", id(json!(20)), json!({"buyer": {"connect": {"id": "dot"}}}))),
        ("ada", ("update", "Order", id(json!(20)), json!({"at": at}))),
        ("cy", ("update", "Order", id(json!(999)), json!({"buyerId": "nobody"}))),
        (
            "ben",
            (
                "create",
                "Stock",
                none.clone(),
                json!({"id": 10, "productId": 1, "land": "SWEDEN", "code": "1.50"}),
            ),
        ),
        (
            "ben",
            (
                "create",
                "Stock",
                none.clone(),
                json!({"id": 11, "productId": 1, "land": "SWEDEN", "code": "9"}),
            ),
        ),
        ("ben", ("create", "Stock", none.clone(), json!({"id": 12, "productId": 1, "land": "SWEDEN"}))),
        ("ben", ("update", "Stock", id(json!(10)), json!({"land": "NORWAY", "code": "1.5"}))),
        ("ben", ("update", "Stock", id(json!(10)), json!({"land": null, "code": null}))),
        ("ben", ("delete", "Depot", json!({"land_code": {"land": "NORWAY", "code": "2"}}), none.clone())),
        ("ben", ("delete", "Depot", json!({"land_code": {"land": "NORWAY", "code": "1.5"}}), none.clone())),
        ("ben", ("delete", "Depot", json!({"land_code": {"land": "SWEDEN", "code": "2"}}), none.clone())),
        ("cy", ("delete", "User", id(json!("ada")), none.clone())),
        ("ben", ("delete", "User", id(json!("nobody")), none.clone())),
        ("ben", ("delete", "User", id(json!("cy")), none.clone())),
        ("ben", ("update", "User", id(json!("cy")), json!({"name": "Cyrus"}))),
        ("ben", ("update", "User", id(json!("cy")), json!({"id": "cy", "name": "Cy"}))),
        ("ben", ("update", "User", id(json!("cy")), json!({"id": "cyrus"}))),
        (
            "ada",
            (
                "create",
                "Review",
                none.clone(),
                json!({"id": 30, "stars": 5, "text": "t", "productId": 1, "authorId": "ada"}),
            ),
        ),
        (
            "ada",
            (
                "create",
                "Review",
                none.clone(),
                json!({"id": 31, "stars": 5, "text": "t", "productId": 77, "authorId": "ada"}),
            ),
        ),
        ("ada", ("delete", "Review", id(json!(30)), none.clone())),
        ("ben", ("delete", "Product", id(json!(4)), none.clone())),
        ("ben", ("delete", "Order", id(json!(21)), none.clone())),
    ];
    for (number, (name, write)) in story.iter().enumerate() {
        let expected = tell(&asker(&whole, name), write);
        assert_eq!(tell(&asker(&split, name), write), expected, "{number}: {name} {write:?}");
    }
    for model in ["User", "Order", "Stock", "Depot", "Review", "Product"] {
        let expected = told(&asker(&whole, "ben").list(model, &json!({"take": 100})));
        assert_eq!(told(&asker(&split, "ben").list(model, &json!({"take": 100}))), expected, "{model}");
    }
}

#[test]
fn what_is_deleted_along_is_looked_at_too() {
    let shop = Shop::split();
    let ben = asker(&shop, "ben");
    // Its users would go with the team, and they have orders.
    let told = told(&ben.delete("Team", &json!({"id": 2})));
    assert!(told.starts_with("conflict a Order still refers to this User (`orders`)"), "{told}");
    ben.create("Team", &json!({"id": 3, "name": "New"})).unwrap();
    ben.update("User", &json!({"id": "dot"}), &json!({"teamId": 3})).unwrap();
    for id in 1..=12 {
        let _ = ben.update("Review", &json!({"id": id}), &json!({"authorId": null}));
    }
    ben.delete("Team", &json!({"id": 3})).unwrap();
    assert!(!super::ask::told(&ben.list("User", &json!({}))).contains("dot"));
}
