//! Signing in at a provider: the browser goes there, comes back, and takes a code to the front end.
//!
//! What began is kept by the browser itself, in a sealed cookie; who comes back without it did not begin. Every
//! way back leads to the front end, with a code that is good once or with the code of an error.

use http::header::{COOKIE, LOCATION, SET_COOKIE};
use http::{HeaderValue, StatusCode};
use purlin_core::Error;
use purlin_http::{Request, Response, empty, json};
use serde_json::json;

use super::identity::Refused;
use super::refresh::session_of;
use crate::input::Input;
use crate::oauth::{Failure, LIFETIME, Linking, Pending, Provider, Query, Target, is_challenge};
use crate::service::Auth;

/// What comes back does not belong to what this browser began, or comes too late.
const EXPIRED: &str = "SIGN_IN_EXPIRED";
const ACCESS_DENIED: &str = "ACCESS_DENIED";
/// Of what a provider says went wrong.
const LONGEST_REASON: usize = 60;

/// What the browser brings back.
struct Back {
    code: Option<String>,
    state: String,
    issuer: Option<String>,
    error: Option<String>,
}

impl Auth {
    /// Sends the browser to the provider.
    pub(crate) async fn begin_oauth(&self, request: Request) -> Result<Response, purlin_http::Error> {
        let provider = self.provider(&request)?;
        let mut query = Query::parse(request.query())?;
        let redirect = query.take("redirect").unwrap_or_else(|| "/".to_owned());
        let challenge = query.take("code_challenge");
        let method = query.take("code_challenge_method");
        query.finish()?;
        let bad = |message: &str| purlin_http::Error::bad_request(message);
        if challenge.as_deref().is_some_and(|challenge| !is_challenge(challenge)) {
            return Err(bad(
                "code_challenge must be the SHA-256 of a verifier, as 43 characters of base64url",
            ));
        }
        if method.is_some_and(|method| method != "S256") {
            return Err(bad("code_challenge_method must be S256"));
        }
        let target = self.target(&redirect)?;
        let pending = Pending::begin(provider.name(), &redirect, challenge, None, self.now())?;
        match provider.authorize_url(&pending).await {
            Ok(url) => {
                let mut response = see_other(&url)?;
                self.set_pending(&mut response, &pending.seal(&self.key)?, LIFETIME.as_secs())?;
                Ok(response)
            }
            Err(failure) => Ok(see_other(&target.with("error", told(provider, &failure)))?),
        }
    }

    /// The same for who is signed in and adds an identity. The page follows the address by itself, with the
    /// cookie that this answer has set: an address that somebody was sent is worth nothing.
    pub(crate) async fn begin_link(&self, mut request: Request) -> Result<Response, purlin_http::Error> {
        let provider = self.provider(&request)?;
        let (verified, user) = self.signed_in(&request).await?;
        let mut input = Input::read(&mut request).await?;
        let redirect = input.optional_text("redirect").unwrap_or_else(|| "/".to_owned());
        input.finish()?;
        self.target(&redirect)?;
        let linking = Linking { user, session: session_of(&verified)? };
        let pending = Pending::begin(provider.name(), &redirect, None, Some(linking), self.now())?;
        let url = provider.authorize_url(&pending).await.map_err(|failure| {
            told(provider, &failure);
            Error::Unavailable("the provider cannot be reached; try again".to_owned())
        })?;
        let mut response = json(StatusCode::OK, json!({ "data": { "url": url } }).to_string());
        self.set_pending(&mut response, &pending.seal(&self.key)?, LIFETIME.as_secs())?;
        Ok(response)
    }

    /// Takes the browser back. The cookie is used up by this, whatever comes of it.
    pub(crate) async fn end_oauth(&self, request: Request) -> Result<Response, purlin_http::Error> {
        let provider = self.provider(&request)?;
        let place = match self.come_back(provider, &request) {
            None => self.targets.front().with("error", EXPIRED),
            Some((pending, target, back)) => self.finish(provider, &pending, &target, back).await,
        };
        let mut response = see_other(&place)?;
        self.set_pending(&mut response, "", 0)?;
        Ok(response)
    }

    /// `None` unless this browser began it.
    fn come_back(&self, provider: &Provider, request: &Request) -> Option<(Pending, Target, Back)> {
        let mut query = Query::parse(request.query()).ok()?;
        let back = Back {
            code: query.take("code"),
            state: query.take("state")?,
            issuer: query.take("iss"),
            error: query.take("error"),
        };
        let sealed = pending_cookie(request, self.pending_name())?;
        let pending = Pending::open(&self.key, &sealed, provider.name(), &back.state, self.now())?;
        let target = self.targets.check(&pending.redirect)?;
        Some((pending, target, back))
    }

    /// Where the browser goes now.
    async fn finish(&self, provider: &Provider, pending: &Pending, target: &Target, back: Back) -> String {
        let identity = match self.identify(provider, pending, back).await {
            Ok(identity) => identity,
            Err(code) => return target.with("error", code),
        };
        let outcome = match &pending.linking {
            Some(linking) => {
                self.add_identity(&identity, linking).await.map(|()| ("linked", provider.name().to_owned()))
            }
            None => self.code_for(&identity, pending).await.map(|code| ("code", code)),
        };
        match outcome {
            Ok((name, value)) => target.with(name, &value),
            Err(refused) => {
                match &refused {
                    Refused::Failed(error) => {
                        tracing::error!(provider = provider.name(), %error, cause = ?error, "a sign-in failed");
                    }
                    refused => {
                        tracing::info!(
                            provider = provider.name(),
                            reason = refused.code(),
                            "a sign-in was refused"
                        );
                    }
                }
                target.with("error", refused.code())
            }
        }
    }

    /// Or the code of the error.
    async fn identify(
        &self,
        provider: &Provider,
        pending: &Pending,
        back: Back,
    ) -> Result<crate::identities::Identity, &'static str> {
        provider.check_issuer(back.issuer.as_deref()).await.map_err(|failure| told(provider, &failure))?;
        if let Some(error) = back.error {
            if error == "access_denied" {
                return Err(ACCESS_DENIED);
            }
            let reason: String = error.chars().filter(char::is_ascii_graphic).take(LONGEST_REASON).collect();
            return Err(told(provider, &Failure::Refused(format!("it says {reason}"))));
        }
        let Some(code) = back.code else {
            return Err(told(provider, &Failure::Refused("it gave no code".to_owned())));
        };
        let found = provider.identify(&code, pending, self.now()).await;
        found.map_err(|failure| told(provider, &failure))
    }

    async fn code_for(
        &self,
        identity: &crate::identities::Identity,
        pending: &Pending,
    ) -> Result<String, Refused> {
        let user = self.user_of_identity(identity, None).await?;
        Ok(self.exchange_codes.make(&user, pending.challenge.as_deref(), self.now()).await?)
    }

    /// The session that asked for it must be there still.
    async fn add_identity(
        &self,
        identity: &crate::identities::Identity,
        linking: &Linking,
    ) -> Result<(), Refused> {
        let has_ended = match linking.session {
            Some(session) => !self.sessions.goes_on(&linking.user, session, self.now()).await?,
            None => false,
        };
        if has_ended || self.users.load(&linking.user).await?.is_none() {
            return Err(Refused::Inactive);
        }
        self.user_of_identity(identity, Some(&linking.user)).await.map(|_| ())
    }

    fn provider(&self, request: &Request) -> Result<&Provider, Error> {
        self.providers.find(request.raw_param(0)).ok_or(Error::NotFound)
    }

    fn target(&self, redirect: &str) -> Result<Target, Error> {
        self.targets.check(redirect).ok_or_else(|| {
            let text = "redirect must be a path of the front end such as /welcome, or begin with an origin that \
                        is allowed";
            Error::BadRequest(text.to_owned())
        })
    }

    /// Under the first name no neighbour below the same domain can plant one, and so make somebody end what
    /// another has begun: browsers keep it for the server itself only (RFC 6265bis, 4.1.3.2).
    fn pending_name(&self) -> &'static str {
        if self.settings.secure_cookies { "__Host-purlin_oauth" } else { "purlin_oauth" }
    }

    fn set_pending(&self, response: &mut Response, value: &str, seconds: u64) -> Result<(), Error> {
        let secure = if self.settings.secure_cookies { "; Secure" } else { "" };
        let name = self.pending_name();
        // Lax: the browser comes back from another site.
        let text = format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
        let mut header = HeaderValue::from_str(&text).map_err(Error::internal)?;
        header.set_sensitive(true);
        response.headers_mut().append(SET_COOKIE, header);
        Ok(())
    }
}

/// The only one: without TLS a neighbour below the same domain can plant a second.
fn pending_cookie(request: &Request, wanted: &str) -> Option<String> {
    let texts = request.headers().get_all(COOKIE).iter().filter_map(|header| header.to_str().ok());
    let pairs = texts.flat_map(|text| text.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let mut found = pairs.filter(|(name, _)| *name == wanted).map(|(_, value)| value);
    match (found.next(), found.next()) {
        (Some(only), None) => Some(only.to_owned()),
        _ => None,
    }
}

/// 303: whatever the browser did to come here, it goes on with a GET.
fn see_other(place: &str) -> Result<Response, Error> {
    let mut response = empty(StatusCode::SEE_OTHER);
    let mut place = HeaderValue::from_str(place).map_err(Error::internal)?;
    place.set_sensitive(true);
    response.headers_mut().insert(LOCATION, place);
    Ok(response)
}

/// To the operator; the browser learns the code.
fn told(provider: &Provider, failure: &Failure) -> &'static str {
    tracing::warn!(provider = provider.name(), reason = %failure, "a provider did not sign somebody in");
    failure.code()
}
