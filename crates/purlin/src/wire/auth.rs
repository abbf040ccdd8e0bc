//! Sign-in, from the configuration.

use std::sync::Arc;

use purlin_auth::password::{HashOnWrite, Hasher, PasswordRules, PoolSettings};
use purlin_auth::secret::ServerKey;
use purlin_auth::token::{AccessSettings, AccessTokens};
use purlin_auth::{Admins, Auth, Parts, UserHooks};
use purlin_core::Engine;
use purlin_core::clock::SystemClock;
use purlin_core::hooks::Hooks;
use purlin_core::mail::Mailer;
use purlin_core::schema::Schema;
use purlin_core::sign_in::NoSignInEvents;
use purlin_core::store::Store;

use super::keys::Keys;
use crate::cli::Failure;
use crate::config::Settings;

/// What the engine and sign-in share: the engine's hooks come before it, sign-in after it.
pub(super) struct SignIn {
    settings: purlin_auth::Settings,
    key: Arc<ServerKey>,
    tokens: Arc<AccessTokens>,
    hasher: Arc<Hasher>,
    least_password: usize,
}

impl SignIn {
    pub(super) fn new(settings: &Settings, title: &str, keys: &Keys) -> Result<Self, Failure> {
        let hasher = Hasher::start(&PoolSettings::default()).map_err(|error| failure(error.to_string()))?;
        Ok(Self {
            settings: auth_settings(settings, title, public_url(settings)?),
            key: Arc::new(keys.server_key()?),
            tokens: Arc::new(tokens(settings, keys)?),
            hasher: Arc::new(hasher),
            least_password: usize::from(settings.auth.least_password),
        })
    }

    /// What makes the data API hash passwords, and end what a write to users puts an end to.
    pub(super) fn hooks(
        &self,
        schema: &Arc<Schema>,
        store: &Arc<dyn Store>,
    ) -> Result<Arc<dyn Hooks>, Failure> {
        let rules = PasswordRules::at_least(self.least_password);
        let hash = HashOnWrite::new(schema, &self.hasher, rules);
        let hash = hash.map_err(|errors| failure(errors.join("; ")))?;
        let clock = Arc::new(SystemClock);
        let hooks = UserHooks::new(hash, schema, store, Arc::clone(&self.key), &self.settings, clock);
        Ok(Arc::new(hooks.map_err(|error| failure(error.to_string()))?))
    }

    pub(super) fn admins(
        &self,
        schema: &Arc<Schema>,
        store: &Arc<dyn Store>,
    ) -> Result<Arc<Admins>, Failure> {
        let admins = Admins::new(schema, store, Arc::clone(&self.hasher), Arc::new(SystemClock));
        Ok(Arc::new(admins.map_err(|error| failure(error.to_string()))?))
    }

    /// `None` for an app without users. A schema whose users have no address or no password still has tokens;
    /// what cannot be done says so when it is asked for.
    pub(super) fn auth(
        self,
        engine: &Arc<Engine>,
        mailer: Arc<dyn Mailer>,
    ) -> Result<Option<Arc<Auth>>, Failure> {
        let schema = engine.schema();
        if schema.auth_model.is_none() {
            return Ok(None);
        }
        let parts = Parts {
            engine: Arc::clone(engine),
            schema: Arc::clone(schema),
            store: Arc::clone(engine.store()),
            key: self.key,
            tokens: self.tokens,
            hasher: self.hasher,
            mailer,
            clock: Arc::new(SystemClock),
            events: Arc::new(NoSignInEvents),
        };
        Ok(Some(Arc::new(Auth::new(parts, self.settings).map_err(failure)?)))
    }
}

/// What sign-in says of its calls, for the API's description.
pub(super) fn sign_in_calls(
    settings: &Settings,
    title: &str,
    schema: &Schema,
) -> Result<Vec<purlin_codegen::Call>, Failure> {
    let described =
        purlin_auth::describe(schema, &auth_settings(settings, title, String::new())).map_err(failure)?;
    let call = |call: purlin_auth::Described| purlin_codegen::Call {
        id: call.id.to_owned(),
        method: call.method.as_str().to_lowercase(),
        path: call.path,
        summary: call.summary.to_owned(),
        needs_token: call.needs_token,
        parameters: call.parameters.iter().map(|name| (*name).to_owned()).collect(),
        body: call.body,
        is_body_required: call.is_body_required,
        status: call.status,
        answer: call.answer,
        errors: call.errors.to_vec(),
    };
    Ok(described.into_iter().map(call).collect())
}

fn failure(text: String) -> Failure {
    Failure::problem("AUTH", text)
}

fn auth_settings(settings: &Settings, title: &str, public_url: String) -> purlin_auth::Settings {
    let (auth, cors) = (&settings.auth, &settings.server.cors);
    purlin_auth::Settings {
        base_path: format!("{}/auth", settings.api.base_path),
        registration: auth.registration,
        verification: auth.verification,
        profile_fields: auth.profile_fields.clone(),
        delete_unverified_after: auth.delete_unverified_after,
        least_password: usize::from(auth.least_password),
        session_idle: auth.session_idle,
        session_lifetime: auth.session_lifetime,
        access_lifetime: auth.access_token_ttl,
        wallet_chains: auth.wallet_chains.clone(),
        app_name: title.to_owned(),
        link_base: auth.link_base.trim_end_matches('/').to_owned(),
        origins: cors.as_ref().map_or_else(Vec::new, |cors| cors.listed().to_vec()),
        // A browser keeps no secure cookie of a page without TLS, as in development.
        secure_cookies: !public_url.starts_with("http://"),
        providers: auth.providers.clone(),
        public_url,
    }
}

/// Never taken from a request: whoever sends one could name another place to come back to.
fn public_url(settings: &Settings) -> Result<String, Failure> {
    let own = [&settings.server.public_url, &settings.auth.link_base].into_iter().find(|url| !url.is_empty());
    if own.is_none() && !settings.auth.providers.is_empty() {
        let text = "there are providers of sign-in, and nothing says where they send browsers back to";
        let failure = Failure::problem("AUTH", text);
        return Err(failure.with_help("set PUBLIC_URL to the address of the front end, and `public_url` under [server] if the API stands elsewhere"));
    }
    Ok(own.map_or("", |url| url.trim_end_matches('/')).to_owned())
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
