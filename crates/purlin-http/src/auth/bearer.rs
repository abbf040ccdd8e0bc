//! The `Authorization` header.

use http::HeaderMap;
use http::header::AUTHORIZATION;

use crate::error::Error;

/// The bytes given as a bearer token, `None` without the header. Two headers are refused: who reads which
/// of them is a way to be somebody else.
pub(crate) fn given(headers: &HeaderMap) -> Result<Option<&[u8]>, Error> {
    let mut given = headers.get_all(AUTHORIZATION).iter();
    let Some(value) = given.next() else { return Ok(None) };
    if given.next().is_some() {
        return Err(Error::Token);
    }
    let (scheme, rest) = value.as_bytes().split_at_checked(SCHEME.len()).ok_or(Error::Token)?;
    let token = rest.strip_prefix(b" ").ok_or(Error::Token)?.trim_ascii();
    if scheme.eq_ignore_ascii_case(SCHEME) && !token.is_empty() { Ok(Some(token)) } else { Err(Error::Token) }
}

/// As a text, if it can be a token at all.
pub(super) fn text(token: &[u8]) -> Option<&str> {
    token.iter().copied().all(is_token_byte).then(|| std::str::from_utf8(token).ok())?
}

const SCHEME: &[u8] = b"bearer";

/// Of `token68` in RFC 9110.
fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'+' | b'/' | b'=')
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[track_caller]
    fn check(values: &[&[u8]], expected: Result<Option<&str>, ()>) {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, HeaderValue::from_bytes(value).unwrap());
        }
        let found = given(&headers).and_then(|bytes| match bytes {
            None => Ok(None),
            Some(bytes) => text(bytes).map(Some).ok_or(Error::Token),
        });
        assert_eq!(found.map_err(drop), expected, "{values:?}");
    }

    #[test]
    fn one_bearer_token_or_none() {
        check(&[], Ok(None));
        check(&[b"Bearer a.b.c"], Ok(Some("a.b.c")));
        check(&[b"bearer  a.b.c "], Ok(Some("a.b.c")));
        check(&[b"Bearer a.b.c", b"Bearer a.b.c"], Err(()));
        for bad in [
            &b""[..],
            b"Bearer",
            b"Bearer ",
            b"Basic YTpi",
            b"Bearer a b",
            b"Bearer a,b",
            b"Bearer \xff",
            b"a.b.c",
        ] {
            check(&[bad], Err(()));
        }
    }
}
