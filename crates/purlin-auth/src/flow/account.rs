//! What users see and change of themselves.

use http::StatusCode;
use purlin_core::{Error, FieldErrors};
use purlin_http::{Request, Response, json};

use super::no_content;
use super::refresh::session_of;
use crate::input::Input;
use crate::password::{Owner, Verdict};
use crate::service::Auth;

impl Auth {
    pub(crate) async fn me(&self, request: Request) -> Result<Response, purlin_http::Error> {
        let verified = request.verified().await?.ok_or(Error::Unauthenticated)?;
        let key = self.user_key(&verified)?;
        self.answer_user(&key).await
    }

    /// What a page about the account has to know beside the profile.
    pub(crate) async fn account_state(&self, request: Request) -> Result<Response, purlin_http::Error> {
        let (_, key) = self.signed_in(&request).await?;
        let row = self.users.by_key(&key).await?.ok_or(Error::Unauthenticated)?;
        let data = serde_json::json!({
            "hasPassword": self.users.has_password(&row)?,
            "isVerified": self.is_verified(&row).await?,
            "hasSecondFactor": self.second_factors.is_on(&key).await?,
        });
        Ok(json(StatusCode::OK, serde_json::json!({ "data": data }).to_string()))
    }

    pub(crate) async fn change_me(&self, mut request: Request) -> Result<Response, purlin_http::Error> {
        let (_, key) = self.signed_in(&request).await?;
        let mut input = Input::read(&mut request).await?;
        let members = input.rest();
        let mut errors = FieldErrors::default();
        let data = self.users.profile_data(&members, false, &mut errors);
        self.users.change(&key, data, errors).await?;
        self.answer_user(&key).await
    }

    /// As the row stands now.
    async fn answer_user(&self, key: &str) -> Result<Response, purlin_http::Error> {
        let user = self.users.load(key).await?.ok_or(Error::Unauthenticated)?;
        let mut body = b"{\"data\":".to_vec();
        body.extend_from_slice(&self.users.shown(&user, key).await?);
        body.push(b'}');
        Ok(json(StatusCode::OK, body))
    }

    /// Ends all other sessions.
    pub(crate) async fn change_password(&self, mut request: Request) -> Result<Response, purlin_http::Error> {
        let (verified, key) = self.signed_in(&request).await?;
        let mut input = Input::read(&mut request).await?;
        let (current, new) = (input.text("currentPassword"), input.text("newPassword"));
        let row = self.users.by_key(&key).await?.ok_or(Error::Unauthenticated)?;
        let email = self.users.email_of(&row)?.unwrap_or_default();
        let name = self.users.name_of(&row).unwrap_or_default();
        self.judge_password("newPassword", &new, &Owner { address: &email, name: &name }, &mut input.errors);
        input.finish()?;
        let account = format!("password of {key}");
        self.begin_guess(&account, &request)?;
        let stored = self.users.password_of(&row)?;
        if self.hasher.verify(&current, stored.as_deref()).await? == Verdict::Mismatch {
            return Err(not_the_password("currentPassword", stored.as_deref()).into());
        }
        self.guessed_right(&account, &request);
        self.change_password_of(&key, stored.as_deref(), &new).await?;
        self.sessions.end_all(&key, session_of(&verified)?, self.now()).await?;
        Ok(no_content())
    }
}

/// Who came by a provider, a wallet or an invitation may have none.
pub(super) fn not_the_password(field: &str, stored: Option<&str>) -> Error {
    let text = match stored {
        Some(_) => "is not your password",
        None => "cannot be right: you have no password; set one by forgot-password first",
    };
    Error::invalid(field, text)
}
