//! A forgotten password.

use std::sync::Arc;

use purlin_core::sign_in::SignInEvent;
use purlin_core::{Error, FieldErrors, Value};
use purlin_http::{Request, Response};

use super::register::CHECK_MAIL;
use super::verify::old_link;
use super::{accepted, no_content};
use crate::codes::Purpose;
use crate::input::Input;
use crate::password::Owner;
use crate::service::Auth;

impl Auth {
    /// The answer is the same for every address, and comes before anything is looked up.
    pub(crate) async fn forgot_password(
        self: &Arc<Self>,
        mut request: Request,
    ) -> Result<Response, purlin_http::Error> {
        self.users.password_field()?;
        if let Some(address) = self.mail_wanted(&mut request).await? {
            self.behind("a link to a new password", move |auth| async move {
                let Some(row) = auth.users.by_email(&address).await? else { return Ok(()) };
                let Some(address) = auth.users.address_of(&row)? else { return Ok(()) };
                if !auth.may_mail("reset-password", &address) {
                    return Ok(());
                }
                let key = auth.users.key_of(&row)?;
                let token = auth.codes.link(Purpose::ResetPassword, &key, &address, auth.now()).await?;
                let (name, minutes) = (auth.users.name_of(&row), Purpose::ResetPassword.minutes());
                let link = Some(format!("/reset-password?token={token}"));
                auth.mail(address.delivery(), name.as_deref(), "reset-password", link, None, minutes).await
            });
        }
        Ok(accepted(CHECK_MAIL))
    }

    /// Ends every session: whoever knew the old password is out.
    pub(crate) async fn reset_password(&self, mut request: Request) -> Result<Response, purlin_http::Error> {
        let mut input = Input::read(&mut request).await?;
        let (token, password) = (input.text("token"), input.text("password"));
        // Judged before the link is used up, so that a weak one costs no link.
        self.judge_password("password", &password, &Owner { address: "", name: "" }, &mut input.errors);
        input.finish()?;
        let now = self.now();
        let opened = self.codes.open_link(Purpose::ResetPassword, &token, now).await?.ok_or_else(old_link)?;
        let row = self.users.by_key(&opened.subject).await?.ok_or_else(old_link)?;
        let address = self.users.address_of(&row)?.ok_or_else(old_link)?;
        // Of an address that was given up, its mailbox opens nothing any more.
        if address.key() != opened.address {
            return Err(old_link().into());
        }
        // The mail has reached its owner.
        if !self.is_verified(&row).await? {
            self.take_over(&opened.subject, &address).await?;
        }
        self.change_password_of(&opened.subject, None, &password).await?;
        // After it: nobody comes in by the old one in between.
        self.sessions.end_all(&opened.subject, None, now).await?;
        Ok(no_content())
    }

    /// And tells the owner, by mail where that is configured.
    pub(crate) async fn change_password_of(
        &self,
        key: &str,
        old: Option<&str>,
        password: &str,
    ) -> Result<(), Error> {
        let hash = self.hasher.hash(password).await?;
        if !self.users.set_password(key, old, hash.as_str()).await? {
            let message = "the password was changed in between".to_owned();
            return Err(Error::Conflict { message, fields: FieldErrors::default() });
        }
        self.note(key, &[("passwordChangedAt", Value::DateTime(self.now()))]).await?;
        self.tell(key, SignInEvent::PasswordChanged).await;
        // An invitation would set it once more.
        for purpose in [Purpose::ResetPassword, Purpose::Invitation] {
            self.codes.drop_all(purpose, key).await?;
        }
        if self.mailer.is_configured()
            && let Some(row) = self.users.by_key(key).await?
            && let Some(email) = self.users.email_of(&row)?
        {
            let name = self.users.name_of(&row);
            self.mail(&email, name.as_deref(), "password-changed", None, None, 0).await?;
        }
        Ok(())
    }
}
