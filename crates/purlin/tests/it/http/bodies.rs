//! Bodies that are not what a write takes.

use super::server::Server;

const BOB: Option<&str> = Some("2");

#[track_caller]
fn check(server: &Server, body: &str, answer: &str) {
    server.write(BOB, "POST /api/posts", body, 400, answer);
}

#[test]
fn form() {
    let server = Server::start();
    for (body, message) in [
        ("{", "the body is not well-formed JSON: EOF while parsing an object at line 1 column 1"),
        ("{\"title\":\"a\",\"title\":\"b\"}", "the member \\\"title\\\" is given twice at line 1 column"),
        ("nul", "the body is not well-formed JSON"),
    ] {
        let called = server.call(BOB, "POST /api/posts", body);
        assert_eq!(called.status, 400);
        assert!(
            called.text.contains(message) && called.text.contains("\"BAD_REQUEST\""),
            "{body}: {}",
            called.text
        );
    }
    check(&server, &"[".repeat(10_000), r#"{"error":{"code":"BAD_REQUEST"}}"#);
    check(
        &server,
        "\"text\"",
        r#"{"error":{"code":"VALIDATION_ERROR","fields":{"":["must be an object"]}}}"#,
    );
    let large = format!("{{\"title\":\"{}\"}}", "x".repeat(2 << 20));
    server.write(BOB, "POST /api/posts", &large, 413, r#"{"error":{"code":"TOO_LARGE"}}"#);
}

#[test]
fn all_fields_at_once() {
    let server = Server::start();
    check(
        &server,
        r#"{"titel":"a","title":"","status":"draft","views":"x","price":"1e9x","rating":"1","bytes":"?",
            "createdAt":"yesterday","authorId":2147483648,"author":{"make":{}}}"#,
        r#"{"error":{"code":"VALIDATION_ERROR","fields":{
            "titel":["unknown field \"titel\" of Post, did you mean \"title\"?"],"title":["*"],
            "status":["must be one of DRAFT, PUBLISHED"],"views":["*"],"price":["*"],"rating":["*"],"bytes":["*"],
            "createdAt":["*"],"authorId":["*"],"author":["*"]}}}"#,
    );
    check(
        &server,
        r#"{"title":null}"#,
        r#"{"error":{"fields":{"title":["must not be null"],"authorId":["*"]}}}"#,
    );
    check(&server, r#"{"title":"a\u0000b","authorId":2}"#, r#"{"error":{"fields":{"title":["*"]}}}"#);
}

#[test]
fn answers_are_bounded() {
    let server = Server::start();
    let unknown: Vec<String> = (0..50_000).map(|number| format!("\"titel{number}\":1")).collect();
    for (request, body) in [
        ("POST /api/posts", format!("{{{}}}", unknown.join(","))),
        ("POST /api/posts", format!("[{}]", vec!["{}"; 999].join(","))),
        ("POST /api/posts/query", format!("{{\"where\":{{{}}}}}", unknown.join(","))),
        ("POST /api/posts/query", format!("{{\"select\":{{{}}}}}", unknown.join(","))),
    ] {
        let called = server.call(BOB, request, &body);
        assert_eq!(called.status, 400, "{request}");
        assert!(called.text.len() < 50_000, "{request}: {} bytes", called.text.len());
    }
    let rows = format!("[{}]", vec!["{}"; 1001].join(","));
    server.write(BOB, "POST /api/posts", &rows, 413, r#"{"error":{"code":"TOO_LARGE"}}"#);
}

/// Whatever a body names is counted, wherever it stands.
#[test]
fn writes_are_bounded() {
    let server = Server::start();
    let many = |item: &str, number: usize| format!("[{}]", vec![item; number].join(","));
    let connects = |number| format!("{{\"posts\":{{\"set\":{}}}}}", many("{\"id\":\"p01\"}", number));
    let conditions = |number| format!("{{\"OR\":{}}}", many("{\"title\":\"a\"}", number));
    let create =
        format!("{{\"op\":\"createMany\",\"model\":\"Label\",\"data\":{}}}", many("{\"name\":\"x\"}", 600));
    let delete = format!("{{\"op\":\"deleteMany\",\"model\":\"Post\",\"where\":{}}}", conditions(501));
    for (request, body) in [
        ("PATCH /api/users/1", connects(1001)),
        ("PATCH /api/users/1", format!("{{\"posts\":{{\"deleteMany\":{}}}}}", conditions(501))),
        ("PATCH /api/users/1", format!("{{\"posts\":{{\"deleteMany\":{}}}}}", many("{}", 1001))),
        ("POST /api/batch", format!("{{\"operations\":[{create},{create}]}}")),
        ("POST /api/batch", format!("{{\"operations\":[{delete}]}}")),
        ("POST /api/batch", format!("{{\"operations\":{}}}", many("{}", 101))),
    ] {
        let called = server.call(Some("1"), request, &body);
        assert_eq!(called.status, 400, "{request}: {}", called.text);
        assert!(called.text.len() < 50_000, "{request}: {} bytes", called.text.len());
    }
    // As many as may be are no strain.
    let called = server.call(Some("1"), "PATCH /api/users/1", &connects(900));
    assert!(called.status < 500, "{}", called.text);
}

#[test]
fn conditions_that_are_malformed() {
    let server = Server::start();
    for header in ["if-match: 1", "idempotency-key: "] {
        let answer = super::attacks::raw(
            &server,
            &format!("DELETE /api/posts/p01 HTTP/1.1\r\nhost: a\r\n{header}\r\nconnection: close\r\n\r\n"),
        );
        assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    }
    server.check(None, "GET /api/posts/p01", 200, r#"{"data":{"id":"p01"}}"#);
    server.check(None, "POST /api/posts", 415, r#"{"error":{"code":"UNSUPPORTED_MEDIA_TYPE"}}"#);
}
