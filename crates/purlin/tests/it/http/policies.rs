//! Who sees and does what, over HTTP; and what must not be seen anywhere.

use purlin_testkit::scenario::{Caller, Scenario};
use serde_json::json;

use super::server::{Server, signed, token};

#[test]
fn hidden_rows_are_absent() {
    let server = Server::start();
    server.check(None, "GET /api/posts/p03", 404, r#"{"error":{"code":"NOT_FOUND"}}"#);
    server.check(Some("3"), "GET /api/posts/p03", 200, r#"{"data":{"id":"p03"}}"#);
    server.check(Some("2"), "GET /api/posts/p03", 404, r#"{"error":{"code":"NOT_FOUND"}}"#);
    assert_eq!(server.ids(None, "GET /api/posts?status=DRAFT"), "");
    server.check(None, "GET /api/posts?status=DRAFT", 200, r#"{"data":[],"meta":{"total":0}}"#);
    server.write(
        Some("2"),
        "PATCH /api/posts/p03",
        r#"{"title":"x"}"#,
        404,
        r#"{"error":{"code":"NOT_FOUND"}}"#,
    );
    server.write(
        Some("2"),
        "PATCH /api/posts/p01",
        r#"{"title":"x"}"#,
        403,
        r#"{"error":{"code":"FORBIDDEN"}}"#,
    );
    server.write(
        None,
        "PATCH /api/posts/p01",
        r#"{"title":"x"}"#,
        401,
        r#"{"error":{"code":"UNAUTHENTICATED"}}"#,
    );
    server.check(None, "GET /api/closeds", 401, r#"{"error":{"code":"UNAUTHENTICATED"}}"#);
    server.check(Some("2"), "GET /api/closeds", 403, r#"{"error":{"code":"FORBIDDEN"}}"#);
}

#[test]
fn hidden_fields_are_nowhere() {
    let server = Server::start();
    let caller = Caller { base: server.base().to_owned(), token: &token };
    let absent = &["hash-", "password"];
    for (actor, request, body) in [
        (None, "GET /api/users", ""),
        (Some("1"), "GET /api/users/2?include=posts,notes", ""),
        (Some("1"), "POST /api/users/query", r#"{"include":{"posts":{"include":{"author":true}}}}"#),
    ] {
        caller.check(&Scenario { actor, request, body, status: 200, answer: r#"{"data":"*"}"#, absent });
    }
    // Asking for it, or by it, is asking for nothing that exists.
    for request in ["fields=password", "sort=password", "password=x", "password[startsWith]=h"] {
        server.check(
            Some("1"),
            &format!("GET /api/users?{request}"),
            400,
            r#"{"error":{"code":"BAD_REQUEST"}}"#,
        );
    }
    server.write(Some("1"), "PATCH /api/users/2", r#"{"password":"new"}"#, 200, r#"{"data":{"id":2}}"#);
}

#[test]
fn fields_hidden_from_this_actor_count_as_null() {
    let server = Server::start();
    server.check(None, "GET /api/users/2", 200, r#"{"data":{"email":null}}"#);
    server.check(Some("2"), "GET /api/users/2", 200, r#"{"data":{"email":"bob@x.io"}}"#);
    assert_eq!(server.ids(None, "GET /api/users?email=bob@x.io"), "");
    assert_eq!(server.ids(Some("2"), "GET /api/users?email=bob@x.io"), "2");
    assert_eq!(server.ids(Some("3"), "GET /api/users?email[startsWith]=b"), "");
    assert_eq!(server.ids(Some("3"), "GET /api/users?email=null"), "1 2 4");
    assert_eq!(server.ids(Some("3"), "GET /api/users?sort=-email,id"), "3 1 2 4");
    assert_eq!(server.ids(Some("1"), "GET /api/users?sort=-email"), "4 3 2 1");
}

#[test]
fn credentials() {
    let server = Server::start();
    let refused = r#"{"error":{"code":"UNAUTHENTICATED"}}"#;
    for subject in ["4", "99", "x", "", "null"] {
        server.check(Some(subject), "GET /api/posts", 401, refused);
    }
    let exp = jsonwebtoken::get_current_timestamp() + 60;
    let foreign = |_: &str| signed(json!({"sub": "1", "exp": exp}), "another secret of thirty-two byte");
    let caller = Caller { base: server.base().to_owned(), token: &foreign };
    let scenario = Scenario {
        actor: Some("1"),
        request: "GET /api/posts",
        body: "",
        status: 401,
        answer: refused,
        absent: &[],
    };
    caller.check(&scenario);
    let expired = |_: &str| signed(json!({"sub": "1", "exp": exp - 120}), "0123456789abcdef0123456789abcdef");
    Caller { base: server.base().to_owned(), token: &expired }.check(&scenario);
}

#[test]
fn a_changed_user_is_another_actor_at_once() {
    let server = Server::start();
    server.check(Some("2"), "GET /api/posts/p03", 404, r#"{"error":{}}"#);
    server.write(
        Some("2"),
        "PATCH /api/users/2",
        r#"{"role":"ADMIN"}"#,
        403,
        r#"{"error":{"code":"FORBIDDEN"}}"#,
    );
    server.write(Some("1"), "PATCH /api/users/2", r#"{"role":"ADMIN"}"#, 200, r#"{"data":{"role":"ADMIN"}}"#);
    server.check(Some("2"), "GET /api/posts/p03", 200, r#"{"data":{"id":"p03"}}"#);
    server.write(Some("1"), "PATCH /api/users/2", r#"{"isActive":false}"#, 200, r#"{"data":{"id":2}}"#);
    server.check(Some("2"), "GET /api/posts/p03", 401, r#"{"error":{"code":"UNAUTHENTICATED"}}"#);
}
