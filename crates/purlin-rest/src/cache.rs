//! What an answer says of the cache it came from (RFC 9211). Only models whose answers are kept have such a line.

use http::HeaderValue;
use http::header::CACHE_STATUS;
use purlin_core::CacheUse;
use purlin_http::Response;

/// Nothing is said where there is no cache.
pub(crate) fn with_cache_status(mut response: Response, cache: Option<CacheUse>) -> Response {
    let status = match cache {
        None => return response,
        Some(CacheUse::Hit) => "purlin; hit",
        Some(CacheUse::Miss) => "purlin; fwd=miss",
        Some(CacheUse::Bypass) => "purlin; fwd=bypass",
    };
    response.headers_mut().insert(CACHE_STATUS, HeaderValue::from_static(status));
    response
}
