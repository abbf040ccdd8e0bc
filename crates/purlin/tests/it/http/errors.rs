//! Paths, methods and parameters that mean nothing.

use super::server::Server;

#[test]
fn paths_and_methods() {
    let server = Server::start();
    let message =
        |text: &str| format!(r#"{{"error":{{"code":"NOT_FOUND","message":"{text}","requestId":"*"}}}}"#);
    for (path, text) in [
        ("/api/post", "no model has this path, did you mean /api/posts?"),
        ("/api/posts/", "there is nothing at this path; leave out the slash at its end"),
        ("/api/xyzzy", "there is nothing at this path"),
        ("/api//posts", "there is nothing at this path"),
        ("/", "there is nothing at this path"),
        ("/api/posts/p01/author/x", "there is nothing at this path"),
        ("/API/posts", "there is nothing at this path"),
        ("/api/%70osts", "there is nothing at this path"),
        ("/api/../api/posts", "there is nothing at this path"),
    ] {
        server.check(None, &format!("GET {path}"), 404, &message(text));
    }
    for request in ["PUT /api/posts", "POST /api/posts/p01", "TRACE /api/posts"] {
        server.check(None, request, 405, r#"{"error":{"code":"METHOD_NOT_ALLOWED","message":"*"}}"#);
    }
}

#[test]
fn parameters_that_a_request_does_not_take() {
    let server = Server::start();
    let refused = r#"{"error":{"code":"BAD_REQUEST","message":"*"}}"#;
    for request in [
        "GET /api/posts/p01?limit=1",
        "GET /api/posts/p01?title=x",
        "GET /api/posts/p01?fields=x",
        "GET /api/posts/p01/author?sort=id",
        "DELETE /api/posts/p01?x=1",
        "GET /api/posts?limit=101",
        "GET /api/posts?search=x",
        "GET /api/posts?upsert=id",
        "GET /api/posts/count?limit=1",
        "GET /api/posts/aggregate?_count=true&include=author",
        "GET /api/posts/aggregate?_count=true&cursor=",
        "DELETE /api/posts",
        "DELETE /api/posts?limit=1",
        "DELETE /api/posts?titel=x",
    ] {
        server.check(Some("1"), request, 400, refused);
    }
    server.write(Some("1"), "POST /api/labels?upsert=nothing", "{}", 400, refused);
    server.write(Some("1"), "POST /api/posts/query?limit=1", "{}", 400, refused);
    server.write(Some("1"), "POST /api/posts/aggregate?limit=1", "{}", 400, refused);
}

#[test]
fn ids_that_are_none() {
    let server = Server::start();
    for (path, status) in [
        ("/api/users/99", 404),
        ("/api/users/x", 400),
        ("/api/users/1.0", 400),
        ("/api/users/2147483648", 400),
        ("/api/users/99999999999999999999", 400),
        ("/api/users/null", 400),
        ("/api/posts/null", 404),
        ("/api/posts/%00", 400),
        ("/api/posts/%ff", 400),
        ("/api/posts/%27%20OR%201%3D1", 404),
    ] {
        server.check(None, &format!("GET {path}"), status, r#"{"error":{"message":"*"}}"#);
    }
}
