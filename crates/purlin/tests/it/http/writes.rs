//! Creates, updates, replacements, deletes, and their answers.

use super::server::Server;

const BOB: Option<&str> = Some("2");
const ADMIN: Option<&str> = Some("1");

#[test]
fn a_create_answers_the_row_and_its_place() {
    let server = Server::start();
    let called = server.call(BOB, "POST /api/posts", r#"{"title":" New ","authorId":2}"#);
    assert_eq!(called.status, 201, "{}", called.text);
    let json = called.json();
    assert_eq!(json["data"]["title"], "New", "transforms run");
    assert_eq!(json["data"]["status"], "DRAFT", "defaults are set");
    let place = called.location.unwrap();
    assert_eq!(place, format!("/api/posts/{}", json["data"]["id"].as_str().unwrap()));
    server.check(BOB, &format!("GET {place}"), 200, r#"{"data":{"title":"New","authorId":2,"views":"0"}}"#);
}

#[test]
fn every_type_comes_back_as_it_went() {
    let server = Server::start();
    let body = r#"{"id":"all","title":"x","authorId":2,"status":"PUBLISHED","views":"9007199254740993",
        "price":"0.10","rating":0.1,"settings":{"a":[1,null,"ä"]},"bytes":"AAEC","createdAt":"2026-02-03T04:05:06.789+01:00"}"#;
    server.write(ADMIN, "POST /api/posts", body, 201, r#"{"data":{"views":"9007199254740993","price":"0.1","rating":0.1,
        "settings":{"a":[1,null,"ä"]},"bytes":"AAEC","createdAt":"2026-02-03T03:05:06.789Z","status":"PUBLISHED"}}"#);
    server.check(None, "GET /api/posts?settings.a[has]=1&fields=id", 200, r#"{"data":[{"id":"all"}]}"#);
}

#[test]
fn an_array_is_all_or_nothing() {
    let server = Server::start();
    let good = r#"[{"id":"n1","title":"a","authorId":2},{"id":"n2","title":"b","authorId":2}]"#;
    let called = server.call(BOB, "POST /api/posts", good);
    assert_eq!((called.status, called.location), (201, None), "{}", called.text);
    server.write(
        BOB,
        "POST /api/posts",
        r#"[{"id":"n3","title":"a","authorId":2},{"id":"n4","title":"","authorId":2}]"#,
        400,
        r#"{"error":{"code":"VALIDATION_ERROR","fields":{"1.title":["*"]}}}"#,
    );
    server.write(
        BOB,
        "POST /api/posts",
        r#"[{"id":"n3","title":"a","authorId":2},{"id":"n4","title":"b","authorId":3}]"#,
        403,
        r#"{"error":{"code":"FORBIDDEN"}}"#,
    );
    server.write(
        BOB,
        "POST /api/posts",
        r#"[{"id":"n3","title":"a","authorId":2},{"id":"n1","title":"b","authorId":2}]"#,
        409,
        r#"{"error":{"code":"CONFLICT","fields":{"id":["*"]}}}"#,
    );
    server.check(ADMIN, "GET /api/posts/n3", 404, r#"{"error":{"code":"NOT_FOUND"}}"#);
    server.write(BOB, "POST /api/posts", "[]", 400, r#"{"error":{"code":"VALIDATION_ERROR"}}"#);
}

#[test]
fn patch_changes_what_is_named() {
    let server = Server::start();
    server.write(
        BOB,
        "PATCH /api/posts/p02",
        r#"{"title":"Other","views":{"increment":5}}"#,
        200,
        r#"{"data":{"id":"p02","title":"Other","views":"25","status":"PUBLISHED"}}"#,
    );
    server.write(BOB, "PATCH /api/posts/p02", "{}", 200, r#"{"data":{"title":"Other"}}"#);
    server.write(BOB, "PATCH /api/posts/p02?fields=id", "{}", 200, r#"{"data":{"id":"p02"}}"#);
    server.write(BOB, "PATCH /api/posts/none", "{}", 404, r#"{"error":{"code":"NOT_FOUND"}}"#);
}

#[test]
fn put_replaces() {
    let server = Server::start();
    server.write(
        BOB,
        "PUT /api/posts/p02",
        r#"{"title":"Whole","authorId":2}"#,
        200,
        r#"{"data":{"id":"p02","title":"Whole","status":"DRAFT","views":"0","price":null}}"#,
    );
    server.write(
        BOB,
        "PUT /api/posts/p02",
        r#"{"authorId":2}"#,
        400,
        r#"{"error":{"code":"VALIDATION_ERROR","fields":{"title":["*"]}}}"#,
    );
}

#[test]
fn delete_answers_nothing() {
    let server = Server::start();
    server.check(BOB, "DELETE /api/posts/p02", 204, "");
    server.check(BOB, "DELETE /api/posts/p02", 404, r#"{"error":{"code":"NOT_FOUND"}}"#);
    server.check(BOB, "GET /api/posts/p02", 404, r#"{"error":{"code":"NOT_FOUND"}}"#);
    server.check(ADMIN, "DELETE /api/users/3", 409, r#"{"error":{"code":"CONFLICT"}}"#);
}

#[test]
fn what_may_not_be_read_back_is_null() {
    let server = Server::start();
    let called = server.call(None, "POST /api/notes", r#"{"userId":2,"key":"k","text":"secret"}"#);
    assert_eq!((called.status, called.text.as_str()), (201, r#"{"data":null}"#));
    let many = r#"[{"userId":2,"key":"k2","text":"t"},{"userId":3,"key":"k2","text":"t"}]"#;
    let called = server.call(BOB, "POST /api/notes", many);
    assert_eq!(called.status, 201, "{}", called.text);
    assert_eq!(called.text, r#"{"data":[{"userId":2,"key":"k2","text":"t"},null]}"#);
    server.check(BOB, "GET /api/notes/2,k", 200, r#"{"data":{"text":"secret"}}"#);
}

#[test]
fn composite_keys_are_one_segment() {
    let server = Server::start();
    server.check(BOB, "GET /api/notes/2,a%2Cb%2Fc", 200, r#"{"data":{"text":"mine"}}"#);
    let called = server.call(BOB, "POST /api/notes", r#"{"userId":2,"key":"ü/,x","text":"t"}"#);
    assert_eq!(called.location.as_deref(), Some("/api/notes/2,%C3%BC%2F%2Cx"), "{}", called.text);
    server.check(BOB, "DELETE /api/notes/2,%C3%BC%2F%2Cx", 204, "");
    for bad in ["2", "2,a,b", "x,a", ",a"] {
        server.check(BOB, &format!("GET /api/notes/{bad}"), 400, r#"{"error":{"code":"BAD_REQUEST"}}"#);
    }
}
