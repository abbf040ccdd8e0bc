//! Turning the second factor on and off, and asking for it.

use http::StatusCode;
use purlin_core::Error;
use purlin_core::sign_in::SignInEvent;
use purlin_http::{Request, Response, json};
use serde_json::json;

use super::account::not_the_password;
use super::no_content;
use crate::input::Input;
use crate::password::Verdict;
use crate::service::Auth;

impl Auth {
    /// The secret, for an authenticator app. Nothing is asked for it yet.
    pub(crate) async fn begin_totp(&self, request: Request) -> Result<Response, purlin_http::Error> {
        let (_, user) = self.signed_in(&request).await?;
        let row = self.users.by_key(&user).await?.ok_or(Error::Unauthenticated)?;
        let account = self.users.email_of(&row)?.unwrap_or_else(|| user.clone());
        let secret = self.second_factors.begin(&user).await?;
        let body = json!({ "data": {
            "secret": secret.to_base32().as_str(),
            "uri": secret.to_uri(&self.settings.app_name, &account).as_str(),
        }});
        Ok(json(StatusCode::OK, body.to_string()))
    }

    pub(crate) async fn turn_totp_on(&self, mut request: Request) -> Result<Response, purlin_http::Error> {
        let (_, user) = self.signed_in(&request).await?;
        let mut input = Input::read(&mut request).await?;
        let code = input.text("code");
        input.finish()?;
        let account = format!("second factor of {user}");
        self.begin_guess(&account, &request)?;
        let Some(codes) = self.second_factors.turn_on(&user, &code, self.now()).await? else {
            return Err(Error::invalid("code", "is not the code that your app shows now").into());
        };
        self.guessed_right(&account, &request);
        self.tell(&user, SignInEvent::SecondFactorOn).await;
        let codes: Vec<String> = codes.iter().map(|code| code.to_text().to_string()).collect();
        Ok(json(StatusCode::OK, json!({ "data": { "recoveryCodes": codes } }).to_string()))
    }

    /// Needs the password too, and a code: a session that was left open is not enough.
    pub(crate) async fn turn_totp_off(&self, mut request: Request) -> Result<Response, purlin_http::Error> {
        let (_, user) = self.signed_in(&request).await?;
        let mut input = Input::read(&mut request).await?;
        let (password, code) = (input.text("password"), input.text("code"));
        input.finish()?;
        let account = format!("second factor of {user}");
        self.begin_guess(&account, &request)?;
        let row = self.users.by_key(&user).await?.ok_or(Error::Unauthenticated)?;
        let stored = self.users.password_of(&row)?;
        if self.hasher.verify(&password, stored.as_deref()).await? == Verdict::Mismatch {
            return Err(not_the_password("password", stored.as_deref()).into());
        }
        if !self.second_factors.accepts(&user, &code, self.now()).await? {
            return Err(Error::invalid("code", "is not the code that your app shows now").into());
        }
        self.guessed_right(&account, &request);
        self.second_factors.turn_off(&user).await?;
        self.tell(&user, SignInEvent::SecondFactorOff).await;
        Ok(no_content())
    }

    /// Once the first factor was right.
    pub(crate) async fn check_second_factor(
        &self,
        user: &str,
        given: Option<&str>,
    ) -> Result<(), purlin_http::Error> {
        if !self.second_factors.is_on(user).await? {
            return Ok(());
        }
        let Some(given) = given else { return Err(purlin_http::Error::SecondFactor) };
        if self.second_factors.accepts(user, given, self.now()).await? {
            Ok(())
        } else {
            Err(purlin_http::Error::Credentials)
        }
    }

    /// The same where guesses at the first factor are not counted: those at the second are.
    pub(crate) async fn guess_second_factor(
        &self,
        user: &str,
        given: Option<&str>,
        request: &Request,
    ) -> Result<(), purlin_http::Error> {
        let account = format!("second factor of {user}");
        if given.is_some() {
            self.begin_guess(&account, request)?;
        }
        self.check_second_factor(user, given).await?;
        if given.is_some() {
            self.guessed_right(&account, request);
        }
        Ok(())
    }
}
