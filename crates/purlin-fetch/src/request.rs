//! What is asked.

use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderName};
use http::{HeaderMap, HeaderValue, Method};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::error::{Error, Result};
use crate::url::Url;

/// What a form leaves as it is; the URL standard's set, where a space becomes a plus.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'*').remove(b'-').remove(b'.').remove(b'_');

/// Its `Debug` shows where it goes, and nothing else: the rest may be secret.
pub struct Request {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Request {
    pub fn get(url: &Url) -> Self {
        Self { method: Method::GET, url: url.clone(), headers: HeaderMap::new(), body: Bytes::new() }
    }

    pub fn post(url: &Url, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        Self { method: Method::POST, url: url.clone(), headers, body: body.into() }
    }

    /// As a browser sends the fields of a form.
    pub fn form(url: &Url, fields: &[(&str, &str)]) -> Self {
        Self::post(url, "application/x-www-form-urlencoded", form(fields))
    }

    #[must_use]
    pub fn accepting(mut self, content_type: &'static str) -> Self {
        self.headers.insert(ACCEPT, HeaderValue::from_static(content_type));
        self
    }

    pub fn bearer(self, token: &str) -> Result<Self> {
        self.secret_header(AUTHORIZATION, &format!("Bearer {token}"))
    }

    /// RFC 7617, with name and password as they stand.
    pub fn basic(self, name: &str, password: &str) -> Result<Self> {
        let text = BASE64_STANDARD.encode(format!("{name}:{password}"));
        self.secret_header(AUTHORIZATION, &format!("Basic {text}"))
    }

    fn secret_header(mut self, name: HeaderName, value: &str) -> Result<Self> {
        let value = HeaderValue::from_str(value);
        let mut value = value.map_err(|_| Error::Request(format!("{name} cannot hold this text")))?;
        value.set_sensitive(true);
        self.headers.insert(name, value);
        Ok(self)
    }
}

/// `a=b&c=d`, encoded for a form or a query.
pub fn form(fields: &[(&str, &str)]) -> String {
    let pairs: Vec<String> =
        fields.iter().map(|(name, value)| format!("{}={}", form_text(name), form_text(value))).collect();
    pairs.join("&")
}

pub fn form_text(text: &str) -> String {
    utf8_percent_encode(text, ESCAPED).to_string().replace("%20", "+")
}

impl fmt::Debug for Request {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.method, self.url.host())
    }
}
