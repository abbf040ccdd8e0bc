//! Bytes that no honest client sends.

use std::time::{Duration, Instant};

use purlin_http::ConnectionLimits;

use crate::site::Site;

/// What the server says to raw bytes: a status, or 0 when it just closes.
#[track_caller]
fn check(site: &Site, bytes: &[u8], expected: u16) {
    let mut client = site.client();
    client.send(bytes);
    let status = client.answer(true).map_or(0, |answer| answer.status);
    assert_eq!(status, expected, "{}", String::from_utf8_lossy(&bytes[..bytes.len().min(200)]));
    // Whatever was sent, others are served.
    assert_eq!(site.get("/name", "").status, 200);
}

#[test]
fn malformed_heads() {
    let site = Site::start();
    let long = "x".repeat(100_000);
    check(&site, b"GET /name HTTP/1.1\r\n\r\n", 400);
    check(&site, b"GET /name HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n", 400);
    check(&site, b"GET /name HTTP/9.9\r\nhost: a\r\n\r\n", 400);
    check(&site, b"\0\0\0\0\0\0\0\0\r\n\r\n", 400);
    check(&site, b"GET /na\0me HTTP/1.1\r\nhost: a\r\n\r\n", 400);
    check(&site, b"GET /name HTTP/1.1\r\nhost: a\r\nx: a\0b\r\n\r\n", 400);
    check(&site, b"GET /name HTTP/1.1\r\nhost : a\r\n\r\n", 400);
    check(&site, b"GET /name HTTP/1.1\r\nhost: a\r\n folded: a\r\n\r\n", 400);
    check(&site, b"CONNECT a:80 HTTP/1.1\r\nhost: a\r\n\r\n", 404);
    check(&site, b"MADEUP /name HTTP/1.1\r\nhost: a\r\n\r\n", 405);
    check(&site, format!("GET /{long} HTTP/1.1\r\nhost: a\r\n\r\n").as_bytes(), 431);
    check(&site, format!("GET / HTTP/1.1\r\nhost: a\r\nx: {long}\r\n\r\n").as_bytes(), 431);
    let many = "x: y\r\n".repeat(200);
    check(&site, format!("GET / HTTP/1.1\r\nhost: a\r\n{many}\r\n").as_bytes(), 431);
}

#[test]
fn smuggling() {
    let site = Site::start();
    let head = "POST /raw HTTP/1.1\r\nhost: a\r\n";
    for headers in [
        "content-length: 99999999999999999999\r\n",
        "content-length: 5\r\ncontent-length: 6\r\n",
        "content-length: +5\r\n",
        "content-length: 5, 6\r\n",
        "content-length: -1\r\n",
        "transfer-encoding: xchunked\r\n",
        "transfer-encoding: chunked, identity\r\n",
    ] {
        let mut client = site.client();
        client.send(format!("{head}{headers}\r\n0\r\n\r\nGET /name HTTP/1.1\r\nhost: a\r\n\r\n"));
        let first = client.answer(true);
        assert_eq!(first.map(|answer| answer.status), Some(400), "{headers}");
        assert!(client.is_closed(), "a second request was read after {headers}");
    }
    // Where both are given the chunks count, and what follows is not believed.
    for headers in [
        "content-length: 5\r\ntransfer-encoding: chunked\r\n",
        "transfer-encoding: chunked\r\ncontent-length: 5\r\n",
    ] {
        let mut client = site.client();
        client.send(format!("{head}{headers}\r\n2\r\n42\r\n0\r\n\r\nGET /name HTTP/1.1\r\nhost: a\r\n\r\n"));
        assert_eq!(client.answer(true).unwrap().body, "42");
        assert!(client.is_closed(), "a second request was read after {headers}");
    }
}

#[test]
fn an_unread_body_is_not_a_request() {
    let site = Site::start();
    let mut client = site.client();
    client.send("POST /ignore HTTP/1.1\r\nhost: a\r\ncontent-length: 35\r\n\r\nGET /panic HTTP/1.1\r\nhost: a\r\n\r\n+++");
    client.send("GET /name HTTP/1.1\r\nhost: a\r\n\r\n");
    assert_eq!(client.answer(true).unwrap().body, "ignored");
    // Either the body was skipped or the connection is closed.
    if let Some(answer) = client.answer(true) {
        assert_eq!(answer.body, "\"first\"");
    }
}

/// How long until the server closes.
fn time_to_close(mut act: impl FnMut() -> bool) -> Duration {
    let start = Instant::now();
    while !act() && start.elapsed() < Duration::from_secs(8) {}
    start.elapsed()
}

#[test]
fn slow_clients_are_cut_off() {
    let site = Site::start();
    // Nothing at all; the first bytes of an HTTP/2 preface; a head that trickles.
    for beginning in ["", "PRI * HT", "GET /name HTTP/1.1\r\nhost: a\r\n"] {
        let mut client = site.client();
        client.send(beginning);
        let took = time_to_close(|| client.is_closed());
        assert!(took < Duration::from_secs(3), "{beginning:?} held a connection for {took:?}");
    }
    let mut client = site.client();
    let mut trickle = client.another();
    trickle.send("GET /name HTTP/1.1\r\nhost: a\r\n");
    let trickling = std::thread::spawn(move || {
        for _ in 0..60 {
            trickle.send("x: y\r\n");
            std::thread::sleep(Duration::from_millis(50));
        }
    });
    let took = time_to_close(|| client.is_closed());
    assert!(took < Duration::from_secs(2), "{took:?}");
    trickling.join().unwrap();
}

#[test]
fn slow_bodies_are_cut_off() {
    let site = Site::start();
    let mut client = site.client();
    client.send("POST /raw HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\nab");
    let answer = client.answer(true).unwrap();
    assert_eq!(answer.status, 400);
    assert!(answer.body.contains("the body did not arrive"), "{}", answer.body);
    assert!(client.is_closed());
}

#[test]
fn unread_answers_are_cut_off() {
    let site = Site::start();
    let mut client = site.client();
    client.send("GET /large HTTP/1.1\r\nhost: a\r\n\r\n");
    std::thread::sleep(Duration::from_millis(2500));
    // More than the system's buffers was never sent.
    let mut received = 0;
    assert!(client.answer(false).is_some());
    while !client.is_closed() {
        received += client.take();
    }
    assert!(received < 64 << 20, "{received}");
}

/// Sends the same bytes again and again until the server has had enough; how many it took.
fn flood(site: &Site, beginning: &str, piece: &str) -> (usize, u16) {
    const MOST: usize = 64 << 20;
    let mut client = site.client();
    client.send(beginning);
    let piece = piece.repeat(4096 / piece.len() + 1);
    let mut sent = 0;
    while sent < MOST && client.takes(&piece) {
        sent += piece.len();
    }
    (sent, client.answer(true).map_or(0, |answer| answer.status))
}

#[test]
fn endless_requests_are_cut_off() {
    let site = Site::start();
    let post = "POST /raw HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n";
    for (beginning, piece) in [
        ("GET /", "x"),
        ("GET /name HTTP/1.1\r\nhost: a\r\n", "x: y\r\n"),
        ("GET /name HTTP/1.1\r\nhost: a\r\nx: ", "y"),
        (post, "1\r\nx\r\n"),
        (&format!("{post}1"), "0"),
        (&format!("{post}1;"), "x"),
        (&format!("{post}0\r\n"), "x: y\r\n"),
        (&format!("{}content-length: 9000000000\r\n\r\n", "POST /ignore HTTP/1.1\r\nhost: a\r\n"), "x"),
    ] {
        let (sent, status) = flood(&site, beginning, piece);
        // The system's buffers hold some, too.
        assert!(sent < 32 << 20, "{sent} bytes of {piece:?} after {beginning:?}");
        assert!(
            matches!(status, 0 | 200 | 400 | 413 | 414 | 431),
            "{status} for {piece:?} after {beginning:?}"
        );
        assert_eq!(site.get("/name", "").status, 200);
    }
}

#[test]
fn huge_bodies_are_refused_before_they_come() {
    let site = Site::start();
    for length in ["1001", "9000000000", "9000000000000000000"] {
        for expect in ["", "expect: 100-continue\r\n"] {
            let mut client = site.client();
            client.send(format!("POST /raw HTTP/1.1\r\nhost: a\r\n{expect}content-length: {length}\r\n\r\n"));
            assert_eq!(client.answer(true).map(|answer| answer.status), Some(413), "{length} {expect}");
            assert!(client.is_closed(), "{length} {expect}");
        }
    }
}

#[test]
fn idle_connections_make_room() {
    let limits = ConnectionLimits {
        connections: 8,
        idle_timeout: Duration::from_mins(1),
        ..crate::site::quick_limits()
    };
    let site = Site::start_with(limits, |app| app);
    let mut idle: Vec<_> = (0..8).map(|_| site.client()).collect();
    for client in &mut idle {
        client.send("GET /name HTTP/1.1\r\nhost: a\r\n\r\n");
        assert_eq!(client.answer(true).unwrap().status, 200);
    }
    // All places are taken; the ninth waits until somebody has to leave.
    let start = Instant::now();
    assert_eq!(site.get("/name", "").status, 200);
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}
