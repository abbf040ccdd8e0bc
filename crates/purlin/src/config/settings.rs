//! The settings as values that the program uses. What each means is said in `keys.rs`.

use std::path::PathBuf;
use std::time::Duration;

use purlin_core::rate_limit::Quota;
use purlin_http::{Cors, TrustedProxies};
use purlin_mail::Originator;

use super::Secret;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    pub server: ServerSettings,
    pub api: ApiSettings,
    pub cache: CacheSettings,
    pub rate_limits: RateLimitSettings,
    pub auth: AuthSettings,
    pub log: LogSettings,
    pub database: DatabaseSettings,
    pub mail: MailSettings,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerSettings {
    pub host: String,
    pub port: u16,
    pub public_url: String,
    pub shutdown_timeout: Duration,
    pub request_timeout: Duration,
    pub body_limit_bytes: u64,
    pub trusted_proxies: TrustedProxies,
    pub cors: Option<Cors>,
    pub compression: bool,
    pub hsts: Option<Duration>,
    pub metrics_token: Option<Secret>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApiSettings {
    /// Empty, or with a leading slash and without a trailing one.
    pub base_path: String,
    pub default_access: DefaultAccess,
    pub default_limit: u32,
    pub max_limit: u32,
    /// As written in `purlin.toml`.
    pub caches: Vec<ModelCache>,
}

/// How long answers of a model are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelCache {
    pub model: String,
    /// Where the name stands.
    pub place: String,
    pub longest: Duration,
}

/// What all kept answers have in common.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CacheSettings {
    pub size_bytes: u64,
    pub others_within: Duration,
}

/// What a model without any rule allows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DefaultAccess {
    #[default]
    Deny,
    /// Everything, to anyone who is signed in.
    Authenticated,
    /// Everything, to everyone.
    Public,
}

/// `None` is no limit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RateLimitSettings {
    pub default: Option<Quota>,
    /// By route, as written in `purlin.toml`.
    pub routes: Vec<(String, Option<Quota>)>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuthSettings {
    pub issuer: String,
    pub audience: String,
    pub access_token_ttl: Duration,
    pub registration: purlin_auth::Registration,
    pub verification: purlin_auth::Verification,
    /// `None`: what a profile usually holds.
    pub profile_fields: Option<Vec<String>>,
    pub delete_unverified_after: Option<Duration>,
    pub least_password: u16,
    pub session_idle: Duration,
    pub session_lifetime: Duration,
    pub link_base: String,
    pub wallet_chains: Vec<u64>,
    pub jwt_secret: Option<Secret>,
    pub accepted_secret: Option<Secret>,
    pub signing_key: Option<SigningKey>,
    pub accepted_keys: Vec<SigningKey>,
    /// In the order of their names.
    pub providers: Vec<purlin_auth::ProviderSettings>,
}

/// A private key of tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SigningKey {
    /// Relative to the app folder.
    File(PathBuf),
    Pem(Secret),
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogSettings {
    pub format: LogFormat,
    /// A level, or a list such as `info,purlin_http=debug`.
    pub level: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// `Human` on a terminal, else `Json`.
    #[default]
    Auto,
    Human,
    Json,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DatabaseSettings {
    /// Stands in for a datasource without a `url`. An address may hold a password.
    pub url: Option<Secret>,
    pub statement_timeout: Duration,
    pub write_queue: u32,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MailSettings {
    /// A mail server with its password.
    pub url: Option<Secret>,
    pub from: Option<Originator>,
    pub reply_to: Option<Originator>,
    /// Relative to the app folder.
    pub ca_file: Option<PathBuf>,
}
