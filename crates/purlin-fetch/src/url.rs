//! Addresses that may be asked: https anywhere, http on this machine.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

use http::Uri;

use crate::error::{Error, Result};

const LONGEST: usize = 2048;

/// A checked address.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Url {
    text: String,
    uri: Uri,
}

impl Url {
    /// Without user, password or fragment. Plain http is for `localhost` and loopback addresses only.
    pub fn parse(text: &str) -> Result<Self> {
        let is_printable = |byte: u8| byte.is_ascii_graphic();
        if text.len() > LONGEST || !text.bytes().all(is_printable) {
            return Err(Error::Url("must be an address of printable ASCII characters"));
        }
        if text.contains('#') || text.contains('\\') {
            return Err(Error::Url("must be an address without a fragment or backslash"));
        }
        let uri: Uri = text.parse().map_err(|_| Error::Url("must be an https address"))?;
        let authority = uri.authority().ok_or(Error::Url("must be an https address"))?;
        if authority.as_str().contains('@') {
            return Err(Error::Url("must be an address without a user or password"));
        }
        // `http` takes any text for a port and knows none of it.
        let port = authority.as_str().strip_prefix(authority.host()).unwrap_or_default();
        if authority.host().is_empty()
            || (!port.is_empty() && authority.port_u16().is_none_or(|port| port == 0))
        {
            return Err(Error::Url("must be an https address with a host"));
        }
        let url = Self { text: text.to_owned(), uri };
        match url.uri.scheme_str() {
            Some("https") => Ok(url),
            Some("http") if url.is_local() => Ok(url),
            Some("http") => Err(Error::Url("must be an https address; http is for this machine only")),
            _ => Err(Error::Url("must be an https address")),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    pub fn is_https(&self) -> bool {
        self.uri.scheme_str() == Some("https")
    }

    /// Without brackets.
    pub fn host(&self) -> &str {
        let host = self.uri.host().unwrap_or_default();
        host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host)
    }

    pub(crate) fn port(&self) -> u16 {
        self.uri.port_u16().unwrap_or(if self.is_https() { 443 } else { 80 })
    }

    /// As the `Host` header has it.
    pub(crate) fn authority(&self) -> &str {
        self.uri.authority().map_or("", |authority| authority.as_str())
    }

    pub(crate) fn path_and_query(&self) -> &str {
        self.uri.path_and_query().map_or("/", |path| path.as_str())
    }

    /// Named so, or a number that is so.
    fn is_local(&self) -> bool {
        let host = self.host();
        host.eq_ignore_ascii_case("localhost") || host.parse().is_ok_and(is_loopback)
    }
}

pub(crate) fn is_loopback(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_loopback(),
        IpAddr::V6(address) => address == Ipv6Addr::LOCALHOST,
    }
}

impl fmt::Debug for Url {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl fmt::Display for Url {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::Url;

    #[test]
    fn which_addresses_may_be_asked() {
        for (text, is_good) in [
            ("https://accounts.example.com", true),
            ("https://accounts.example.com:8443/a/b?c=d", true),
            ("HTTPS://accounts.example.com/", true),
            ("http://localhost:3000/x", true),
            ("http://127.0.0.1:3000", true),
            ("http://[::1]:3000/", true),
            ("http://accounts.example.com", false),
            ("http://10.0.0.1/", false),
            ("http://localhost.example.com/", false),
            ("http://127.0.0.1.example.com/", false),
            ("http://[::ffff:10.0.0.1]/", false),
            ("https://user:pass@example.com/", false),
            ("https://example.com@evil.example/", false),
            ("https://example.com/#x", false),
            ("https://example.com\\@evil.example/", false),
            ("https://example.com:99999/", false),
            ("https://example.com:0/", false),
            ("https://example.com:/", false),
            ("https:///path", false),
            ("https://", false),
            ("https://exa mple.com/", false),
            ("https://example.com/\r\nx: y", false),
            ("https://exämple.com/", false),
            ("ftp://example.com/", false),
            ("javascript:alert(1)", false),
            ("//example.com/", false),
            ("example.com", false),
            ("/path", false),
            ("", false),
        ] {
            assert_eq!(Url::parse(text).is_ok(), is_good, "{text}");
        }
        assert!(Url::parse(&format!("https://example.com/{}", "a".repeat(2048))).is_err());
        assert_eq!(Url::parse("http://[::1]:80/").unwrap().host(), "::1");
    }
}
