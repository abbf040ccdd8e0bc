//! The `Authorization` header.

use http::HeaderMap;
use http::header::AUTHORIZATION;

use crate::error::Error;

/// The bearer token, `None` without the header. Two headers are refused: who reads which of
/// them is a way to be somebody else.
pub(super) fn token(headers: &HeaderMap) -> Result<Option<&str>, Error> {
    let mut given = headers.get_all(AUTHORIZATION).iter();
    let Some(value) = given.next() else { return Ok(None) };
    if given.next().is_some() {
        return Err(Error::Token);
    }
    let text = value.to_str().map_err(|_| Error::Token)?;
    let (scheme, token) = text.split_once(' ').ok_or(Error::Token)?;
    let token = token.trim_matches(' ');
    let is_token = !token.is_empty() && token.bytes().all(is_token_byte);
    if scheme.eq_ignore_ascii_case("bearer") && is_token { Ok(Some(token)) } else { Err(Error::Token) }
}

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
        assert_eq!(token(&headers).map_err(drop), expected, "{values:?}");
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
