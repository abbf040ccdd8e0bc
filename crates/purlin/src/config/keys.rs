//! The table of all keys: section, name, environment variable, default, meaning.
//! A new key is a row here and a field in `settings.rs`; everything else follows from it.

use std::time::Duration;

use purlin_http::{Cors, TrustedProxies};

use super::forms::{
    base_path, chains, jwt_secret, log_level, mail_url, metrics_token, one_signing_key, originator,
    signing_keys,
};
use super::given::Given;
use super::settings::{DefaultAccess, LogFormat, Settings};

pub(super) struct Key {
    pub(super) section: &'static str,
    pub(super) name: &'static str,
    /// A well-known variable, beside `PURLIN_<SECTION>_<NAME>`.
    pub(super) variable: Option<&'static str>,
    /// Written as in the environment; empty where the key is not set by default.
    pub(super) default: &'static str,
    pub(super) about: &'static str,
    /// A secret is refused in `purlin.toml`, which belongs into version control.
    pub(super) is_secret: bool,
    pub(super) set: fn(&mut Settings, &Given) -> Result<(), String>,
}

impl Key {
    /// `PURLIN_SERVER_PORT` for `port` in `[server]`.
    pub(super) fn long_variable(&self) -> String {
        format!("PURLIN_{}_{}", self.section, self.name).to_uppercase()
    }
}

pub(super) fn find(section: &str, name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.section == section && key.name == name)
}

/// Section names in the order of the table, each once.
pub(super) fn sections() -> Vec<&'static str> {
    let mut sections: Vec<&str> = KEYS.iter().map(|key| key.section).collect();
    sections.dedup();
    sections
}

const SHORTEST_TIMEOUT: Duration = Duration::from_millis(1);

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
    Key {
        section: "api",
        name: "base_path",
        variable: None,
        default: "/api",
        about: "Where the API stands; may be empty or versioned, such as \"/api/v1\".",
        is_secret: false,
        set: |settings, given| put(&mut settings.api.base_path, base_path(given)),
    },
    Key {
        section: "api",
        name: "default_access",
        variable: None,
        default: "deny",
        about: "What a model without rules allows: \"deny\", \"authenticated\" or \"public\".",
        is_secret: false,
        set: |settings, given| {
            let choices = [
                ("deny", DefaultAccess::Deny),
                ("authenticated", DefaultAccess::Authenticated),
                ("public", DefaultAccess::Public),
            ];
            put(&mut settings.api.default_access, given.choice(&choices))
        },
    },
    Key {
        section: "api",
        name: "default_limit",
        variable: None,
        default: "20",
        about: "Rows of a page where a request does not say.",
        is_secret: false,
        set: |settings, given| put(&mut settings.api.default_limit, given.number(1, 10_000)),
    },
    Key {
        section: "api",
        name: "max_limit",
        variable: None,
        default: "100",
        about: "The most rows that a request may ask for in one page.",
        is_secret: false,
        set: |settings, given| put(&mut settings.api.max_limit, given.number(1, 10_000)),
    },
    Key {
        section: "rate_limits",
        name: "default",
        variable: None,
        default: "off",
        about: "How often one user, or one address, may call: \"600/1m\" for 600 calls a minute. Routes may have \
                limits of their own here, such as \"POST /api/posts\" = \"100/1h\"; see docs/http.md.",
        is_secret: false,
        set: |settings, given| put(&mut settings.rate_limits.default, given.quota()),
    },
    Key {
        section: "auth",
        name: "issuer",
        variable: None,
        default: "purlin",
        about: "The `iss` that a token must carry.",
        is_secret: false,
        set: |settings, given| put(&mut settings.auth.issuer, given.filled_text()),
    },
    Key {
        section: "auth",
        name: "audience",
        variable: None,
        default: "purlin",
        about: "The `aud` that a token must carry.",
        is_secret: false,
        set: |settings, given| put(&mut settings.auth.audience, given.filled_text()),
    },
    Key {
        section: "auth",
        name: "access_token_ttl",
        variable: None,
        default: "15m",
        about: "How long an access token is good for.",
        is_secret: false,
        set: |settings, given| {
            put(&mut settings.auth.access_token_ttl, given.duration(Duration::from_secs(1)))
        },
    },
    Key {
        section: "auth",
        name: "registration",
        variable: None,
        default: "open",
        about: "Who may make an account: \"open\" for everybody, \"invitation\" for who was invited, \"closed\" for nobody.",
        is_secret: false,
        set: |settings, given| {
            use purlin_auth::Registration::{Closed, Invitation, Open};
            let choices = [("open", Open), ("invitation", Invitation), ("closed", Closed)];
            put(&mut settings.auth.registration, given.choice(&choices))
        },
    },
    Key {
        section: "auth",
        name: "verify_email",
        variable: None,
        default: "off",
        about: "\"required\": nobody signs in before their address is verified, and registering does not tell whether it is known.",
        is_secret: false,
        set: |settings, given| {
            use purlin_auth::Verification::{Off, Required};
            put(&mut settings.auth.verification, given.choice(&[("off", Off), ("required", Required)]))
        },
    },
    Key {
        section: "auth",
        name: "delete_unverified_after",
        variable: None,
        default: "",
        about: "Accounts whose address was not verified for so long are deleted, such as \"30d\"; never without it.",
        is_secret: false,
        set: |settings, given| {
            let age = match given.text() {
                Ok("") => Ok(None),
                _ => given.duration(Duration::from_hours(1)).map(Some),
            };
            put(&mut settings.auth.delete_unverified_after, age)
        },
    },
    Key {
        section: "auth",
        name: "password_min",
        variable: None,
        default: "8",
        about: "Characters that a password has at least.",
        is_secret: false,
        set: |settings, given| put(&mut settings.auth.least_password, given.number(8, 128)),
    },
    Key {
        section: "auth",
        name: "session_idle",
        variable: None,
        default: "14d",
        about: "A session that is not used for so long ends.",
        is_secret: false,
        set: |settings, given| put(&mut settings.auth.session_idle, given.duration(Duration::from_mins(1))),
    },
    Key {
        section: "auth",
        name: "session_lifetime",
        variable: None,
        default: "90d",
        about: "Every session ends after so long.",
        is_secret: false,
        set: |settings, given| {
            put(&mut settings.auth.session_lifetime, given.duration(Duration::from_mins(1)))
        },
    },
    Key {
        section: "auth",
        name: "link_base",
        variable: Some("PUBLIC_URL"),
        default: "",
        about: "The address of the front end, where links in mails lead.",
        is_secret: false,
        set: |settings, given| put(&mut settings.auth.link_base, given.text().map(str::to_owned)),
    },
    Key {
        section: "auth",
        name: "wallet_chains",
        variable: None,
        default: "[1]",
        about: "Chains whose wallets may sign in, by their numbers: [1, 10].",
        is_secret: false,
        set: |settings, given| put(&mut settings.auth.wallet_chains, chains(given)),
    },
    Key {
        section: "auth",
        name: "jwt_secret",
        variable: Some("JWT_SECRET"),
        default: "",
        about: "The key of the tokens, 32 bytes or more. `purlin dev` makes one in .purlin/.",
        is_secret: true,
        set: |settings, given| put(&mut settings.auth.jwt_secret, jwt_secret(given)),
    },
    Key {
        section: "auth",
        name: "accepted_secret",
        variable: Some("JWT_SECRET_ACCEPTED"),
        default: "",
        about: "A secret that is good beside `jwt_secret` while one takes the place of the other.",
        is_secret: true,
        set: |settings, given| put(&mut settings.auth.accepted_secret, jwt_secret(given)),
    },
    Key {
        section: "auth",
        name: "signing_key",
        variable: None,
        default: "",
        about: "A file with an Ed25519 key in PEM form, which signs access tokens instead of the secret.",
        is_secret: false,
        set: |settings, given| put(&mut settings.auth.signing_key, one_signing_key(given)),
    },
    Key {
        section: "auth",
        name: "accepted_keys",
        variable: None,
        default: "[]",
        about: "Files of Ed25519 keys that are good beside `signing_key` while it is replaced.",
        is_secret: false,
        set: |settings, given| put(&mut settings.auth.accepted_keys, signing_keys(given)),
    },
    Key {
        section: "log",
        name: "format",
        variable: None,
        default: "auto",
        about: "\"human\", \"json\", or \"auto\": human on a terminal, else JSON.",
        is_secret: false,
        set: |settings, given| {
            let choices = [("auto", LogFormat::Auto), ("human", LogFormat::Human), ("json", LogFormat::Json)];
            put(&mut settings.log.format, given.choice(&choices))
        },
    },
    Key {
        section: "log",
        name: "level",
        variable: None,
        default: "info",
        about: "\"error\", \"warn\", \"info\", \"debug\", \"trace\", or by target: \"info,purlin_http=debug\".",
        is_secret: false,
        set: |settings, given| put(&mut settings.log.level, log_level(given)),
    },
    Key {
        section: "database",
        name: "url",
        variable: Some("DATABASE_URL"),
        default: "",
        about: "The database of a datasource without a `url` of its own, such as \"file:./data.db\".",
        is_secret: true,
        set: |settings, given| put(&mut settings.database.url, given.secret()),
    },
    Key {
        section: "database",
        name: "statement_timeout",
        variable: None,
        default: "5s",
        about: "The longest that one statement may run.",
        is_secret: false,
        set: |settings, given| {
            put(&mut settings.database.statement_timeout, given.duration(SHORTEST_TIMEOUT))
        },
    },
    Key {
        section: "database",
        name: "write_queue",
        variable: None,
        default: "1024",
        about: "How many writes may wait; beyond it a request is answered with 503.",
        is_secret: false,
        set: |settings, given| put(&mut settings.database.write_queue, given.number(1, 1_000_000)),
    },
    Key {
        section: "mail",
        name: "url",
        variable: Some("MAIL_URL"),
        default: "",
        about: "The mail server, such as \"smtp://user:password@mail.example.com:587\". Without it `purlin dev` \
                catches mail in .purlin/mails, and `purlin serve` sends none.",
        is_secret: true,
        set: |settings, given| put(&mut settings.mail.url, mail_url(given)),
    },
    Key {
        section: "mail",
        name: "from",
        variable: Some("MAIL_FROM"),
        default: "",
        about: "Who sends, such as \"Shop <hello@example.com>\".",
        is_secret: false,
        set: |settings, given| put(&mut settings.mail.from, originator(given)),
    },
    Key {
        section: "mail",
        name: "reply_to",
        variable: None,
        default: "",
        about: "Where answers go, if not to `from`.",
        is_secret: false,
        set: |settings, given| put(&mut settings.mail.reply_to, originator(given)),
    },
    Key {
        section: "mail",
        name: "ca_file",
        variable: None,
        default: "",
        about: "A PEM file with a certificate to trust beside the usual ones, such as your own server's.",
        is_secret: false,
        set: |settings, given| {
            let path = given.text().map(|text| (!text.is_empty()).then(|| text.into()));
            put(&mut settings.mail.ca_file, path)
        },
    },
];

fn put<T>(slot: &mut T, value: Result<T, String>) -> Result<(), String> {
    *slot = value?;
    Ok(())
}
