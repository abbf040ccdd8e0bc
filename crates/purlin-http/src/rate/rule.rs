//! One rule: who is counted, and the headers that say what is left, as of
//! draft-ietf-httpapi-ratelimit-headers-11.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use http::header::{HeaderMap, HeaderName, HeaderValue};
use purlin_core::rate_limit::{Caller, Counter, Quota, RateLimiter, Taken};

use crate::error::Error;
use crate::module::Route;
use crate::request::Request;
use crate::response::Response;

const RATELIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATELIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

pub(crate) struct Rule {
    name: String,
    quota: Quota,
    limiter: Arc<dyn RateLimiter>,
    /// The name in the quotes of a header's text.
    quoted: String,
    policy: Option<HeaderValue>,
}

impl Rule {
    pub(super) fn new(name: &str, quota: Quota, limiter: &Arc<dyn RateLimiter>) -> Self {
        let quoted = format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""));
        let policy = format!("{quoted};q={};w={}", quota.calls, seconds(quota.window));
        let policy = HeaderValue::from_str(&policy).ok();
        Self { name: name.to_owned(), quota, limiter: Arc::clone(limiter), quoted, policy }
    }

    #[cfg(test)]
    pub(super) fn quota(&self) -> Quota {
        self.quota
    }

    /// Lets a request through to its route, or answers it.
    pub(crate) async fn answer(&self, route: &Route, request: Request) -> Result<Response, Error> {
        let (id, uri) = (request.id.clone(), request.parts.uri.clone());
        let (taken, refusal) = self.take(route, &request).await?;
        let outcome = if !taken.is_allowed {
            Err(purlin_core::Error::RateLimited { retry_after: taken.reset }.into())
        } else if let Some(refusal) = refusal {
            Err(refusal)
        } else {
            route.handler.call(request).await
        };
        let mut response = outcome.unwrap_or_else(|error| error.respond(&id, uri.path()));
        self.tell(&taken, response.headers_mut());
        Ok(response)
    }

    /// Counts the call: a user's, or its address's. A token that is not good counts for the address, or
    /// nonsense would be a way around the limit.
    async fn take(&self, route: &Route, request: &Request) -> Result<(Taken, Option<Error>), Error> {
        let verified = if route.is_by_address { Ok(None) } else { request.verified().await };
        let caller = match &verified {
            Ok(Some(verified)) => Caller::User(&verified.subject),
            Ok(None) | Err(_) => Caller::at(request.peer()),
        };
        let taken = self.limiter.take(Counter { rule: &self.name, caller }, self.quota).await?;
        if !taken.is_allowed && matches!(caller, Caller::Address(_)) {
            warn_of_proxy(request);
        }
        Ok((taken, verified.err()))
    }

    fn tell(&self, taken: &Taken, headers: &mut HeaderMap) {
        let left = format!("{};r={};t={}", self.quoted, taken.remaining, seconds(taken.reset));
        if let (Some(policy), Ok(left)) = (&self.policy, HeaderValue::try_from(left)) {
            headers.insert(RATELIMIT_POLICY, policy.clone());
            headers.insert(RATELIMIT, left);
        }
    }
}

/// Rounded up: who waits this long is not refused again.
fn seconds(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
}

/// Said once: all clients of a proxy share a limit for as long as it is not trusted.
fn warn_of_proxy(request: &Request) {
    static IS_SAID: AtomicBool = AtomicBool::new(false);
    let is_forwarded = request.headers().contains_key("x-forwarded-for");
    if is_forwarded && request.app.proxies().is_empty() && !IS_SAID.swap(true, Ordering::Relaxed) {
        tracing::warn!(
            peer = %request.peer(),
            "a client has reached a limit, and its request says that it came through a proxy: if there is one, \
             name it in [server] trusted_proxies, or all of its clients share their limits"
        );
    }
}

impl fmt::Debug for Rule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Rule({}, {:?})", self.quoted, self.quota)
    }
}
