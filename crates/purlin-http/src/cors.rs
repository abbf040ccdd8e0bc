//! Which web pages of other origins may read answers. Off unless configured.

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, VARY,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode};

use crate::response::{Response, empty};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cors {
    /// Every page. None of them may use cookies.
    Any,
    /// Exactly as browsers send them, such as `https://app.example.com`. They may use the cookie of sign-in.
    Listed(Vec<String>),
}

const METHODS: HeaderValue = HeaderValue::from_static("GET, HEAD, POST, PUT, PATCH, DELETE");
const HEADERS: HeaderValue = HeaderValue::from_static(
    "authorization, content-type, idempotency-key, if-match, if-none-match, x-request-id",
);
const EXPOSED: HeaderValue = HeaderValue::from_static(
    "etag, idempotency-replayed, location, ratelimit, ratelimit-policy, retry-after, x-request-id",
);
/// How long a browser remembers what it was told, in seconds.
const MAX_AGE: HeaderValue = HeaderValue::from_static("600");

impl Cors {
    /// From a configuration; `None` for an empty list. The message says which entry is no origin.
    pub fn parse<'t>(given: impl IntoIterator<Item = &'t str>) -> Result<Option<Self>, String> {
        let given: Vec<&str> = given.into_iter().collect();
        match given.as_slice() {
            [] => Ok(None),
            ["*"] => Ok(Some(Self::Any)),
            list => {
                let origins = list.iter().enumerate().map(|(index, text)| {
                    as_sent(text).map_err(|problem| format!("entry {} {problem}", index + 1))
                });
                origins.collect::<Result<_, _>>().map(|origins| Some(Self::Listed(origins)))
            }
        }
    }

    /// Those that may use cookies.
    pub fn listed(&self) -> &[String] {
        match self {
            Self::Any => &[],
            Self::Listed(origins) => origins,
        }
    }

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
        match self {
            Self::Any => {
                response.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
            }
            Self::Listed(origins) => {
                response.append(VARY, HeaderValue::from_static("origin"));
                let Some(origin) = origin else { return };
                if !origins.iter().any(|known| known.as_bytes() == origin.as_bytes()) {
                    return;
                }
                response.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
                response.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
            }
        }
        response.insert(ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    }
}

/// The form in which browsers send an origin (RFC 6454, 6.2): in lower case, without the scheme's own port.
fn as_sent(text: &str) -> Result<String, &'static str> {
    let form = "must be an origin such as \"https://app.example.com\"";
    let text = text.to_ascii_lowercase();
    match text.as_str() {
        "*" => return Err("is \"*\", which stands for every page and so alone"),
        "null" => return Err("is what every sandboxed page sends; it cannot be told from others"),
        text if text.contains('*') => return Err("has a \"*\"; list the names one by one"),
        text if !text.is_ascii() => return Err("must have its name as browsers send it, in xn-- form"),
        _ => {}
    }
    let (scheme, authority) = text.split_once("://").ok_or(form)?;
    let authority = authority.strip_suffix('/').unwrap_or(authority);
    if authority.contains(['/', '?', '#']) {
        return Err("must end after the host and port, without a path");
    }
    let is_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (authority, None),
    };
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    let is_address = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .is_some_and(|address| address.parse::<std::net::Ipv6Addr>().is_ok());
    let is_host = is_address || (!host.is_empty() && host.bytes().all(fits));
    if !is_scheme || !is_host {
        return Err(form);
    }
    let Some(port) = port else { return Ok(format!("{scheme}://{host}")) };
    let number: u16 = port.parse().ok().filter(|_| !port.starts_with(['+', '0'])).ok_or(form)?;
    match (scheme, number) {
        ("http", 80) | ("https", 443) => Ok(format!("{scheme}://{host}")),
        _ => Ok(format!("{scheme}://{host}:{number}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_as_browsers_send_them() {
        for (text, expected) in [
            ("https://app.example.com", "https://app.example.com"),
            ("HTTPS://App.Example.COM/", "https://app.example.com"),
            ("https://app.example.com:443", "https://app.example.com"),
            ("http://localhost:80", "http://localhost"),
            ("http://localhost:5173", "http://localhost:5173"),
            ("https://localhost:80", "https://localhost:80"),
            ("http://[::1]:3000", "http://[::1]:3000"),
            ("http://[::1]", "http://[::1]"),
            ("http://192.168.1.9:8080", "http://192.168.1.9:8080"),
            ("https://xn--mller-kva.example", "https://xn--mller-kva.example"),
            ("capacitor://localhost", "capacitor://localhost"),
        ] {
            assert_eq!(Cors::parse([text]), Ok(Some(Cors::Listed(vec![expected.to_owned()]))), "{text}");
        }
        assert_eq!(Cors::parse([]), Ok(None));
        assert_eq!(Cors::parse(["*"]), Ok(Some(Cors::Any)));
    }

    #[test]
    fn what_is_no_origin() {
        for text in [
            "",
            "null",
            "NULL",
            "app.example.com",
            "//app.example.com",
            "https://",
            "https:///",
            "https://*",
            "https://*.example.com",
            "https://app.example.com/shop",
            "https://app.example.com//",
            "https://app.example.com?x",
            "https://app.example.com#x",
            "https://a:b@app.example.com",
            "https://app.example.com:",
            "https://app.example.com:99999",
            "https://app.example.com:+80",
            "https://app.example.com:080",
            "https://app example.com",
            "https://m\u{fc}ller.example",
            "1http://a",
            "https://[::1",
            "https://[1.2.3.4]",
            "https://a,https://b",
        ] {
            let problem = Cors::parse(["https://ok.example", text]).unwrap_err();
            assert!(problem.starts_with("entry 2 "), "{text}: {problem}");
        }
        assert!(Cors::parse(["*", "https://ok.example"]).is_err());
    }

    #[test]
    fn only_the_very_origin_is_let_in() {
        let cors = Cors::parse(["https://app.example.com", "http://localhost:5173"]).unwrap().unwrap();
        for (origin, is_let_in) in [
            ("https://app.example.com", true),
            ("http://localhost:5173", true),
            ("http://app.example.com", false),
            ("https://app.example.com:8443", false),
            ("https://app.example.com.evil.example", false),
            ("https://evil.example/https://app.example.com", false),
            ("https://evilapp.example.com", false),
            ("https://x.app.example.com", false),
            ("https://example.com", false),
            ("https://app.example.com/", false),
            ("HTTPS://APP.EXAMPLE.COM", false),
            ("https://app.example.com, http://localhost:5173", false),
            ("http://localhost", false),
            ("null", false),
            ("*", false),
            ("", false),
        ] {
            let mut headers = HeaderMap::new();
            let sent = HeaderValue::from_str(origin).unwrap();
            cors.mark(Some(&sent), &mut headers);
            let allowed = headers.get(ACCESS_CONTROL_ALLOW_ORIGIN);
            assert_eq!(allowed, is_let_in.then_some(&sent), "{origin}");
            assert_eq!(headers.contains_key(ACCESS_CONTROL_ALLOW_CREDENTIALS), is_let_in, "{origin}");
            assert_eq!(headers.get(VARY).unwrap(), "origin");
        }
        let mut headers = HeaderMap::new();
        Cors::Any.mark(Some(&HeaderValue::from_static("https://app.example.com")), &mut headers);
        assert_eq!(headers.get(ACCESS_CONTROL_ALLOW_ORIGIN).unwrap(), "*");
        assert!(!headers.contains_key(ACCESS_CONTROL_ALLOW_CREDENTIALS), "never for every page");
        assert!(Cors::Any.listed().is_empty());
    }
}
