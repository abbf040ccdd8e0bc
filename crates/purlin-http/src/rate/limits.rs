//! The configured rules, and which of them is a route's. The most specific one counts, alone.

use std::cell::Cell;
use std::collections::HashMap;
use std::sync::Arc;

use http::Method;
use purlin_core::rate_limit::{Quota, RateLimiter};

use super::rule::Rule;
use crate::module::{Limit, Route};

/// `None` as a quota is no limit.
#[derive(Clone, Debug)]
pub struct RateLimits {
    pub limiter: Arc<dyn RateLimiter>,
    /// For every route without a rule of its own.
    pub default: Option<Quota>,
    /// By pattern: a path as routes write it, perhaps after a method, perhaps with `/*` at its end for all
    /// paths below.
    pub routes: Vec<(String, Option<Quota>)>,
}

/// Gives each route its rule.
#[derive(Debug)]
pub(crate) struct Resolver {
    limits: RateLimits,
    patterns: Vec<Pattern>,
    /// Routes under one pattern share its rule, and so their callers' counts.
    rules: HashMap<String, Arc<Rule>>,
}

#[derive(Debug)]
struct Pattern {
    text: String,
    method: Option<Method>,
    /// With its parameters' names left out.
    path: String,
    is_prefix: bool,
    quota: Option<Quota>,
    is_used: Cell<bool>,
}

impl Resolver {
    pub(crate) fn new(limits: RateLimits) -> Self {
        let patterns = limits.routes.iter().map(|(text, quota)| Pattern::parse(text, *quota)).collect();
        Self { limits, patterns, rules: HashMap::new() }
    }

    pub(crate) fn rule(&mut self, route: &Route) -> Option<Arc<Rule>> {
        let path = nameless(&route.path);
        let matching = self.patterns.iter().filter(|pattern| pattern.matches(&route.method, &path));
        let best = matching
            .inspect(|pattern| pattern.is_used.set(true))
            .max_by_key(|pattern| (!pattern.is_prefix, pattern.path.len(), pattern.method.is_some()));
        let (name, quota) = match (best, route.limit) {
            (Some(pattern), _) => (pattern.text.clone(), pattern.quota?),
            (None, Limit::Common) => ("default".to_owned(), self.limits.default?),
            (None, Limit::Own(quota)) => (format!("{} {}", route.method, route.path), quota),
            (None, Limit::None) => return None,
        };
        let limiter = &self.limits.limiter;
        let rule =
            self.rules.entry(name).or_insert_with_key(|name| Arc::new(Rule::new(name, quota, limiter)));
        Some(Arc::clone(rule))
    }

    /// Patterns that no route has matched.
    pub(crate) fn unused(&self) -> Vec<String> {
        self.patterns
            .iter()
            .filter(|pattern| !pattern.is_used.get())
            .map(|pattern| pattern.text.clone())
            .collect()
    }
}

impl Pattern {
    fn parse(text: &str, quota: Option<Quota>) -> Self {
        let (method, path) = match text.trim().split_once(' ') {
            Some((method, path)) => (Method::from_bytes(method.to_ascii_uppercase().as_bytes()).ok(), path),
            None => (None, text),
        };
        let path = path.trim();
        let below = path.strip_suffix('*').filter(|path| path.ends_with('/'));
        Self {
            text: text.to_owned(),
            method,
            path: nameless(below.unwrap_or(path)),
            is_prefix: below.is_some(),
            quota,
            is_used: Cell::new(false),
        }
    }

    fn matches(&self, method: &Method, path: &str) -> bool {
        let has_path = if self.is_prefix { path.starts_with(&self.path) } else { path == self.path };
        has_path && self.method.as_ref().is_none_or(|wanted| wanted == method)
    }
}

/// `/posts/{id}` as `/posts/{}`: what a parameter is called makes no difference.
fn nameless(path: &str) -> String {
    let mut parts = path.split('{');
    let first = parts.next().unwrap_or_default().to_owned();
    parts
        .fold(first, |text, part| text + "{" + part.find('}').and_then(|end| part.get(end..)).unwrap_or(part))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use http::StatusCode;

    use super::*;
    use crate::module::{BoxFuture, Routes};
    use crate::rate::MemoryRateLimiter;

    fn quota(calls: u32) -> Quota {
        Quota { calls, window: Duration::from_mins(1) }
    }

    fn resolver(default: u32, routes: &[(&str, u32)]) -> Resolver {
        let of = |calls: u32| (calls > 0).then(|| quota(calls));
        Resolver::new(RateLimits {
            limiter: Arc::new(MemoryRateLimiter::default()),
            default: of(default),
            routes: routes.iter().map(|(text, calls)| ((*text).to_owned(), of(*calls))).collect(),
        })
    }

    /// The rule of a route, 0 for none.
    fn calls(resolver: &mut Resolver, route: &str, change: fn(&mut Route) -> &mut Route) -> u32 {
        let (method, path) = route.split_once(' ').unwrap();
        let mut routes = Routes::default();
        let handler = |_: crate::Request| -> BoxFuture<'static, _> {
            Box::pin(async { Ok(crate::empty(StatusCode::OK)) })
        };
        change(routes.add(method.parse().unwrap(), path, handler));
        resolver.rule(&routes.all[0]).map_or(0, |rule| rule.quota().calls)
    }

    #[test]
    fn the_most_specific_rule_counts() {
        let mut resolver = resolver(
            9,
            &[
                ("/api/posts", 1),
                ("POST /api/posts", 2),
                ("/api/posts/{id}", 3),
                ("/api/*", 4),
                ("/api/auth/*", 5),
                ("delete /api/*", 6),
                ("/api/free", 0),
                ("GET /api/*", 7),
            ],
        );
        for (route, expected) in [
            ("GET /api/posts", 1),
            ("POST /api/posts", 2),
            ("GET /api/posts/{post}", 3),
            ("PATCH /api/posts/{id}", 3),
            ("POST /api/users", 4),
            ("GET /api/users", 7),
            ("DELETE /api/users/{id}", 6),
            ("DELETE /api/auth/sessions", 5),
            ("POST /api/free", 0),
            ("GET /docs", 9),
            ("GET /api", 9),
            ("GET /apis", 9),
        ] {
            assert_eq!(calls(&mut resolver, route, |route| route), expected, "{route}");
        }
        assert!(resolver.unused().is_empty());
        let register = "POST /api/auth/register";
        assert_eq!(calls(&mut resolver, register, |route| route.limited(quota(20))), 5);
        assert_eq!(calls(&mut resolver, "GET /healthz", Route::unlimited), 0);
        assert_eq!(calls(&mut resolver, "POST /other", |route| route.limited(quota(20))), 20);
    }

    #[test]
    fn routes_of_one_pattern_share_a_rule() {
        let mut resolver = resolver(0, &[("/api/*", 4)]);
        let mut rule = |path: &str| {
            let mut routes = Routes::default();
            routes.get(path, |_: crate::Request| -> BoxFuture<'static, _> {
                Box::pin(async { Ok(crate::empty(StatusCode::OK)) })
            });
            resolver.rule(&routes.all[0]).unwrap()
        };
        assert!(Arc::ptr_eq(&rule("/api/a"), &rule("/api/b")));
    }

    #[test]
    fn rules_without_a_route_are_known() {
        let given =
            ["/api/post", "GET /api/posts/", "FETCH /api/posts", "/api/posts*", "", "HEAD /api/posts"];
        let mut resolver = resolver(0, &given.map(|text| (text, 1)));
        assert_eq!(calls(&mut resolver, "GET /api/posts", |route| route), 0);
        assert_eq!(resolver.unused(), given);
    }
}
