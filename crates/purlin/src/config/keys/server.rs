//! What listens, and what it believes: `[server]`.

use std::time::Duration;

use purlin_http::{Cors, TrustedProxies};

use super::{Key, SHORTEST_TIMEOUT, put};
use crate::config::forms::metrics_token;

pub(super) const KEYS: &[Key] = &[
    Key {
        section: "server",
        name: "host",
        variable: Some("HOST"),
        default: "127.0.0.1",
        about: "The address to listen on; \"0.0.0.0\" for every network of the machine.",
        is_secret: false,
        set: |settings, given| put(&mut settings.server.host, given.filled_text()),
    },
    Key {
        section: "server",
        name: "port",
        variable: Some("PORT"),
        default: "3000",
        about: "The port to listen on; 0 takes any free one.",
        is_secret: false,
        set: |settings, given| put(&mut settings.server.port, given.number(0, 65_535)),
    },
    Key {
        section: "server",
        name: "public_url",
        variable: None,
        default: "",
        about: "The address of the server itself, where providers of sign-in send browsers back to; without it that of the front end.",
        is_secret: false,
        set: |settings, given| put(&mut settings.server.public_url, given.text().map(str::to_owned)),
    },
    Key {
        section: "server",
        name: "shutdown_timeout",
        variable: None,
        default: "10s",
        about: "How long running requests may take to end after a stop signal.",
        is_secret: false,
        set: |settings, given| put(&mut settings.server.shutdown_timeout, given.duration(Duration::ZERO)),
    },
    Key {
        section: "server",
        name: "request_timeout",
        variable: None,
        default: "30s",
        about: "The longest that one request may take.",
        is_secret: false,
        set: |settings, given| put(&mut settings.server.request_timeout, given.duration(SHORTEST_TIMEOUT)),
    },
    Key {
        section: "server",
        name: "body_limit",
        variable: None,
        default: "1MB",
        about: "The largest body of a request.",
        is_secret: false,
        set: |settings, given| put(&mut settings.server.body_limit_bytes, given.size_bytes()),
    },
    Key {
        section: "server",
        name: "trusted_proxies",
        variable: None,
        default: "[]",
        about: "Proxies in front of the server, whose word on the client's address counts: addresses, networks such \
                as \"10.0.0.0/8\", \"loopback\", \"private\".",
        is_secret: false,
        set: |settings, given| {
            put(&mut settings.server.trusted_proxies, given.list().and_then(TrustedProxies::parse))
        },
    },
    Key {
        section: "server",
        name: "cors_origins",
        variable: None,
        default: "[]",
        about: "Origins whose web pages may use the API, such as \"https://app.example.com\"; \"*\" alone for every \
                page, but without the cookie of sign-in.",
        is_secret: false,
        set: |settings, given| put(&mut settings.server.cors, given.list().and_then(Cors::parse)),
    },
    Key {
        section: "server",
        name: "compression",
        variable: None,
        default: "true",
        about: "Whether answers of more than a kilobyte are compressed for clients that take it.",
        is_secret: false,
        set: |settings, given| put(&mut settings.server.compression, given.flag()),
    },
    Key {
        section: "server",
        name: "hsts",
        variable: None,
        default: "",
        about: "For how long browsers shall use this host by HTTPS only, such as \"365d\"; set it when HTTPS works.",
        is_secret: false,
        set: |settings, given| {
            let is_set = given.text() != Ok("");
            let duration = is_set.then(|| given.duration(Duration::from_secs(1))).transpose();
            put(&mut settings.server.hsts, duration)
        },
    },
    Key {
        section: "server",
        name: "metrics_token",
        variable: Some("METRICS_TOKEN"),
        default: "",
        about: "The bearer token that /metrics asks for, 16 characters or more. Without it only this machine can read \
                them.",
        is_secret: true,
        set: |settings, given| put(&mut settings.server.metrics_token, metrics_token(given)),
    },
];
