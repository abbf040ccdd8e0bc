//! Going on, and ending it.

use http::StatusCode;
use purlin_core::Error;
use purlin_core::sign_in::SignInEvent;
use purlin_http::{Request, Response};
use uuid::Uuid;

use super::login::wrong;
use super::no_content;
use crate::input::Input;
use crate::service::{Auth, SignedIn};

impl Auth {
    /// With a body, or with the cookie and none.
    pub(crate) async fn refresh(&self, mut request: Request) -> Result<Response, purlin_http::Error> {
        let cookie = self.cookie(&request)?;
        let by_cookie = cookie.is_some();
        let token = refresh_token(cookie, &mut request).await?;
        let continued = self.sessions.refresh(&token, self.now()).await?.ok_or_else(wrong)?;
        let Some(user) = self.users.load(&continued.user).await? else {
            // Gone, or no longer active.
            self.sessions.end(continued.session, self.now()).await?;
            return Err(wrong());
        };
        let signed_in =
            SignedIn { user, key: continued.user, session: continued.session, refresh: continued.token };
        Ok(self.answer(StatusCode::OK, &signed_in, by_cookie).await?)
    }

    /// Ends the session of the access token. Without one, that of the refresh token, so that a client whose
    /// access token has expired can sign out too.
    pub(crate) async fn logout(&self, mut request: Request) -> Result<Response, purlin_http::Error> {
        let cookie = self.cookie(&request)?;
        let verified = request.verified().await.ok().flatten().filter(|it| it.actor.user().is_some());
        let session = verified.as_ref().map(|verified| session_of(verified)).transpose()?.flatten();
        let user = if let (Some(verified), Some(session)) = (verified, session) {
            self.sessions.end(session, self.now()).await?;
            Some(self.user_key(&verified)?)
        } else {
            let token = refresh_token(cookie, &mut request).await?;
            self.sessions.end_by(&token, self.now()).await?
        };
        if let Some(user) = user {
            self.tell(&user, SignInEvent::SignedOut).await;
        }
        let mut response = no_content();
        self.clear_cookie(&mut response)?;
        Ok(response)
    }
}

/// That of the cookie, else of the body.
async fn refresh_token(cookie: Option<String>, request: &mut Request) -> Result<String, purlin_http::Error> {
    if let Some(token) = cookie {
        return Ok(token);
    }
    let mut input = Input::read(request).await?;
    let token = input.text("refreshToken");
    input.finish()?;
    Ok(token)
}

/// Of a token that was verified.
pub(super) fn session_of(verified: &purlin_http::Verified) -> Result<Option<Uuid>, Error> {
    verified.session.as_deref().map(Uuid::parse_str).transpose().map_err(Error::internal)
}
