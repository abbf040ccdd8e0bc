//! A surface or a feature, as the server sees it: a name and routes.

use std::fmt;
use std::sync::Arc;

use http::Method;
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
pub(crate) struct Route {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) handler: Arc<dyn Handler>,
}

#[derive(Default)]
pub struct Routes {
    pub(crate) all: Vec<Route>,
}

impl Routes {
    /// GET also answers HEAD.
    pub fn get(&mut self, path: impl Into<String>, handler: impl Handler + 'static) {
        self.add(Method::GET, path, handler);
    }

    pub fn post(&mut self, path: impl Into<String>, handler: impl Handler + 'static) {
        self.add(Method::POST, path, handler);
    }

    pub fn put(&mut self, path: impl Into<String>, handler: impl Handler + 'static) {
        self.add(Method::PUT, path, handler);
    }

    pub fn patch(&mut self, path: impl Into<String>, handler: impl Handler + 'static) {
        self.add(Method::PATCH, path, handler);
    }

    pub fn delete(&mut self, path: impl Into<String>, handler: impl Handler + 'static) {
        self.add(Method::DELETE, path, handler);
    }

    pub fn add(&mut self, method: Method, path: impl Into<String>, handler: impl Handler + 'static) {
        self.all.push(Route { method, path: path.into(), handler: Arc::new(handler) });
    }
}

impl fmt::Debug for Routes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.all.iter().map(|route| (&route.method, &route.path))).finish()
    }
}
