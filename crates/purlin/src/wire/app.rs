//! One app: engine, credentials, surfaces.

use std::sync::Arc;

use bytes::Bytes;
use purlin_auth::{AdminRoutes, AppCredentials, Auth, AuthRoutes};
use purlin_codegen::OpenApiOptions;
use purlin_core::input::Limits;
use purlin_core::mail::Mailer;
use purlin_core::schema::Schema;
use purlin_core::store::Store;
use purlin_core::{DefaultAccess, Engine};
use purlin_http::{
    App, Authenticator, Health, MemoryRateLimiter, Metrics, RateLimits, RequestLimits, RouteError,
};
use purlin_rest::{BasePath, Rest};

use super::auth::SignIn;
use super::auth::sign_in_calls;
use super::cache::cache_settings;
use super::docs::Docs;
use super::keys::Keys;
use super::readiness::StoreReadiness;
use crate::cli::Failure;
use crate::config::{self, Secret, Settings, nearest};

#[derive(Debug)]
pub struct Assembled {
    pub app: App,
    /// `None` without users.
    pub auth: Option<Arc<Auth>>,
    pub engine: Arc<Engine>,
}

/// `title` names the app in its documentation.
pub fn assemble(
    settings: &Settings,
    title: &str,
    schema: &Arc<Schema>,
    store: Arc<dyn Store>,
    keys: &Keys,
    metrics: Arc<Metrics>,
    mailer: Arc<dyn Mailer>,
) -> Result<Assembled, Failure> {
    let sign_in = SignIn::new(settings, title, keys)?;
    let hooks = sign_in.hooks(schema, &store)?;
    let cache = cache_settings(settings, schema)?;
    let engine = bare_engine(settings, schema, store)?.with_hooks(hooks).with_cache(&cache);
    let engine = Arc::new(engine);
    let admins = sign_in.admins(schema, engine.store())?;
    let auth = sign_in.auth(&engine, mailer)?;
    let credentials = AppCredentials::new(auth.as_deref(), Arc::clone(&admins));
    let bytes = |secret: &Secret| secret.expose().as_bytes().to_vec();
    let rest = purlin_rest::Settings {
        base_path: BasePath::new(&settings.api.base_path),
        limits: limits(settings),
        server_key: bytes(&keys.secret),
        accepted_keys: keys.accepted_secret.iter().map(bytes).collect(),
    };
    let limits = RequestLimits {
        body_bytes: usize::try_from(settings.server.body_limit_bytes).unwrap_or(usize::MAX),
        request_timeout: settings.server.request_timeout,
        ..RequestLimits::default()
    };
    let document = purlin_codegen::openapi(schema, &openapi_options(settings, title, schema)?).to_string();
    let token = settings.server.metrics_token.as_ref().map(Secret::expose);
    let health = Health::new(Arc::new(StoreReadiness(Arc::clone(&engine))), metrics).metrics_token(token);
    let mut app = App::builder();
    if let Some(auth) = &auth {
        app = app.module(AuthRoutes(Arc::clone(auth)));
    }
    let app = app
        .module(Rest::new(Arc::clone(&engine), rest))
        .module(Docs { document: Bytes::from(document) })
        .module(health)
        .module(AdminRoutes { admins, base_path: format!("{}/auth", settings.api.base_path) })
        .authenticator(Arc::new(Authenticator::new(Arc::new(credentials))))
        .limits(limits)
        .trusted_proxies(settings.server.trusted_proxies.clone())
        .cors(settings.server.cors.clone())
        .compression(settings.server.compression)
        .hsts(settings.server.hsts)
        .rate_limits(RateLimits {
            limiter: Arc::new(MemoryRateLimiter::default()),
            default: settings.rate_limits.default,
            routes: settings.rate_limits.routes.clone(),
        })
        .build()
        .map_err(|error| not_routed(&error))?;
    Ok(Assembled { app, auth, engine })
}

fn not_routed(error: &RouteError) -> Failure {
    let RouteError::UnknownLimits { patterns, known } = error else {
        return Failure::problem("ROUTES", error.to_string());
    };
    let lines = patterns.iter().map(|pattern| match nearest(pattern, known.iter().map(String::as_str)) {
        Some(near) => format!("[rate_limits]: there is no route \"{pattern}\"; did you mean \"{near}\"?"),
        None => format!("[rate_limits]: there is no route \"{pattern}\""),
    });
    let failure = Failure::problem("RATE_LIMITS", lines.collect::<Vec<_>>().join("\n"));
    failure.with_help(
        "a route is a path such as \"/api/posts/{id}\", perhaps after a method; \"/api/posts/*\" is all below it",
    )
}

/// The engine alone, for commands that serve nothing.
pub fn engine(
    settings: &Settings,
    schema: &Arc<Schema>,
    store: Arc<dyn Store>,
) -> Result<Arc<Engine>, Failure> {
    bare_engine(settings, schema, store).map(Arc::new)
}

fn bare_engine(settings: &Settings, schema: &Arc<Schema>, store: Arc<dyn Store>) -> Result<Engine, Failure> {
    Engine::new(Arc::clone(schema), store, default_access(settings))
        .map_err(|errors| Failure::problem("SCHEMA", errors.join("\n")))
}

/// For models without any rule.
pub fn default_access(settings: &Settings) -> DefaultAccess {
    match settings.api.default_access {
        config::DefaultAccess::Deny => DefaultAccess::Deny,
        config::DefaultAccess::Authenticated => DefaultAccess::Authenticated,
        config::DefaultAccess::Public => DefaultAccess::Public,
    }
}

/// How the API is described, for the server and for `purlin generate openapi` alike.
pub fn openapi_options(settings: &Settings, title: &str, schema: &Schema) -> Result<OpenApiOptions, Failure> {
    Ok(OpenApiOptions {
        sign_in: sign_in_calls(settings, title, schema)?,
        title: title.to_owned(),
        base_path: BasePath::new(&settings.api.base_path).as_str().to_owned(),
        default_limit: limits(settings).default_page,
        max_limit: limits(settings).max_page,
        default_access: match settings.api.default_access {
            config::DefaultAccess::Deny => purlin_codegen::DefaultAccess::Deny,
            config::DefaultAccess::Authenticated => purlin_codegen::DefaultAccess::Authenticated,
            config::DefaultAccess::Public => purlin_codegen::DefaultAccess::Public,
        },
        ..OpenApiOptions::default()
    })
}

fn limits(settings: &Settings) -> Limits {
    Limits {
        default_page: u64::from(settings.api.default_limit),
        max_page: u64::from(settings.api.max_limit),
        ..Limits::default()
    }
}
