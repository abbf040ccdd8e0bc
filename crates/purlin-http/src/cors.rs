//! Which web pages of other origins may read answers. Off unless configured.

use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, VARY,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode};

use crate::response::{Response, empty};

/// Credentials are bearer tokens, never cookies: `Access-Control-Allow-Credentials` is not sent.
#[derive(Clone, Debug)]
pub struct Cors {
    pub origins: Origins,
}

#[derive(Clone, Debug)]
pub enum Origins {
    Any,
    /// Exactly as browsers send them: `https://app.example.com`.
    Listed(Vec<String>),
}

const METHODS: HeaderValue = HeaderValue::from_static("GET, HEAD, POST, PUT, PATCH, DELETE");
const HEADERS: HeaderValue = HeaderValue::from_static(
    "authorization, content-type, idempotency-key, if-match, if-none-match, x-request-id",
);
const EXPOSED: HeaderValue = HeaderValue::from_static("etag, location, retry-after, x-request-id");
const MAX_AGE: HeaderValue = HeaderValue::from_static("600");

impl Cors {
    /// The answer to a preflight request; `None` for any other request.
    pub(crate) fn preflight(method: &Method, headers: &HeaderMap) -> Option<Response> {
        let asks = *method == Method::OPTIONS
            && headers.contains_key(ORIGIN)
            && headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD);
        asks.then(|| {
            let mut response = empty(StatusCode::NO_CONTENT);
            let out = response.headers_mut();
            out.insert(ACCESS_CONTROL_ALLOW_METHODS, METHODS);
            out.insert(ACCESS_CONTROL_ALLOW_HEADERS, HEADERS);
            out.insert(ACCESS_CONTROL_MAX_AGE, MAX_AGE);
            response
        })
    }

    /// What every answer carries, given the request's `Origin`.
    pub(crate) fn mark(&self, origin: Option<&HeaderValue>, response: &mut HeaderMap) {
        match &self.origins {
            Origins::Any => {
                response.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
            }
            Origins::Listed(origins) => {
                response.append(VARY, HeaderValue::from_static("origin"));
                let Some(origin) = origin else { return };
                if !origins.iter().any(|known| known.as_bytes() == origin.as_bytes()) {
                    return;
                }
                response.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
            }
        }
        response.insert(ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    }
}
