//! Requests made to hurt: each must end in a 4xx, soon, with nothing of the inside in it.

use std::fmt::Write as _;
use std::io::{Read, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::server::Server;

/// Sends bytes as they are and reads until the server closes.
pub(super) fn raw(server: &Server, request: &str) -> String {
    let mut stream = TcpStream::connect(server.base().trim_start_matches("http://")).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    answer
}

#[track_caller]
fn check(server: &Server, request: &str, body: &str) {
    let begun = Instant::now();
    let called = server.call(Some("1"), request, body);
    let about = &request[..request.len().min(100)];
    assert!((400..500).contains(&called.status), "{about}: {} {}", called.status, called.text);
    assert!(called.text.len() < 4096, "{about}: an answer of {} bytes", called.text.len());
    assert!(begun.elapsed() < Duration::from_secs(5), "{about}: took {:?}", begun.elapsed());
    for inside in ["SELECT", "sqlite", "panicked", "src/"] {
        assert!(!called.text.contains(inside), "{about}: {}", called.text);
    }
}

#[test]
fn deep_and_wide_filters() {
    let server = Server::start();
    let deep = format!("{}{}", r#"{"NOT":"#.repeat(100), "{}".to_owned() + &"}".repeat(100));
    check(&server, "POST /api/posts/query", &format!(r#"{{"where":{deep}}}"#));
    let wide = vec![r#"{"title":"a"}"#; 20_000].join(",");
    check(&server, "POST /api/posts/query", &format!(r#"{{"where":{{"OR":[{wide}]}}}}"#));
    let relations =
        format!("{}{}", r#"{"author":{"posts":{"some":"#.repeat(12), "{}".to_owned() + &"}}}".repeat(12));
    check(&server, "POST /api/posts/query", &format!(r#"{{"where":{relations}}}"#));
    let mut many = String::from("x=1");
    for number in 0..1000 {
        write!(many, "&and[{number}][id]=1").unwrap();
    }
    check(&server, &format!("GET /api/posts?{many}"), "");
    check(&server, &format!("GET /api/posts?{}", "or[0]".to_owned() + &"[or][0]".repeat(500) + "[id]=1"), "");
    check(&server, &format!("GET /api/posts?sort={}", vec!["title"; 2000].join(",")), "");
    check(&server, &format!("GET /api/posts?include={}", "author.posts.".repeat(500)), "");
}

#[test]
fn long_lists_of_values_are_served() {
    let server = Server::start();
    let ids: Vec<String> = (0..40_000).map(|number| format!("\"p{number:02}\"")).collect();
    let body = format!(r#"{{"where":{{"id":{{"in":[{}]}}}},"select":{{"id":true}}}}"#, ids.join(","));
    let called = server.call(None, "POST /api/posts/query", &body);
    assert_eq!(called.status, 200, "{}", called.text);
    assert_eq!(called.json()["meta"]["total"], 8);
}

#[test]
fn injected_texts_are_texts() {
    let server = Server::start();
    for text in ["'; DROP TABLE Post; --", "\" OR 1=1", "%' OR '1'='1", "\\", "$.a", "\u{202e}", "💥"] {
        let escaped: String = text.bytes().fold(String::new(), |mut all, byte| {
            write!(all, "%{byte:02x}").unwrap();
            all
        });
        for test in ["title", "title[contains]", "title[startsWith:i]", "settings.a", "author.name"] {
            assert_eq!(server.ids(None, &format!("GET /api/posts?{test}={escaped}")), "", "{test} {text}");
        }
        let called = server.call(None, &format!("GET /api/posts?{escaped}=1"), "");
        assert_eq!(called.status, 400);
        let body = serde_json::json!({"id": text, "title": text, "authorId": 1, "settings": {text: text}});
        let called = server.call(Some("1"), "POST /api/posts", &body.to_string());
        assert_eq!(called.status, 201, "{}", called.text);
        assert_eq!(called.json()["data"]["settings"][text], text);
        let place = called.location.unwrap();
        server.check(
            Some("1"),
            &format!("GET {place}"),
            200,
            &serde_json::json!({"data": {"id": text}}).to_string(),
        );
    }
}

#[test]
fn writes_take_no_more_than_their_fields() {
    let server = Server::start();
    for body in [
        r#"{"id":9,"name":"x","email":"x@x.io","role":"ADMIN","isAdmin":true}"#,
        r#"{"id":9,"name":"x","email":"x@x.io","__proto__":{"role":"ADMIN"}}"#,
        r#"{"id":9,"name":"x","email":"x@x.io","posts":{"connect":{"id":"p03"}}}"#,
        r#"{"id":9,"name":"x","email":"x@x.io","constructor":1}"#,
    ] {
        check(&server, "POST /api/users", body);
    }
}
