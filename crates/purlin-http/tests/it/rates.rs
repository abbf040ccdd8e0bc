//! Limits as a caller meets them.

use std::sync::Arc;
use std::time::Duration;

use purlin_core::rate_limit::Quota;
use purlin_http::{AppBuilder, MemoryRateLimiter, RateLimits, TrustedProxies};

use crate::site::{Site, quick_limits};

fn three(app: AppBuilder, pattern: &str) -> AppBuilder {
    app.rate_limits(RateLimits {
        limiter: Arc::new(MemoryRateLimiter::default()),
        default: None,
        routes: vec![(pattern.to_owned(), Some(Quota { calls: 3, window: Duration::from_mins(1) }))],
    })
}

fn site(pattern: &str) -> Site {
    Site::start_with(quick_limits(), |app| three(app, pattern))
}

const U1: &str = "authorization: Bearer good.u1\r\n";
const U2: &str = "authorization: Bearer good.u2\r\n";
const BAD: &str = "authorization: Bearer nonsense\r\n";

/// The statuses of calls in turn; each is what `Site::get` takes.
#[track_caller]
fn check(site: &Site, calls: &[(&str, &str)], expected: &[u16]) {
    let found: Vec<u16> = calls.iter().map(|(path, headers)| site.get(path, headers).status).collect();
    assert_eq!(found, expected, "{calls:?}");
}

#[test]
fn headers_count_down_and_say_when_to_come_back() {
    let site = site("GET /me");
    for left in ["2", "1", "0"] {
        let answer = site.get("/me", "");
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("ratelimit-policy"), Some("\"GET /me\";q=3;w=60"));
        assert_eq!(answer.header("ratelimit"), Some(format!("\"GET /me\";r={left};t=60").as_str()));
        assert_eq!(answer.header("retry-after"), None);
    }
    let refused = site.get("/me", "");
    assert_eq!((refused.status, refused.header("retry-after")), (429, Some("60")));
    assert_eq!(refused.header("ratelimit"), Some("\"GET /me\";r=0;t=60"));
    assert!(refused.body.contains("\"code\":\"RATE_LIMITED\""), "{}", refused.body);
    // Another route has no limit, and says nothing of one.
    let other = site.get("/name", "");
    assert_eq!((other.status, other.header("ratelimit")), (200, None));
}

#[test]
fn actors_have_counts_of_their_own() {
    let calls = [("/me", U1); 4];
    let site = site("/me");
    check(&site, &calls, &[200, 200, 200, 429]);
    check(&site, &[("/me", U2), ("/me", "")], &[200, 200]);
}

#[test]
fn there_is_no_way_around() {
    // Tokens that are not good count for their address, each of them anew, and a good one is not held up.
    let site = site("/me");
    let headers = ["x", "y", "z", "w"].map(|token| format!("authorization: Bearer good.{token}\r\n"));
    let calls: Vec<(&str, &str)> = headers.iter().map(|header| ("/me", header.as_str())).collect();
    check(&site, &calls, &[401, 401, 401, 429]);
    check(&site, &[("/me", ""), ("/me", BAD), ("/me", "authorization: Basic eDp5\r\n")], &[429, 429, 429]);
    check(&site, &[("/me", U1)], &[200]);

    // HEAD is GET.
    let site = self::site("GET /me");
    check(&site, &[("/me", ""), ("/me", "")], &[200, 200]);
    let head = || {
        let mut client = site.client();
        client.send("HEAD /me HTTP/1.1\r\nhost: a\r\n\r\n");
        client.answer(false).unwrap().status
    };
    assert_eq!((head(), head()), (200, 429));

    // Another spelling is another path, and there is nothing.
    let site = self::site("/me");
    check(&site, &[("/me", ""), ("/me?x=1", ""), ("/me?x=2", ""), ("/me?x=3", "")], &[200, 200, 200, 429]);
    check(&site, &[("//me", ""), ("/me/", ""), ("/%6de", ""), ("/./me", ""), ("/ME", "")], &[404; 5]);

    // A parameter's value makes no other counter.
    let site = self::site("/of/{id}");
    check(&site, &[("/of/1", ""), ("/of/2", ""), ("/of/%31", ""), ("/of/4", "")], &[200, 200, 200, 429]);

    // What a stranger says about where they come from.
    let site = self::site("/me");
    let forged = [1, 2, 3, 4].map(|n| format!("x-forwarded-for: 9.9.9.{n}\r\nforwarded: for=9.9.9.{n}\r\n"));
    let calls: Vec<(&str, &str)> = forged.iter().map(|header| ("/me", header.as_str())).collect();
    check(&site, &calls, &[200, 200, 200, 429]);
}

#[test]
fn clients_of_a_trusted_proxy_are_told_apart() {
    let site = Site::start_with(quick_limits(), |app| {
        three(app, "/me").trusted_proxies(TrustedProxies::parse(["loopback"]).unwrap())
    });
    let from = |address: &str| format!("x-forwarded-for: 7.7.7.7, {address}\r\n");
    let (one, other) = (from("1.1.1.1"), from("2.2.2.2"));
    check(&site, &[("/me", one.as_str()); 4], &[200, 200, 200, 429]);
    check(&site, &[("/me", other.as_str())], &[200]);
    let same_network =
        [from("2001:db8::1"), from("2001:db8::2"), from("[2001:db8::3]:80"), from("2001:db8::4")];
    let calls: Vec<(&str, &str)> = same_network.iter().map(|header| ("/me", header.as_str())).collect();
    check(&site, &calls, &[200, 200, 200, 429]);
}

#[test]
fn before_signing_in_only_the_address_counts() {
    let site = site("/sign-in");
    check(
        &site,
        &[("/sign-in", U1), ("/sign-in", U2), ("/sign-in", BAD), ("/sign-in", "")],
        &[200, 200, 200, 429],
    );
    assert_eq!(site.users.loads.load(std::sync::atomic::Ordering::SeqCst), 0, "no token was looked at");
}
