//! Sign-in, from the configuration.

use std::sync::Arc;

use purlin_auth::password::{HashOnWrite, Hasher, PasswordRules, PoolSettings};
use purlin_auth::token::{AccessSettings, AccessTokens};
use purlin_auth::{Auth, Parts};
use purlin_core::Engine;
use purlin_core::clock::SystemClock;
use purlin_core::mail::Mailer;
use purlin_core::schema::Schema;

use super::keys::Keys;
use crate::cli::Failure;
use crate::config::Settings;

/// The pool that hashes passwords, and what makes the data API do so.
pub(super) fn passwords(
    settings: &Settings,
    schema: &Arc<Schema>,
) -> Result<(Arc<Hasher>, HashOnWrite), Failure> {
    let failure = |text: String| Failure::problem("AUTH", text);
    let hasher = Hasher::start(&PoolSettings::default()).map_err(|error| failure(error.to_string()))?;
    let hasher = Arc::new(hasher);
    let rules = PasswordRules::at_least(usize::from(settings.auth.least_password));
    let on_write = HashOnWrite::new(schema, &hasher, rules).map_err(|errors| failure(errors.join("; ")))?;
    Ok((hasher, on_write))
}

/// `None` for an app without users. A schema whose users have no address or no password still has tokens;
/// what cannot be done says so when it is asked for.
pub(super) fn auth(
    settings: &Settings,
    title: &str,
    engine: &Arc<Engine>,
    hasher: Arc<Hasher>,
    keys: &Keys,
    mailer: Arc<dyn Mailer>,
) -> Result<Option<Arc<Auth>>, Failure> {
    let schema = engine.schema();
    if schema.auth_model.is_none() {
        return Ok(None);
    }
    let failure = |text: String| Failure::problem("AUTH", text);
    let parts = Parts {
        engine: Arc::clone(engine),
        schema: Arc::clone(schema),
        store: Arc::clone(engine.store()),
        key: Arc::new(keys.server_key()?),
        tokens: Arc::new(tokens(settings, keys)?),
        hasher,
        mailer,
        clock: Arc::new(SystemClock),
    };
    let (auth, cors) = (&settings.auth, &settings.server.cors);
    let settings = purlin_auth::Settings {
        base_path: format!("{}/auth", settings.api.base_path),
        registration: auth.registration,
        verification: auth.verification,
        least_password: usize::from(auth.least_password),
        session_idle: auth.session_idle,
        session_lifetime: auth.session_lifetime,
        access_lifetime: auth.access_token_ttl,
        app_name: title.to_owned(),
        link_base: auth.link_base.trim_end_matches('/').to_owned(),
        // A browser keeps no secure cookie of a page without TLS, as in development.
        origins: cors.as_ref().map_or_else(Vec::new, |cors| cors.listed().to_vec()),
        secure_cookies: !auth.link_base.starts_with("http://"),
        ..purlin_auth::Settings::default()
    };
    Ok(Some(Arc::new(Auth::new(parts, settings).map_err(failure)?)))
}

/// Tokens that others signed with the secret are good too, for as long as they say.
fn tokens(settings: &Settings, keys: &Keys) -> Result<AccessTokens, Failure> {
    let given = |text: &String| (!text.is_empty()).then(|| text.clone());
    let access = AccessSettings {
        issuer: given(&settings.auth.issuer),
        audience: given(&settings.auth.audience),
        lifetime: settings.auth.access_token_ttl,
        accept_unnamed: true,
    };
    Ok(AccessTokens::new(keys.ring()?, access))
}
