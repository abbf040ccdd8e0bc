//! Who a request comes from, when proxies stand in between: what a trusted one says in
//! `X-Forwarded-For`, or else in `Forwarded` (RFC 7239). What others say is not even looked at.

use std::net::{IpAddr, SocketAddr};

use http::HeaderMap;
use http::header::{FORWARDED, HeaderName};

use crate::network::Network;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The proxies whose word counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<Network>);

impl TrustedProxies {
    /// Addresses, networks such as `10.0.0.0/8`, and the words `loopback` and `private`. The message says
    /// which of them is none of these.
    pub fn parse<'t>(given: impl IntoIterator<Item = &'t str>) -> Result<Self, String> {
        let mut networks = Vec::new();
        for (index, text) in given.into_iter().enumerate() {
            let parsed = Network::parse(text).map_err(|problem| format!("entry {} {problem}", index + 1))?;
            networks.extend(parsed);
        }
        Ok(Self(networks))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn hold(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.holds(address))
    }

    /// The client's address, for a request whose connection comes from `peer`. Each proxy adds whom it
    /// talks to at the right, so the rightmost that is not trusted is the last that can be believed. What is
    /// no address ends the search: behind it anything may have been made up.
    pub(crate) fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        if !self.hold(peer) {
            return peer;
        }
        if headers.contains_key(X_FORWARDED_FOR) {
            let values = headers.get_all(X_FORWARDED_FOR).iter().rev();
            return self.last_believed(
                peer,
                values.flat_map(|value| value.as_bytes().rsplit(|byte| *byte == b',').map(node)),
            );
        }
        let values = headers.get_all(FORWARDED).iter().rev();
        self.last_believed(
            peer,
            values.flat_map(|value| split_from_right(value.as_bytes(), b',').map(forwarded_for)),
        )
    }

    fn last_believed(&self, peer: IpAddr, hops: impl Iterator<Item = Option<IpAddr>>) -> IpAddr {
        let mut believed = peer;
        for hop in hops {
            let Some(hop) = hop else { break };
            believed = hop;
            if !self.hold(hop) {
                break;
            }
        }
        believed
    }
}

/// An address, with or without a port; IPv6 with a port is in brackets. `unknown` and names that hide an
/// address (RFC 7239, 6) are none.
fn node(text: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(text).ok()?.trim_matches([' ', '\t']);
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let address = match bare {
        Some(inside) => IpAddr::V6(inside.parse().ok()?),
        None => text.parse().or_else(|_| text.parse().map(|with_port: SocketAddr| with_port.ip())).ok()?,
    };
    Some(address.to_canonical())
}

/// The `for` of one element, such as `for="[2001:db8::1]:4711";proto=https`.
fn forwarded_for(element: &[u8]) -> Option<IpAddr> {
    let mut found = None;
    for pair in split_from_right(element, b';') {
        let pair = pair.trim_ascii();
        let Some((name, value)) = pair.split_at_checked(4) else { continue };
        if name.eq_ignore_ascii_case(b"for=") {
            let value = value.strip_prefix(b"\"").map_or(Some(value), |rest| rest.strip_suffix(b"\""))?;
            // Said twice it is nobody's word.
            if found.replace(node(value)?).is_some() {
                return None;
            }
        }
    }
    found
}

/// Splits outside quotes, beginning at the right: a client that leaves a quote open on the left would hide
/// what the proxies have added.
fn split_from_right(text: &[u8], separator: u8) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let whole = rest?;
        let mut is_quoted = false;
        let at = whole.iter().rposition(|byte| {
            is_quoted ^= *byte == b'"';
            *byte == separator && !is_quoted
        });
        let (before, part) = match at {
            Some(at) => (whole.get(..at), whole.get(at + 1..)),
            None => (None, Some(whole)),
        };
        rest = before;
        part
    })
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    /// The headers are lines; `proxies` are separated by blanks.
    #[track_caller]
    fn check(proxies: &str, peer: &str, headers: &[&str], expected: &str) {
        let proxies = TrustedProxies::parse(proxies.split_whitespace()).unwrap();
        let mut map = HeaderMap::new();
        for header in headers {
            let (name, value) = header.split_once(": ").unwrap();
            map.append(
                HeaderName::from_bytes(name.as_bytes()).unwrap(),
                HeaderValue::from_bytes(value.as_bytes()).unwrap(),
            );
        }
        let found = proxies.client(peer.parse::<IpAddr>().unwrap().to_canonical(), &map);
        assert_eq!(found.to_string(), expected, "{proxies:?} {peer} {headers:?}");
    }

    #[test]
    fn only_trusted_peers_are_believed() {
        let forged = ["x-forwarded-for: 1.1.1.1", "forwarded: for=1.1.1.1"];
        check("", "9.9.9.9", &forged, "9.9.9.9");
        check("loopback", "9.9.9.9", &forged, "9.9.9.9");
        check("loopback", "10.0.0.1", &forged, "10.0.0.1");
        check("private", "127.0.0.1", &forged, "127.0.0.1");
        check("10.0.0.0/24", "10.0.1.1", &forged, "10.0.1.1");
        check("loopback", "127.0.0.1", &forged, "1.1.1.1");
        check("loopback", "::1", &forged, "1.1.1.1");
        check("loopback", "::ffff:127.0.0.1", &forged, "1.1.1.1");
        check("private", "fd00::1", &forged, "1.1.1.1");
        check("10.0.0.0/24", "10.0.0.255", &forged, "1.1.1.1");
        check("loopback", "127.0.0.1", &[], "127.0.0.1");
    }

    #[test]
    fn the_rightmost_that_is_not_trusted() {
        let check = |header: &str, expected| {
            check("loopback 10.0.0.0/8 2001:db8:a::/48", "10.0.0.1", &[header], expected);
        };
        for (list, expected) in [
            ("1.1.1.1", "1.1.1.1"),
            ("6.6.6.6, 1.1.1.1", "1.1.1.1"),
            ("6.6.6.6, 1.1.1.1, 10.0.0.9", "1.1.1.1"),
            ("6.6.6.6,1.1.1.1,10.0.0.9,127.0.0.1", "1.1.1.1"),
            ("10.0.0.3, 10.0.0.2", "10.0.0.3"),
            (" \t1.1.1.1\t ", "1.1.1.1"),
            ("1.1.1.1:8080", "1.1.1.1"),
            ("2001:DB8::1", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("[2001:db8::1]:443", "2001:db8::1"),
            ("1.1.1.1, 2001:db8:a::5", "1.1.1.1"),
            ("::ffff:1.1.1.1", "1.1.1.1"),
            ("1.1.1.1, ::ffff:10.0.0.7", "1.1.1.1"),
            // What is no address ends the search at who has said so.
            ("", "10.0.0.1"),
            ("unknown", "10.0.0.1"),
            ("_hidden", "10.0.0.1"),
            ("1.1.1.1,", "10.0.0.1"),
            ("1.1.1.1, unknown, 10.0.0.9", "10.0.0.9"),
            ("010.1.1.1", "10.0.0.1"),
            ("1.1.1", "10.0.0.1"),
            ("1.1.1.1 2.2.2.2", "10.0.0.1"),
            ("1.1.1.1:99999", "10.0.0.1"),
            ("[1.1.1.1]", "10.0.0.1"),
            ("fe80::1%eth0", "10.0.0.1"),
            ("\"1.1.1.1\"", "10.0.0.1"),
            ("\u{e4}", "10.0.0.1"),
        ] {
            check(&format!("x-forwarded-for: {list}"), expected);
        }
        for (list, expected) in [
            ("for=1.1.1.1", "1.1.1.1"),
            ("For=\"[2001:db8::1]:4711\";proto=https;by=10.0.0.1", "2001:db8::1"),
            ("proto=http; for=1.1.1.1", "1.1.1.1"),
            ("for=6.6.6.6, for=\"1.1.1.1:80\", for=10.0.0.9", "1.1.1.1"),
            ("for=6.6.6.6;host=\"a, for=7.7.7.7\", for=1.1.1.1", "1.1.1.1"),
            ("for=1.1.1.1;host=\"a, for=7.7.7.7\"", "1.1.1.1"),
            ("for=\"6.6.6.6, for=1.1.1.1", "1.1.1.1"),
            ("for=\"_x;\\\", for=1.1.1.1", "1.1.1.1"),
            ("for=unknown", "10.0.0.1"),
            ("for=_gazonk, for=10.0.0.9", "10.0.0.9"),
            ("for=1.1.1.1;for=2.2.2.2", "10.0.0.1"),
            ("for=\"1.1.1.1", "10.0.0.1"),
            ("proto=https", "10.0.0.1"),
            ("for = 1.1.1.1", "10.0.0.1"),
            ("", "10.0.0.1"),
        ] {
            check(&format!("forwarded: {list}"), expected);
        }
    }

    #[test]
    fn many_headers_are_one_list_and_the_usual_one_wins() {
        let check = |headers: &[&str], expected| check("loopback", "127.0.0.1", headers, expected);
        check(&["x-forwarded-for: 6.6.6.6", "x-forwarded-for: 1.1.1.1"], "1.1.1.1");
        check(&["x-forwarded-for: 1.1.1.1", "x-forwarded-for: 127.0.0.2"], "1.1.1.1");
        check(&["x-forwarded-for: 1.1.1.1", "x-forwarded-for: junk"], "127.0.0.1");
        check(&["forwarded: for=6.6.6.6", "forwarded: for=1.1.1.1"], "1.1.1.1");
        check(&["forwarded: for=6.6.6.6", "x-forwarded-for: 1.1.1.1"], "1.1.1.1");
        check(&["forwarded: for=6.6.6.6", "x-forwarded-for: unknown"], "127.0.0.1");
        check(&["x-real-ip: 6.6.6.6", "client-ip: 6.6.6.6"], "127.0.0.1");
        let long = format!("x-forwarded-for: {}1.1.1.1", "6.6.6.6, ".repeat(3000));
        check(&[&long], "1.1.1.1");
    }
}
