//! A surface or a feature, as the server sees it: a name and routes.

use std::fmt;
use std::sync::Arc;

use http::Method;
use purlin_core::rate_limit::Quota;
pub use purlin_core::store::BoxFuture;

use crate::error::Error;
use crate::request::Request;
use crate::response::Response;

/// Answers one route. Called for each request; shared by all of them.
pub trait Handler: Send + Sync {
    fn call(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>>;
}

impl<F> Handler for F
where
    F: Fn(Request) -> BoxFuture<'static, Result<Response, Error>> + Send + Sync,
{
    fn call(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        self(request)
    }
}

pub trait Module: Send + Sync {
    fn name(&self) -> &'static str;

    fn routes(&self, routes: &mut Routes);

    /// What a client may have meant by a path that no route has.
    fn hint(&self, _path: &str) -> Option<String> {
        None
    }
}

/// One method of one path. Path parameters are written `{name}` and read by their position.
pub struct Route {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) handler: Arc<dyn Handler>,
    pub(crate) limit: Limit,
    pub(crate) is_by_address: bool,
    pub(crate) keeps_secrets: bool,
}

/// How often a route may be called where no rule names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Limit {
    /// As all routes.
    Common,
    Own(Quota),
    None,
}

impl Route {
    /// Its own limit, unless another one is configured.
    pub fn limited(&mut self, quota: Quota) -> &mut Self {
        self.limit = Limit::Own(quota);
        self
    }

    /// The limit of all routes is not for this one.
    pub fn unlimited(&mut self) -> &mut Self {
        self.limit = Limit::None;
        self
    }

    /// Limits hold for the address, whoever says to be calling: for what is asked before signing in.
    pub fn by_address(&mut self) -> &mut Self {
        self.is_by_address = true;
        self
    }

    /// Its answers hold secrets, and are never compressed: beside text that somebody else has chosen, the
    /// length would tell (BREACH).
    pub fn keeps_secrets(&mut self) -> &mut Self {
        self.keeps_secrets = true;
        self
    }
}

#[derive(Default)]
pub struct Routes {
    pub(crate) all: Vec<Route>,
}

impl Routes {
    /// GET also answers HEAD.
    pub fn get(&mut self, path: impl Into<String>, handler: impl Handler + 'static) -> &mut Route {
        self.add(Method::GET, path, handler)
    }

    pub fn post(&mut self, path: impl Into<String>, handler: impl Handler + 'static) -> &mut Route {
        self.add(Method::POST, path, handler)
    }

    pub fn put(&mut self, path: impl Into<String>, handler: impl Handler + 'static) -> &mut Route {
        self.add(Method::PUT, path, handler)
    }

    pub fn patch(&mut self, path: impl Into<String>, handler: impl Handler + 'static) -> &mut Route {
        self.add(Method::PATCH, path, handler)
    }

    pub fn delete(&mut self, path: impl Into<String>, handler: impl Handler + 'static) -> &mut Route {
        self.add(Method::DELETE, path, handler)
    }

    pub fn add(
        &mut self,
        method: Method,
        path: impl Into<String>,
        handler: impl Handler + 'static,
    ) -> &mut Route {
        let handler = Arc::new(handler);
        self.all.push_mut(Route {
            method,
            path: path.into(),
            handler,
            limit: Limit::Common,
            is_by_address: false,
            keeps_secrets: false,
        })
    }
}

impl fmt::Debug for Routes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(&self.all).finish()
    }
}

impl fmt::Debug for Route {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.method, self.path)
    }
}
