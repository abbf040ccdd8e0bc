//! Answers that hold tokens, and the cookie of browsers.
//!
//! The refresh token may be kept in a cookie that no script sees. A request that is made with the cookie must
//! come from the server's own origin or one that is allowed: `SameSite` alone is no defence against a
//! neighbour below the same domain (OWASP, Cross-Site Request Forgery Prevention).

use http::header::{COOKIE, HOST, ORIGIN, SET_COOKIE};
use http::{HeaderValue, StatusCode};
use purlin_core::Error;
use purlin_http::{Request, Response, empty, json};
use zeroize::Zeroizing;

use crate::service::{Auth, SignedIn};

const COOKIE_NAME: &str = "purlin_refresh";

impl Auth {
    /// `{"data":{"user","accessToken","refreshToken","expiresIn"}}`; with a cookie without the refresh token.
    pub(crate) async fn answer(
        &self,
        status: StatusCode,
        signed_in: &SignedIn,
        by_cookie: bool,
    ) -> Result<Response, Error> {
        let access = self.tokens.sign(&signed_in.key, signed_in.session, self.now());
        let access = access.map_err(crate::Error::into_core)?;
        let refresh = signed_in.refresh.to_text();
        let mut body = Vec::with_capacity(1024);
        body.extend_from_slice(b"{\"data\":{\"user\":");
        body.extend_from_slice(&self.users.shown(&signed_in.user, &signed_in.key).await?);
        // Tokens are made of letters, digits and a few signs that JSON does not mind.
        body.extend_from_slice(b",\"accessToken\":\"");
        body.extend_from_slice(access.token.as_bytes());
        if !by_cookie {
            body.extend_from_slice(b"\",\"refreshToken\":\"");
            body.extend_from_slice(refresh.as_bytes());
        }
        body.extend_from_slice(b"\",\"expiresIn\":");
        body.extend_from_slice(access.expires_in.as_secs().to_string().as_bytes());
        body.extend_from_slice(b"}}");
        let mut response = json(status, body);
        if by_cookie {
            let age = self.settings.session_idle.as_secs();
            self.set_cookie(&mut response, &refresh, age)?;
        }
        Ok(response)
    }

    /// The cookie is taken away.
    pub(crate) fn clear_cookie(&self, response: &mut Response) -> Result<(), Error> {
        self.set_cookie(response, "", 0)
    }

    fn set_cookie(&self, response: &mut Response, value: &str, seconds: u64) -> Result<(), Error> {
        let secure = if self.settings.secure_cookies { "; Secure" } else { "" };
        let path = &self.settings.base_path;
        let text = Zeroizing::new(format!(
            "{COOKIE_NAME}={value}; Path={path}; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}"
        ));
        let mut header = HeaderValue::from_str(&text).map_err(Error::internal)?;
        header.set_sensitive(true);
        response.headers_mut().append(SET_COOKIE, header);
        Ok(())
    }

    /// The refresh token of the cookie, if there is one. A request from a foreign page is refused.
    pub(crate) fn cookie(&self, request: &Request) -> Result<Option<String>, Error> {
        let mut found = None;
        for header in request.headers().get_all(COOKIE) {
            let Ok(text) = header.to_str() else { continue };
            for pair in text.split(';') {
                let Some((name, value)) = pair.trim().split_once('=') else { continue };
                if name != COOKIE_NAME {
                    continue;
                }
                // A neighbour below the same domain can plant a second one.
                if found.replace(value.to_owned()).is_some() {
                    return Err(Error::Denied("there are two refresh cookies".to_owned()));
                }
            }
        }
        if found.is_some() && !self.is_own_origin(request) {
            return Err(Error::Denied(
                "a request with a cookie must come from an origin that is allowed".to_owned(),
            ));
        }
        Ok(found)
    }

    fn is_own_origin(&self, request: &Request) -> bool {
        let text = |name| request.headers().get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        // Browsers send it with every POST; others have no cookies that they did not set themselves.
        let Some(origin) = text(ORIGIN) else { return false };
        let is_host = origin.split_once("://").is_some_and(|(_, authority)| {
            text(HOST).is_some_and(|host| host.eq_ignore_ascii_case(authority))
        });
        is_host || self.settings.origins.iter().any(|allowed| allowed.eq_ignore_ascii_case(origin))
    }
}

/// 202: whatever there was to do is being done.
pub(crate) fn accepted(message: &str) -> Response {
    json(StatusCode::ACCEPTED, serde_json::json!({ "data": { "message": message } }).to_string())
}

pub(crate) fn no_content() -> Response {
    empty(StatusCode::NO_CONTENT)
}
