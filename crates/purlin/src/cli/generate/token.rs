//! `purlin generate token`: a bearer token for a user of the app, to try its rules with.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jsonwebtoken::{EncodingKey, Header, encode};
use purlin_core::clock::{Clock, SystemClock};
use purlin_core::schema::Schema;
use serde::Serialize;

use crate::cli::{Context, Exit, Failure};
use crate::config::{Config, Secret, parse_duration};
use crate::wire::{self, Database, Fallback, Missing};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The id of a row of the auth model.
    #[arg(value_name = "USER_ID")]
    pub user: String,

    /// How long it is good for, such as 15m, 8h or 30d; by default `auth.access_token_ttl`.
    #[arg(long, value_name = "TIME", value_parser = ttl)]
    pub ttl: Option<Duration>,
}

/// As RFC 7519 names them.
#[derive(Serialize)]
struct Claims<'a> {
    sub: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    iss: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    aud: &'a str,
    iat: i64,
    exp: i64,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    token: String,
    expires_in_seconds: u64,
}

impl fmt::Display for Answer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.token)
    }
}

pub fn run(args: &Args, context: &Context) -> Result<Exit, Failure> {
    let config = context.config()?;
    let schema = context.schema()?;
    let databases = wire::databases(&schema, &config, Fallback::Embedded)?;
    wire::require_fits(&context.app, &databases, &schema, Missing::Refuse)?;
    require_user(&args.user, &config, &schema, &databases)?;
    let secret = wire::server_secret(&config, true)?;
    let ttl = args.ttl.unwrap_or(config.settings.auth.access_token_ttl);
    let token = sign(&args.user, ttl, &config, &secret)?;
    context.output.answer(&Answer { token, expires_in_seconds: ttl.as_secs() });
    Ok(Exit::Fine)
}

/// A token for nobody would be refused by every request, without a word of why.
fn require_user(
    user: &str,
    config: &Config,
    schema: &Arc<Schema>,
    databases: &[Database],
) -> Result<(), Failure> {
    let Some(model) = schema.auth_model.map(|id| schema.model(id)) else {
        let failure = Failure::problem("NO_AUTH_MODEL", "the schema has no model of users");
        return Err(failure.with_help("call one User, or mark it with @@auth"));
    };
    let found = wire::runtime()?.block_on(async {
        let store = wire::open_store(databases, &config.settings, schema).await?;
        let engine = wire::engine(&config.settings, schema, Arc::clone(&store))?;
        let found = engine.load_user(user).await;
        store.close().await;
        found.map_err(|error| Failure::problem("DATABASE", error.to_string()))
    })?;
    if found.is_some() {
        return Ok(());
    }
    let message = format!("there is no active {} with the id {user}", model.name);
    Err(Failure::problem("NO_USER", message)
        .with_help("`purlin db seed` loads seed.json, or create the user first"))
}

fn sign(user: &str, ttl: Duration, config: &Config, secret: &Secret) -> Result<String, Failure> {
    let now = SystemClock.now().as_millis() / 1000;
    let claims = Claims {
        sub: user,
        iss: &config.settings.auth.issuer,
        aud: &config.settings.auth.audience,
        iat: now,
        exp: now.saturating_add(i64::try_from(ttl.as_secs()).unwrap_or(i64::MAX)),
    };
    let key = EncodingKey::from_secret(secret.expose().as_bytes());
    encode(&Header::default(), &claims, &key)
        .map_err(|error| Failure::problem("TOKEN", format!("the token cannot be signed: {error}")))
}

fn ttl(text: &str) -> Result<Duration, String> {
    let wrong = || "write a whole number and a unit: 15m, 8h, 30d".to_owned();
    parse_duration(text).filter(|ttl| ttl.as_secs() > 0).ok_or_else(wrong)
}
