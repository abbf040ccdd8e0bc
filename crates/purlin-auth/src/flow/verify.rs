//! That an address is its owner's.

use std::time::Instant;

use purlin_core::sign_in::SignInEvent;
use purlin_core::system::{Row, When};
use purlin_core::{DateTime, Error, Value};
use purlin_http::{Request, Response};

use super::register::CHECK_MAIL;
use super::{accepted, no_content};
use crate::address::EmailAddress;
use crate::codes::Purpose;
use crate::input::Input;
use crate::service::Auth;
use crate::settings::Verification;

impl Auth {
    pub(crate) async fn verify_email(&self, mut request: Request) -> Result<Response, purlin_http::Error> {
        let mut input = Input::read(&mut request).await?;
        let token = input.text("token");
        input.finish()?;
        let now = self.now();
        let opened = self.codes.open_link(Purpose::VerifyEmail, &token, now).await?.ok_or_else(old_link)?;
        self.set_verified(&opened.subject, &opened.address).await?;
        Ok(no_content())
    }

    /// A new link. The answer is the same for every address, and comes before anything is looked up.
    pub(crate) async fn request_verification(
        self: &std::sync::Arc<Self>,
        mut request: Request,
    ) -> Result<Response, purlin_http::Error> {
        if let Some(address) = self.mail_wanted(&mut request).await? {
            self.behind("a verification link", move |auth| async move {
                let Some(row) = auth.users.by_email(&address).await? else { return Ok(()) };
                let Some(address) = auth.users.address_of(&row)? else { return Ok(()) };
                if auth.is_verified(&row).await? || !auth.may_mail("verify-email", &address) {
                    return Ok(());
                }
                let key = auth.users.key_of(&row)?;
                auth.send_verification(&key, &address).await
            });
        }
        Ok(accepted(CHECK_MAIL))
    }

    /// Where a mail is asked to go; `None` for what is no address, which the answer does not tell.
    pub(crate) async fn mail_wanted(
        &self,
        request: &mut Request,
    ) -> Result<Option<EmailAddress>, purlin_http::Error> {
        let mut input = Input::read(request).await?;
        let email = input.text("email");
        input.finish()?;
        self.need_mail()?;
        let address = EmailAddress::parse(&email).ok();
        let account = address.as_ref().map_or(email.as_str(), EmailAddress::key);
        self.begin_guess(&format!("mail to {account}"), request)?;
        Ok(address)
    }

    /// Asked before a code is made: one that was sent stays good while no other is.
    pub(crate) fn may_mail(&self, template: &'static str, address: &EmailAddress) -> bool {
        self.pace.allows(template, address.key(), Instant::now())
    }

    /// Does the work after the answer, whose time then tells nothing of it.
    pub(crate) fn behind<F, W>(self: &std::sync::Arc<Self>, what: &'static str, work: F)
    where
        F: FnOnce(std::sync::Arc<Self>) -> W,
        W: Future<Output = Result<(), Error>> + Send + 'static,
    {
        let work = work(std::sync::Arc::clone(self));
        tokio::spawn(async move {
            if let Err(error) = work.await {
                tracing::error!(%error, "{what} could not be sent");
            }
        });
    }

    /// Whether the address that the user has now is theirs. It may be another one than they once verified.
    pub(crate) async fn is_verified(&self, user: &Row) -> Result<bool, Error> {
        let account = self.accounts.find(&When::equal("userId", self.users.key_of(user)?)).await?;
        let verified: Option<String> = account.map(|row| row.get("verifiedAddress")).transpose()?.flatten();
        let now = self.users.address_of(user)?;
        Ok(verified.is_some() && verified.as_deref() == now.as_ref().map(EmailAddress::key))
    }

    /// `address` is the one that was shown to be theirs, which need not be the one they have now.
    pub(crate) async fn set_verified(&self, key: &str, address: &str) -> Result<(), Error> {
        let now = self.now();
        let account = self.accounts.find(&When::equal("userId", key)).await?;
        let is_new =
            account.map(|row| row.get::<Option<DateTime>>("verifiedAt")).transpose()?.flatten().is_none();
        let set = [("verifiedAddress", Value::from(address)), ("verifiedAt", Value::DateTime(now))];
        self.note(key, &set).await?;
        let Some(row) = self.users.by_key(key).await? else { return Ok(()) };
        if !self.is_verified(&row).await? {
            return Ok(());
        }
        self.users.set_verified(key, now).await?;
        if is_new {
            self.tell(key, SignInEvent::AddressVerified).await;
        }
        if is_new && self.settings.verification == Verification::Required {
            self.greet(&row).await;
        }
        Ok(())
    }

    /// Sets fields of the account; users that the app made by itself have none yet.
    pub(crate) async fn note(&self, key: &str, set: &[(&'static str, Value)]) -> Result<(), Error> {
        let own = When::equal("userId", key);
        if self.accounts.update(&own, set.iter().cloned()).await? > 0 {
            return Ok(());
        }
        let new = [("userId", Value::from(key))].into_iter().chain(set.iter().cloned());
        match self.accounts.insert(new).await {
            Ok(_) => Ok(()),
            // Another request made it in between.
            Err(Error::Conflict { .. }) => self.accounts.update(&own, set.iter().cloned()).await.map(|_| ()),
            Err(error) => Err(error),
        }
    }
}

/// One text whether it never was, was used, or is too old.
pub(super) fn old_link() -> Error {
    Error::invalid("token", "is not valid any more; ask for a new link")
}
