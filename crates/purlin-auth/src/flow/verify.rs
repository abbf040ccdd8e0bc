//! That an address is its owner's.

use purlin_core::system::When;
use purlin_core::{DateTime, Error, Value};
use purlin_http::{Request, Response};

use super::register::CHECK_MAIL;
use super::{accepted, no_content};
use crate::address::EmailAddress;
use crate::codes::Purpose;
use crate::input::Input;
use crate::service::Auth;

impl Auth {
    pub(crate) async fn verify_email(&self, mut request: Request) -> Result<Response, purlin_http::Error> {
        let mut input = Input::read(&mut request).await?;
        let token = input.text("token");
        input.finish()?;
        let now = self.now();
        let key = self.codes.open_link(Purpose::VerifyEmail, &token, now).await?.ok_or_else(old_link)?;
        self.set_verified(&key).await?;
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
                let key = auth.users.key_of(&row)?;
                if auth.is_verified(&key).await? {
                    return Ok(());
                }
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
        self.begin_guess(&format!("mail to {email}"), request)?;
        Ok(EmailAddress::parse(&email).ok())
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

    pub(crate) async fn is_verified(&self, key: &str) -> Result<bool, Error> {
        let account = self.accounts.find(&When::equal("userId", key)).await?;
        let at: Option<DateTime> = account.map(|row| row.get("verifiedAt")).transpose()?.flatten();
        Ok(at.is_some())
    }

    pub(crate) async fn set_verified(&self, key: &str) -> Result<(), Error> {
        self.note(key, "verifiedAt").await?;
        self.users.set_verified(key, self.now()).await
    }

    /// Sets a time of the account to now; users that the app made by itself have none yet.
    pub(crate) async fn note(&self, key: &str, what: &'static str) -> Result<(), Error> {
        let now = Value::DateTime(self.now());
        let own = When::equal("userId", key);
        if self.accounts.update(&own, [(what, now.clone())]).await? > 0 {
            return Ok(());
        }
        match self.accounts.insert([("userId", Value::from(key)), (what, now.clone())]).await {
            Ok(_) => Ok(()),
            // Another request made it in between.
            Err(Error::Conflict { .. }) => self.accounts.update(&own, [(what, now)]).await.map(|_| ()),
            Err(error) => Err(error),
        }
    }
}

/// One text whether it never was, was used, or is too old.
pub(super) fn old_link() -> Error {
    Error::invalid("token", "is not valid any more; ask for a new link")
}
