//! Ordinary requests: bodies, errors, methods, headers.

use purlin_http::TrustedProxies;

use crate::site::{Site, any_origin, one_origin, quick_limits};

/// `answer` is the body, with the request id left open as `*`.
#[track_caller]
fn check(site: &Site, request: &str, status: u16, body: &str) {
    let request = request.replace('\n', "\r\n");
    let answer = site.ask(&request);
    let id = answer.header("x-request-id").unwrap_or_default();
    assert_eq!((answer.status, answer.body.replace(id, "*").as_str()), (status, body), "{request}");
}

fn error(code: &str, message: &str) -> String {
    format!("{{\"error\":{{\"code\":\"{code}\",\"message\":\"{message}\",\"requestId\":\"*\"}}}}")
}

#[test]
fn answers_and_errors_have_one_form() {
    let site = Site::start();
    check(&site, "GET /name HTTP/1.1\nhost: a\n\n", 200, "\"first\"");
    check(&site, "GET /healthz HTTP/1.1\nhost: a\n\n", 200, "{\"status\":\"ok\"}");
    let unready = error("UNAVAILABLE", "a store does not answer");
    check(&site, "GET /readyz HTTP/1.1\nhost: a\n\n", 503, &unready);
    check(&site, "GET /of/a%2Fb HTTP/1.1\nhost: a\n\n", 200, "\"a/b\"");
    let not_text = error("BAD_REQUEST", "the path holds bytes that are not UTF-8 text");
    check(&site, "GET /of/%ff HTTP/1.1\nhost: a\n\n", 400, &not_text);
    let absent = error("NOT_FOUND", "there is nothing at this path");
    check(&site, "GET /nothing HTTP/1.1\nhost: a\n\n", 404, &absent);
    let method = error("METHOD_NOT_ALLOWED", "this path answers to GET, HEAD, OPTIONS only");
    check(&site, "POST /name HTTP/1.1\nhost: a\ncontent-length: 0\n\n", 405, &method);
    let internal = error(
        "INTERNAL_ERROR",
        "something went wrong on the server; its log has the cause under this request id",
    );
    check(&site, "GET /internal HTTP/1.1\nhost: a\n\n", 500, &internal);
    check(&site, "GET /panic HTTP/1.1\nhost: a\n\n", 500, &internal);
    let slow = error("UNAVAILABLE", "the request took longer than 0 s; try again later");
    check(&site, "GET /never HTTP/1.1\nhost: a\n\n", 503, &slow);
    check(
        &site,
        "GET /invalid HTTP/1.1\nhost: a\n\n",
        400,
        "{\"error\":{\"code\":\"VALIDATION_ERROR\",\"message\":\"the data is not valid\",\"fields\":\
         {\"age\":[\"must be a number\"],\"email\":[\"must be an email address\",\"must be \\\"short\\\"\"]},\
         \"requestId\":\"*\"}}",
    );
}

#[test]
fn bodies_have_a_type_and_a_size() {
    let site = Site::start();
    let json = "POST /echo HTTP/1.1\nhost: a\ncontent-type: application/json\n";
    check(&site, &format!("{json}content-length: 2\n\n{{}}"), 200, "{}");
    check(&site, &format!("{json}transfer-encoding: chunked\n\n1\n{{\n1\n}}\n0\n\n"), 200, "{}");
    let wrong =
        error("UNSUPPORTED_MEDIA_TYPE", "send the body as JSON, with `content-type: application/json`");
    for head in
        ["", "content-type: text/plain\n", "content-type: application/json\ncontent-type: text/plain\n"]
    {
        check(&site, &format!("POST /echo HTTP/1.1\nhost: a\n{head}content-length: 2\n\n{{}}"), 415, &wrong);
    }
    let large = error("TOO_LARGE", "the request is too large: a body may have at most 1000 bytes");
    check(&site, &format!("{json}content-length: 1001\n\n"), 413, &large);
    let chunk = format!("{json}transfer-encoding: chunked\n\n3e9\n{}\n0\n\n", "x".repeat(1001));
    check(&site, &chunk, 413, &large);
}

#[test]
fn head_and_options() {
    let site = Site::start();
    let mut client = site.client();
    client.send("HEAD /name HTTP/1.1\r\nhost: a\r\n\r\n");
    let answer = client.answer(false).unwrap();
    assert_eq!((answer.status, answer.header("content-length")), (200, Some("7")));
    client.send("OPTIONS /echo HTTP/1.1\r\nhost: a\r\n\r\n");
    let answer = client.answer(true).unwrap();
    assert_eq!((answer.status, answer.header("allow")), (204, Some("POST, OPTIONS")));
    assert_eq!(site.ask("OPTIONS /nothing HTTP/1.1\r\nhost: a\r\n\r\n").status, 404);
}

#[test]
fn headers_of_every_answer() {
    let site = Site::start();
    for path in ["/name", "/nothing", "/panic"] {
        let answer = site.get(path, "");
        for (name, value) in [
            ("content-type", "application/json"),
            ("cache-control", "no-store"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-resource-policy", "same-origin"),
            ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{path} {name}");
        }
        assert_eq!(answer.header("access-control-allow-origin"), None, "CORS is off by default");
        assert_eq!(answer.header("strict-transport-security"), None, "HSTS is off by default");
        assert_eq!(answer.header("x-request-id").map(str::len), Some(16));
    }
    let retry = site.get("/limited", "");
    assert_eq!((retry.status, retry.header("retry-after")), (429, Some("2")));
}

#[test]
fn request_ids_are_taken_when_plain() {
    let site = Site::start();
    let long = "x".repeat(65);
    for (given, is_taken) in [
        ("abc-123_X.y", true),
        ("a b", false),
        ("a\tb", false),
        ("a\"b", false),
        ("\u{e4}", false),
        ("", false),
        (long.as_str(), false),
    ] {
        let answer = site.get("/nothing", &format!("x-request-id: {given}\r\n"));
        let id = answer.header("x-request-id").unwrap();
        assert_eq!(id == given, is_taken, "{given}");
        assert!(answer.body.contains(&format!("\"requestId\":\"{id}\"")), "{}", answer.body);
    }
}

#[test]
fn cors_is_what_is_configured() {
    let preflight = "OPTIONS /echo HTTP/1.1\r\nhost: a\r\norigin: https://shop.example\r\naccess-control-request-method: POST\r\n\r\n";
    let header = "access-control-allow-origin";
    let site = Site::start();
    assert_eq!(site.ask(preflight).header(header), None);

    let site = Site::start_with(quick_limits(), any_origin);
    let answer = site.ask(preflight);
    assert_eq!((answer.status, answer.header(header)), (204, Some("*")));
    assert!(answer.header("access-control-allow-headers").unwrap().contains("authorization"));
    assert_eq!(answer.header("access-control-allow-credentials"), None);

    let site = Site::start_with(quick_limits(), one_origin);
    let answer = site.ask(preflight);
    assert_eq!(answer.header(header), Some("https://shop.example"));
    assert_eq!(answer.header("access-control-allow-credentials"), Some("true"));
    for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"] {
        let asked = site.ask(preflight.replace("method: POST", &format!("method: {method}")));
        let allowed = asked.header("access-control-allow-methods").unwrap();
        assert!(asked.status == 204 && allowed.split(", ").any(|one| one == method), "{method}: {asked:?}");
    }
    let foreign = site.get("/name", "origin: https://evil.example\r\n");
    assert_eq!((foreign.status, foreign.header(header), foreign.header("vary")), (200, None, Some("origin")));
    // Errors are readable for the page, too.
    let failed = site.get("/nothing", "origin: https://shop.example\r\n");
    assert_eq!((failed.status, failed.header(header)), (404, Some("https://shop.example")));
    assert!(failed.header("access-control-expose-headers").unwrap().contains("ratelimit-policy"));
}

#[test]
fn the_client_behind_a_proxy() {
    let forwarded = "x-forwarded-for: 6.6.6.6, 1.1.1.1\r\n";
    let site = Site::start();
    assert_eq!(site.get("/peer", forwarded).body, "127.0.0.1");
    let site = Site::start_with(quick_limits(), |app| {
        app.trusted_proxies(TrustedProxies::parse(["loopback"]).unwrap())
    });
    assert_eq!(site.get("/peer", forwarded).body, "1.1.1.1");
    assert_eq!(site.get("/peer", "").body, "127.0.0.1");
}

#[test]
fn https_only_where_it_is_configured() {
    let site =
        Site::start_with(quick_limits(), |app| app.hsts(Some(std::time::Duration::from_hours(24 * 365))));
    for path in ["/name", "/nothing"] {
        assert_eq!(site.get(path, "").header("strict-transport-security"), Some("max-age=31536000"));
    }
}

#[test]
fn metrics_are_for_this_machine() {
    let site = Site::start();
    assert_eq!(site.get("/metrics", "").status, 200);
    for proxied in ["x-forwarded-for: 127.0.0.1", "forwarded: for=127.0.0.1", "via: 1.1 a", "x-real-ip: ::1"]
    {
        let answer = site.get("/metrics", &format!("{proxied}\r\n"));
        assert_eq!(answer.status, 403, "{proxied}");
        assert!(!answer.body.contains("purlin_http_requests_total"), "{}", answer.body);
    }
    let site = Site::start_with(quick_limits(), |app| {
        app.trusted_proxies(TrustedProxies::parse(["loopback"]).unwrap())
    });
    assert_eq!(site.get("/metrics", "x-forwarded-for: 1.1.1.1\r\n").status, 403);
}

#[test]
fn or_for_who_has_the_token() {
    let site = Site::start_with(quick_limits(), crate::site::metrics_token);
    for (headers, status) in [
        ("", 401),
        ("authorization: Bearer 0123456789abcdef\r\n", 200),
        ("authorization: Bearer 0123456789abcdef\r\nx-forwarded-for: 1.1.1.1\r\n", 200),
        ("authorization: Bearer 0123456789abcdeg\r\n", 401),
        ("authorization: Bearer 0123456789abcde\r\n", 401),
        ("authorization: Bearer good.u1\r\n", 401),
        ("authorization: Basic 0123456789abcdef\r\n", 401),
    ] {
        let answer = site.get("/metrics", headers);
        assert_eq!(answer.status, status, "{headers}");
        assert_eq!(answer.body.contains("purlin_http_requests_total"), status == 200, "{headers}");
    }
}

#[test]
fn metrics_count() {
    let site = Site::start();
    site.get("/name", "");
    site.get("/nothing", "");
    let text = site.get("/metrics", "").body;
    assert!(text.contains("purlin_http_requests_total{status=\"2xx\"} 1\n"), "{text}");
    assert!(text.contains("purlin_http_requests_total{status=\"4xx\"} 1\n"), "{text}");
}
