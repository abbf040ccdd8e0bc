//! One request as a handler sees it: head, path parameters, actor, body.

use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, FORWARDED};
use http::request::Parts;
use http::{HeaderMap, Method};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use purlin_core::Actor;

use crate::app::App;
use crate::auth::{Verified, bearer};
use crate::error::Error;
use crate::inbound::Inbound;
use crate::request_id::RequestId;
use crate::router::Params;

#[derive(Debug)]
pub struct Request {
    pub(crate) parts: Parts,
    pub(crate) params: Params,
    pub(crate) body: Inbound,
    pub(crate) id: RequestId,
    pub(crate) app: Arc<App>,
    pub(crate) peer: IpAddr,
}

impl Request {
    pub fn method(&self) -> &Method {
        &self.parts.method
    }

    /// As sent, percent-encoding and all.
    pub fn path(&self) -> &str {
        self.parts.uri.path()
    }

    /// As sent, without the question mark.
    pub fn query(&self) -> Option<&str> {
        self.parts.uri.query()
    }

    pub fn headers(&self) -> &HeaderMap {
        &self.parts.headers
    }

    /// Where the client is: the other end of the connection, or whom a trusted proxy there speaks for.
    pub fn peer(&self) -> IpAddr {
        self.peer
    }

    pub fn id(&self) -> &RequestId {
        &self.id
    }

    /// The path parameter at this position of the route, still percent-encoded.
    pub fn raw_param(&self, position: usize) -> &str {
        self.params.get(self.path(), position).unwrap_or_default()
    }

    /// The same, decoded.
    pub fn param(&self, position: usize) -> Result<Cow<'_, str>, Error> {
        let raw = self.raw_param(position);
        decode(raw).ok_or_else(|| Error::bad_request("the path holds bytes that are not UTF-8 text"))
    }

    /// Who calls. Fails when credentials were given that are not good.
    pub async fn actor(&self) -> Result<Actor, Error> {
        self.app.authenticator().actor(&self.parts.headers).await
    }

    /// The token that was given, `None` without one.
    pub async fn verified(&self) -> Result<Option<Arc<Verified>>, Error> {
        self.app.authenticator().verified(&self.parts.headers).await
    }

    /// Whether the client is on this machine, and nothing says that it only speaks for another.
    pub(crate) fn is_local(&self) -> bool {
        let signs = [FORWARDED.as_str(), "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via"];
        self.peer.is_loopback() && !signs.iter().any(|name| self.headers().contains_key(*name))
    }

    /// The bytes of the bearer token, whatever they are worth.
    pub(crate) fn bearer(&self) -> Result<Option<&[u8]>, Error> {
        bearer::given(&self.parts.headers)
    }

    /// The body of a request that must be JSON, not yet parsed.
    pub async fn json_body(&mut self) -> Result<Bytes, Error> {
        check_json(&self.parts.headers)?;
        self.read_body().await
    }

    /// The whole body, within the limits of size and time.
    pub async fn read_body(&mut self) -> Result<Bytes, Error> {
        check_encoding(&self.parts.headers)?;
        let limits = *self.app.limits();
        let announced =
            self.parts.headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
        if announced.is_some_and(|length: u64| length > u64::try_from(limits.body_bytes).unwrap_or(u64::MAX))
        {
            return Err(too_large(limits.body_bytes));
        }
        let Some(mut body) = self.body.take() else { return Ok(Bytes::new()) };
        match tokio::time::timeout(limits.body_timeout, collect(&mut body, limits.body_bytes)).await {
            Ok(Err(error @ Error::Core(_))) => {
                // What is left of it is read before the answer, so that the client gets to see that.
                self.body.put_back(body);
                Err(error)
            }
            Ok(result) => result,
            Err(_) => Err(Error::Protocol(format!(
                "the body did not arrive within {} s",
                limits.body_timeout.as_secs()
            ))),
        }
    }
}

async fn collect(body: &mut Incoming, limit: usize) -> Result<Bytes, Error> {
    let mut first = Bytes::new();
    let mut joined = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame =
            frame.map_err(|_| Error::Protocol("the body broke off or is not well formed".to_owned()))?;
        let Ok(data) = frame.into_data() else { continue };
        if first.len() + joined.len() + data.len() > limit {
            return Err(too_large(limit));
        }
        // Small bodies come in one piece, which is then used as it is.
        if first.is_empty() && joined.is_empty() {
            first = data;
        } else {
            joined.extend_from_slice(&std::mem::take(&mut first));
            joined.extend_from_slice(&data);
        }
    }
    Ok(if joined.is_empty() { first } else { joined.freeze() })
}

fn too_large(limit: usize) -> Error {
    Error::Core(purlin_core::Error::TooLarge(format!("a body may have at most {limit} bytes")))
}

fn check_encoding(headers: &HeaderMap) -> Result<(), Error> {
    let mut given = headers.get_all(CONTENT_ENCODING).iter();
    let is_plain = given.all(|value| value.as_bytes().eq_ignore_ascii_case(b"identity"));
    if is_plain { Ok(()) } else { Err(Error::ContentEncoding) }
}

fn check_json(headers: &HeaderMap) -> Result<(), Error> {
    let mut given = headers.get_all(CONTENT_TYPE).iter();
    let is_json = match (given.next(), given.next()) {
        (Some(only), None) => only.to_str().is_ok_and(is_json),
        _ => false,
    };
    if is_json {
        Ok(())
    } else {
        Err(Error::MediaType("send the body as JSON, with `content-type: application/json`".to_owned()))
    }
}

/// `application/json` or `application/…+json`, in UTF-8.
fn is_json(content_type: &str) -> bool {
    let mut parts = content_type.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default().to_ascii_lowercase();
    let is_json_type =
        essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"));
    is_json_type
        && parts.filter_map(|part| part.split_once('=')).all(|(name, value)| {
            !name.trim().eq_ignore_ascii_case("charset")
                || value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
        })
}

/// Percent-decoding; `None` for what is not UTF-8 or not an escape.
fn decode(raw: &str) -> Option<Cow<'_, str>> {
    if !raw.contains('%') {
        return Some(Cow::Borrowed(raw));
    }
    let mut bytes = Vec::with_capacity(raw.len());
    let mut rest = raw.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let high = char::from(rest.next()?).to_digit(16)?;
            let low = char::from(rest.next()?).to_digit(16)?;
            bytes.push(u8::try_from(high * 16 + low).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok().map(Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::{decode, is_json};

    #[test]
    fn content_types() {
        for (text, expected) in [
            ("application/json", true),
            ("Application/JSON; charset=UTF-8", true),
            ("application/json;charset=\"utf-8\"", true),
            ("application/merge-patch+json", true),
            ("application/json; charset=latin1", false),
            ("text/json", false),
            ("text/plain", false),
            ("application/jsonp", false),
            ("", false),
        ] {
            assert_eq!(is_json(text), expected, "{text}");
        }
    }

    #[test]
    fn percent_decoding() {
        for (raw, expected) in [
            ("abc", Some("abc")),
            ("a%2Fb%2cc", Some("a/b,c")),
            ("%C3%A4", Some("ä")),
            ("a+b", Some("a+b")),
            ("%", None),
            ("%4", None),
            ("%zz", None),
            ("%+1", None),
            ("%ff", None),
        ] {
            assert_eq!(decode(raw).as_deref(), expected, "{raw}");
        }
    }
}
