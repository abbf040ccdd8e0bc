//! Requests made to hurt: each must end in a 4xx, soon, with nothing of the inside in it.

use std::fmt::Write as _;
use std::io::{Read, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
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
        r#"{"id":9,"name":"x","email":"x@x.io","posts":{"steal":{"id":"p03"}}}"#,
        r#"{"id":9,"name":"x","email":"x@x.io","constructor":1}"#,
    ] {
        check(&server, "POST /api/users", body);
    }
}

/// Every pair of posts of one author is compared with every third: as much as a client may ask for.
#[test]
fn a_flood_of_endless_reads_is_refused() {
    let server = Server::start_with(|settings| settings.database.statement_timeout = Duration::from_secs(2));
    let rows: Vec<_> = (0..900)
        .map(|number| format!(r#"{{"id":"m{number}","title":"m","authorId":3,"status":"PUBLISHED"}}"#))
        .collect();
    let made = server.call(Some("1"), "POST /api/posts", &format!("[{}]", rows.join(",")));
    assert_eq!(made.status, 201, "{}", made.text);
    let deep = (0..3).fold(r#"{"title":{"contains":"absent"}}"#.to_owned(), |inner, _| {
        format!(r#"{{"author":{{"posts":{{"some":{inner}}}}}}}"#)
    });
    let body = format!(r#"{{"where":{deep}}}"#);
    let (is_over, refused, soon) = (AtomicBool::new(false), AtomicUsize::new(0), AtomicUsize::new(0));
    let mut times = Vec::new();
    std::thread::scope(|scope| {
        for _ in 0..24 {
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    let begun = Instant::now();
                    let called = server.call(None, "POST /api/posts/query", &body);
                    assert_eq!(called.status, 503, "{}", called.text);
                    assert_eq!(called.json()["error"]["code"], "UNAVAILABLE");
                    refused.fetch_add(1, Ordering::Relaxed);
                    soon.fetch_add(usize::from(begun.elapsed() < Duration::from_secs(1)), Ordering::Relaxed);
                }
            });
        }
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(4) {
            for path in ["GET /healthz", "GET /api/posts/p01", "GET /api/posts?limit=5"] {
                let begun = Instant::now();
                assert_eq!(server.call(Some("2"), path, "").status, 200);
                times.push(begun.elapsed());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        is_over.store(true, Ordering::Relaxed);
    });
    times.sort();
    let (refused, soon) = (refused.into_inner(), soon.into_inner());
    // The median, since the machine may be busy with other tests.
    assert!(times[times.len() / 2] < Duration::from_millis(100), "{times:?}");
    assert!(soon * 2 > refused, "{soon} of {refused}");
}
