//! Resources under a row, for every kind of relation.

use super::server::Server;

const BOB: Option<&str> = Some("2");

#[test]
fn lists_and_rows() {
    let server = Server::start();
    assert_eq!(server.ids(None, "GET /api/users/2/posts"), "p02 p04 p08 p10");
    assert_eq!(server.ids(BOB, "GET /api/users/2/posts?status=DRAFT&sort=-id"), "p12 p06");
    server.check(None, "GET /api/posts/p01/author?fields=name", 200, r#"{"data":{"name":"Cyd"}}"#);
    server.check(None, "GET /api/users/2/team", 200, r#"{"data":{"id":1,"name":"core"}}"#);
    server.check(None, "GET /api/users/1/team", 404, r#"{"error":{"code":"NOT_FOUND"}}"#);
    server.check(None, "GET /api/users/99/posts", 404, r#"{"error":{"code":"NOT_FOUND"}}"#);
    server.check(None, "GET /api/posts/p03/author", 404, r#"{"error":{"code":"NOT_FOUND"}}"#);
    server.check(
        None,
        "GET /api/users/2/postz",
        404,
        r#"{"error":{"message":"User has no such relation, did you mean \"posts\"?"}}"#,
    );
}

#[test]
fn creates() {
    let server = Server::start();
    let called = server.call(BOB, "POST /api/users/2/posts", r#"{"id":"under","title":"x"}"#);
    assert_eq!(
        (called.status, called.location.as_deref()),
        (201, Some("/api/posts/under")),
        "{}",
        called.text
    );
    server.write(
        BOB,
        "POST /api/users/3/posts",
        r#"{"title":"x"}"#,
        403,
        r#"{"error":{"code":"FORBIDDEN"}}"#,
    );
    server.write(
        BOB,
        "POST /api/users/99/posts",
        r#"{"title":"x"}"#,
        404,
        r#"{"error":{"code":"NOT_FOUND"}}"#,
    );
    server.write(
        BOB,
        "POST /api/users/2/posts",
        r#"{"title":"x","authorId":3}"#,
        400,
        r#"{"error":{"code":"VALIDATION_ERROR","fields":{"authorId":["*"]}}}"#,
    );
    server.write(
        BOB,
        "POST /api/posts/under/labels",
        r#"{"name":"green"}"#,
        201,
        r#"{"data":{"name":"green"}}"#,
    );
    server.check(BOB, "GET /api/posts/under/labels", 200, r#"{"data":[{"name":"green"}]}"#);
    server.check(
        BOB,
        "GET /api/posts?labels[some][name]=green&fields=id",
        200,
        r#"{"data":[{"id":"under"}]}"#,
    );
    server.write(BOB, "POST /api/posts/p01/author", "{}", 405, r#"{"error":{"code":"METHOD_NOT_ALLOWED"}}"#);
}
