//! Finds the handler of a method and a path. Built once; a clash of two modules is an error
//! at the start.

use std::fmt;
use std::sync::Arc;

use http::Method;

use crate::error::Error;
use crate::module::{Module, Route, Routes};
use crate::rate::{RateLimits, Resolver, Rule};

/// Path parameters, as places in the path: nothing is copied before a handler asks.
const MAX_PARAMS: usize = 4;

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Params {
    ranges: [(usize, usize); MAX_PARAMS],
    count: usize,
}

impl Params {
    pub(crate) fn get<'path>(&self, path: &'path str, position: usize) -> Option<&'path str> {
        let (start, end) = *self.ranges.get(..self.count)?.get(position)?;
        path.get(start..end)
    }

    fn push(&mut self, start: usize, end: usize) {
        if let Some(range) = self.ranges.get_mut(self.count) {
            *range = (start, end);
            self.count += 1;
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RouteError {
    #[error("{method} {path} of {module} is already taken by another route")]
    Taken { module: &'static str, method: Method, path: String },
    #[error("the path {path} of {module} cannot be used: {reason}")]
    Path { module: &'static str, path: String, reason: String },
    /// Limits that no route has; `known` is what could have been named.
    #[error("there are limits for routes that do not exist: {}", patterns.join(", "))]
    UnknownLimits { patterns: Vec<String>, known: Vec<String> },
}

#[derive(Default)]
pub(crate) struct Router {
    paths: matchit::Router<Methods>,
    modules: Vec<Arc<dyn Module>>,
}

impl Router {
    pub(crate) fn new(modules: Vec<Arc<dyn Module>>, limits: Option<RateLimits>) -> Result<Self, RouteError> {
        let mut router = Self::default();
        let mut resolver = limits.map(Resolver::new);
        let mut known = Vec::new();
        for module in &modules {
            let mut routes = Routes::default();
            module.routes(&mut routes);
            for route in routes.all {
                known.extend([format!("{} {}", route.method, route.path), route.path.clone()]);
                let rule = resolver.as_mut().and_then(|resolver| resolver.rule(&route));
                router.insert(module.name(), Endpoint { route, rule })?;
            }
        }
        let patterns = resolver.map(|resolver| resolver.unused()).unwrap_or_default();
        if !patterns.is_empty() {
            return Err(RouteError::UnknownLimits { patterns, known });
        }
        router.modules = modules;
        Ok(router)
    }

    fn insert(&mut self, module: &'static str, endpoint: Endpoint) -> Result<(), RouteError> {
        let (method, path) = (endpoint.route.method.clone(), endpoint.route.path.clone());
        let parameters = path.matches('{').count();
        if parameters > MAX_PARAMS {
            let reason = format!("it has {parameters} parameters, more than {MAX_PARAMS}");
            return Err(RouteError::Path { module, path, reason });
        }
        // The pattern itself, looked up as a path, finds its own entry if there is one.
        let is_known = self.paths.at(&path).is_ok_and(|found| found.value.path == path);
        if !is_known {
            let methods = Methods { path: path.clone(), endpoints: Vec::new() };
            self.paths.insert(path.clone(), methods).map_err(|error| RouteError::Path {
                module,
                path: path.clone(),
                reason: error.to_string(),
            })?;
        }
        let Ok(found) = self.paths.at_mut(&path) else {
            return Err(RouteError::Path { module, path, reason: "it matches nothing".to_owned() });
        };
        if found.value.get(&method).is_some() {
            return Err(RouteError::Taken { module, method, path });
        }
        found.value.endpoints.push(endpoint);
        Ok(())
    }

    pub(crate) fn find(&self, method: &Method, path: &str) -> Result<(&Endpoint, Params), Error> {
        let Ok(found) = self.paths.at(path) else {
            return Err(Error::NoRoute(self.describe_absent(path)));
        };
        // HEAD is GET whose body is not sent.
        let wanted = if *method == Method::HEAD { &Method::GET } else { method };
        let Some(endpoint) = found.value.get(wanted) else {
            return Err(Error::Method { allow: found.value.allow() });
        };
        let mut params = Params::default();
        for (_, value) in found.params.iter() {
            // The value is a part of `path`: its place is the distance of the addresses.
            let start = (value.as_ptr() as usize).saturating_sub(path.as_ptr() as usize);
            params.push(start, start + value.len());
        }
        Ok((endpoint, params))
    }

    /// The methods of a path, for OPTIONS.
    pub(crate) fn allow(&self, path: &str) -> Option<String> {
        self.paths.at(path).ok().map(|found| found.value.allow())
    }

    fn describe_absent(&self, path: &str) -> String {
        if let Some(shorter) = path.strip_suffix('/')
            && self.paths.at(shorter).is_ok()
        {
            return "there is nothing at this path; leave out the slash at its end".to_owned();
        }
        let hint = self.modules.iter().find_map(|module| module.hint(path));
        hint.unwrap_or_else(|| "there is nothing at this path".to_owned())
    }
}

/// A route with what was decided about it when it was built.
pub(crate) struct Endpoint {
    pub(crate) route: Route,
    pub(crate) rule: Option<Arc<Rule>>,
}

struct Methods {
    path: String,
    endpoints: Vec<Endpoint>,
}

impl Methods {
    fn get(&self, method: &Method) -> Option<&Endpoint> {
        self.endpoints.iter().find(|endpoint| endpoint.route.method == *method)
    }

    fn allow(&self) -> String {
        let mut names: Vec<&str> =
            self.endpoints.iter().map(|endpoint| endpoint.route.method.as_str()).collect();
        if names.contains(&"GET") {
            names.push("HEAD");
        }
        names.push("OPTIONS");
        names.join(", ")
    }
}

impl fmt::Debug for Router {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.modules.iter().map(|module| module.name());
        formatter.debug_list().entries(names).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed(&'static [(&'static str, Method)]);

    impl Module for Fixed {
        fn name(&self) -> &'static str {
            "fixed"
        }

        fn routes(&self, routes: &mut Routes) {
            for (path, method) in self.0 {
                routes.add(method.clone(), *path, |_: crate::Request| -> crate::BoxFuture<'static, _> {
                    Box::pin(async { Ok(crate::empty(http::StatusCode::OK)) })
                });
            }
        }
    }

    #[track_caller]
    fn check(router: &Router, method: &Method, path: &str, expected: &str) {
        let found = match router.find(method, path) {
            Ok((_, params)) => format!("{:?}", [params.get(path, 0), params.get(path, 1)]),
            Err(error) => error.to_string(),
        };
        assert_eq!(found, expected, "{method} {path}");
    }

    #[test]
    fn finds_handlers_and_parameters() {
        let router = Router::new(
            vec![Arc::new(Fixed(&[
                ("/api/users", Method::GET),
                ("/api/users", Method::POST),
                ("/api/users/query", Method::POST),
                ("/api/users/{id}", Method::GET),
                ("/api/users/{id}/posts", Method::GET),
                ("/api/users/{id}/posts/{post}", Method::DELETE),
            ]))],
            None,
        )
        .unwrap();
        check(&router, &Method::GET, "/api/users", "[None, None]");
        check(&router, &Method::HEAD, "/api/users", "[None, None]");
        check(&router, &Method::GET, "/api/users/7", "[Some(\"7\"), None]");
        check(&router, &Method::GET, "/api/users/a%2Fb/posts", "[Some(\"a%2Fb\"), None]");
        check(&router, &Method::DELETE, "/api/users/7/posts/9", "[Some(\"7\"), Some(\"9\")]");
        check(&router, &Method::DELETE, "/api/users", "this path answers to GET, POST, HEAD, OPTIONS only");
        check(&router, &Method::PUT, "/api/users/query", "this path answers to POST, OPTIONS only");
        check(
            &router,
            &Method::GET,
            "/api/users/",
            "there is nothing at this path; leave out the slash at its end",
        );
        check(&router, &Method::GET, "/api//users", "there is nothing at this path");
        check(&router, &Method::GET, "", "there is nothing at this path");
    }

    #[test]
    fn refuses_clashes() {
        for routes in [
            &[("/a", Method::GET), ("/a", Method::GET)][..],
            &[("/a/{x}", Method::GET), ("/a/{y}", Method::GET)],
            &[("/{a}/{b}/{c}/{d}/{e}", Method::GET)],
            &[("/a/{x", Method::GET)],
        ] {
            assert!(Router::new(vec![Arc::new(Fixed(routes))], None).is_err(), "{routes:?}");
        }
    }
}
