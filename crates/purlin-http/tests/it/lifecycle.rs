//! Connections over time: keep-alive, reload, idleness, stop.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use purlin_http::Metrics;

use crate::site::{Site, app};

const GET: &str = "GET /name HTTP/1.1\r\nhost: a\r\n\r\n";

#[test]
fn connections_are_kept_and_pipelined() {
    let site = Site::start();
    let mut client = site.client();
    for _ in 0..3 {
        client.send(GET.repeat(5));
        for _ in 0..5 {
            assert_eq!(client.answer(true).unwrap().body, "\"first\"");
        }
    }
}

#[test]
fn a_reload_keeps_connections() {
    let site = Site::start();
    let mut client = site.client();
    client.send(GET);
    assert_eq!(client.answer(true).unwrap().body, "\"first\"");
    // A request that runs finishes on the app that it began with.
    client.send("GET /slow HTTP/1.1\r\nhost: a\r\n\r\n");
    let next = app(&site.users, &Arc::new(Metrics::default()), "second").build().unwrap();
    site.live.replace(next);
    assert_eq!(client.answer(true).unwrap().body, "\"slow\"");
    client.send(GET);
    assert_eq!(client.answer(true).unwrap().body, "\"second\"");
}

#[test]
fn a_panic_costs_one_request_only() {
    let site = Site::start();
    let mut client = site.client();
    client.send("GET /panic HTTP/1.1\r\nhost: a\r\n\r\n");
    let answer = client.answer(true).unwrap();
    assert_eq!(answer.status, 500);
    assert!(!answer.body.contains("secret"), "{}", answer.body);
    client.send(GET);
    assert_eq!(client.answer(true).unwrap().status, 200);
}

#[test]
fn idle_connections_are_closed() {
    let site = Site::start();
    let mut client = site.client();
    client.send(GET);
    client.answer(true).unwrap();
    let start = Instant::now();
    assert!(client.is_closed());
    let took = start.elapsed();
    assert!(took > Duration::from_secs(1) && took < Duration::from_secs(5), "{took:?}");
}

#[test]
fn a_stop_lets_running_requests_end() {
    let mut site = Site::start();
    let mut running = site.client();
    running.send("GET /slow HTTP/1.1\r\nhost: a\r\nauthorization: Bearer good.u1\r\n\r\n");
    let mut idle = site.client();
    idle.send(GET);
    idle.answer(true).unwrap();
    let started = Instant::now();
    while site.users.loads.load(Ordering::SeqCst) == 0 {
        assert!(started.elapsed() < Duration::from_secs(10), "it never began");
        std::thread::sleep(Duration::from_millis(1));
    }
    site.stop.take().unwrap().send(()).unwrap();
    assert_eq!(running.answer(true).unwrap().body, "\"slow\"");
    assert!(running.is_closed() && idle.is_closed());
    let start = Instant::now();
    site.stopped.take().unwrap().join().unwrap();
    assert!(start.elapsed() < Duration::from_secs(2));
    assert!(std::net::TcpStream::connect(site.address).is_err());
}
