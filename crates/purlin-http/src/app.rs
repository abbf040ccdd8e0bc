//! All that a reload replaces at once: routes, credentials, limits, who is trusted.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;

use crate::auth::Authenticator;
use crate::client_address::TrustedProxies;
use crate::cors::Cors;
use crate::limits::RequestLimits;
use crate::module::Module;
use crate::rate::RateLimits;
use crate::router::{RouteError, Router};

#[derive(Debug)]
pub struct App {
    router: Router,
    authenticator: Arc<Authenticator>,
    limits: RequestLimits,
    cors: Option<Cors>,
    proxies: TrustedProxies,
    compresses: bool,
    hsts: Option<HeaderValue>,
}

impl App {
    /// Without an authenticator every token is refused.
    pub fn builder() -> AppBuilder {
        AppBuilder {
            modules: Vec::new(),
            authenticator: Arc::new(Authenticator::refusing()),
            limits: RequestLimits::default(),
            cors: None,
            proxies: TrustedProxies::default(),
            rates: None,
            compresses: true,
            hsts: None,
        }
    }

    pub(crate) fn router(&self) -> &Router {
        &self.router
    }

    pub(crate) fn authenticator(&self) -> &Authenticator {
        &self.authenticator
    }

    pub(crate) fn limits(&self) -> &RequestLimits {
        &self.limits
    }

    pub(crate) fn cors(&self) -> Option<&Cors> {
        self.cors.as_ref()
    }

    pub(crate) fn proxies(&self) -> &TrustedProxies {
        &self.proxies
    }

    pub(crate) fn compresses(&self) -> bool {
        self.compresses
    }

    pub(crate) fn hsts(&self) -> Option<&HeaderValue> {
        self.hsts.as_ref()
    }
}

pub struct AppBuilder {
    modules: Vec<Arc<dyn Module>>,
    authenticator: Arc<Authenticator>,
    limits: RequestLimits,
    cors: Option<Cors>,
    proxies: TrustedProxies,
    rates: Option<RateLimits>,
    compresses: bool,
    hsts: Option<HeaderValue>,
}

impl AppBuilder {
    #[must_use]
    pub fn module(mut self, module: impl Module + 'static) -> Self {
        self.modules.push(Arc::new(module));
        self
    }

    #[must_use]
    pub fn authenticator(mut self, authenticator: Arc<Authenticator>) -> Self {
        self.authenticator = authenticator;
        self
    }

    #[must_use]
    pub fn limits(mut self, limits: RequestLimits) -> Self {
        self.limits = limits;
        self
    }

    #[must_use]
    pub fn cors(mut self, cors: Option<Cors>) -> Self {
        self.cors = cors;
        self
    }

    #[must_use]
    pub fn trusted_proxies(mut self, proxies: TrustedProxies) -> Self {
        self.proxies = proxies;
        self
    }

    /// Without them there is no limit, not even where a route brings its own.
    #[must_use]
    pub fn rate_limits(mut self, rates: RateLimits) -> Self {
        self.rates = Some(rates);
        self
    }

    /// Whether long answers are made smaller for clients that take it; so it is unless this says no.
    #[must_use]
    pub fn compression(mut self, compresses: bool) -> Self {
        self.compresses = compresses;
        self
    }

    /// For how long browsers shall use nothing but HTTPS.
    #[must_use]
    pub fn hsts(mut self, duration: Option<Duration>) -> Self {
        let value = duration.map(|duration| format!("max-age={}", duration.as_secs()));
        self.hsts = value.and_then(|value| HeaderValue::try_from(value).ok());
        self
    }

    pub fn build(self) -> Result<App, RouteError> {
        Ok(App {
            router: Router::new(self.modules, self.rates)?,
            authenticator: self.authenticator,
            limits: self.limits,
            cors: self.cors,
            proxies: self.proxies,
            compresses: self.compresses,
            hsts: self.hsts,
        })
    }
}

impl fmt::Debug for AppBuilder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.modules.iter().map(|module| module.name());
        formatter.debug_list().entries(names).finish()
    }
}
