//! A new account.

use http::StatusCode;
use purlin_core::sign_in::SignInEvent;
use purlin_core::system::Row;
use purlin_core::{Error, FieldErrors, Value};
use purlin_http::{Request, Response};

use super::accepted;
use crate::address::EmailAddress;
use crate::codes::Purpose;
use crate::input::Input;
use crate::password::Owner;
use crate::service::{Auth, device};
use crate::settings::{Registration, Verification};

impl Auth {
    pub(crate) async fn register(
        self: &std::sync::Arc<Self>,
        mut request: Request,
    ) -> Result<Response, purlin_http::Error> {
        match self.settings.registration {
            Registration::Open => {}
            Registration::Invitation => {
                return Err(purlin_http::Error::RegistrationClosed("only who is invited can register here"));
            }
            Registration::Closed => {
                return Err(purlin_http::Error::RegistrationClosed("nobody can register here"));
            }
        }
        let mut input = Input::read(&mut request).await?;
        let (email, password) = (input.text("email"), input.text("password"));
        let by_cookie = input.flag("cookie");
        self.users.password_field()?;
        let address = EmailAddress::parse(&email);
        if address.is_err() && !email.is_empty() {
            input.errors.add("email", "must be an email address");
        }
        let owner = Owner { address: &email, name: "" };
        self.judge_password("password", &password, &owner, &mut input.errors);
        // Nothing else than a profile: no role, no id, no flag.
        let members = input.rest();
        let data = self.users.profile_data(&members, true, &mut input.errors);
        input.finish()?;
        let address = address.map_err(|_| Error::internal("an address was accepted that is none"))?;
        // Hashed in any case: whoever measures time learns nothing.
        let hash = self.hasher.hash(&password).await?;
        let hash = Some(hash.as_str());
        let is_hidden = self.settings.verification == Verification::Required;
        self.users.check_free(&data).await?;
        let known = if is_hidden { self.users.by_email(&address).await? } else { None };
        let kept = known.as_ref().map(|row| self.users.email_of(row)).transpose()?.flatten();
        let kept = kept.as_deref().unwrap_or(address.key());
        // Tried even if the address is known: what else is wrong is told either way, and tells nothing of it.
        let key = match self.users.create(data, Some(kept), hash, FieldErrors::default()).await {
            Err(Error::Conflict { .. }) if is_hidden => {
                self.behind("a mail to the owner of an address", move |auth| async move {
                    let Some(row) = known else { return Ok(()) };
                    auth.tell_owner(&row, &address).await
                });
                return Ok(accepted(CHECK_MAIL));
            }
            made => made?,
        };
        if is_hidden {
            // After the answer, whose time would tell that there was more to do.
            self.behind("a verification link", move |auth| async move {
                auth.begin_account(&key, &address).await
            });
            return Ok(accepted(CHECK_MAIL));
        }
        self.begin_account(&key, &address).await?;
        let signed_in = self.sign_in(&key, "password", &device(&request)).await?;
        let signed_in = signed_in.ok_or_else(|| Error::Denied("the account is not active yet".to_owned()))?;
        Ok(self.answer(StatusCode::CREATED, &signed_in, by_cookie).await?)
    }

    async fn begin_account(&self, key: &str, address: &EmailAddress) -> Result<(), Error> {
        self.accounts.insert([("userId", Value::from(key))]).await?;
        self.tell(key, SignInEvent::Registered).await;
        self.send_first_link(key, address).await?;
        self.greet_new(key).await;
        Ok(())
    }

    pub(crate) fn judge_password(
        &self,
        field: &str,
        password: &str,
        owner: &Owner<'_>,
        errors: &mut FieldErrors,
    ) {
        // A missing one was named already.
        if !password.is_empty() {
            let problems = self.judge.problems(&self.schema, self.users.model(), password, owner);
            problems.into_iter().for_each(|problem| errors.add(field, problem));
        }
    }

    /// That somebody has tried to register with their address, which the answer does not tell.
    pub(crate) async fn tell_owner(&self, user: &Row, address: &EmailAddress) -> Result<(), Error> {
        if !self.may_mail("email-taken", address) {
            return Ok(());
        }
        let (name, link) = (self.users.name_of(user), Some("/sign-in".to_owned()));
        let kept = self.users.address_of(user)?;
        let to = kept.as_ref().unwrap_or(address).delivery();
        self.mail(to, name.as_deref(), "email-taken", link, None, 0).await
    }

    /// The first link to who has registered.
    pub(crate) async fn send_first_link(&self, key: &str, address: &EmailAddress) -> Result<(), Error> {
        if self.settings.verification == Verification::Required {
            return self.send_verification(key, address).await;
        }
        if self.mailer.is_configured()
            && let Err(error) = self.send_verification(key, address).await
        {
            // There is an account now, whatever becomes of the mail; another one can be asked for.
            tracing::error!(%error, "a verification link could not be sent");
        }
        Ok(())
    }

    pub(crate) async fn send_verification(&self, key: &str, address: &EmailAddress) -> Result<(), Error> {
        // As it is kept: mail goes nowhere else, however it was typed.
        let row = self.users.by_key(key).await?;
        let kept = row.map(|row| self.users.address_of(&row)).transpose()?.flatten();
        let address = kept.as_ref().unwrap_or(address);
        let token = self.codes.link(Purpose::VerifyEmail, key, address, self.now()).await?;
        let link = format!("/verify-email?token={token}");
        let minutes = Purpose::VerifyEmail.minutes();
        self.mail(address.delivery(), None, "verify-email", Some(link), None, minutes).await
    }

    /// Who may sign in before their address is verified is greeted at once, others when it is.
    pub(crate) async fn greet_new(&self, key: &str) {
        if self.settings.verification == Verification::Required {
            return;
        }
        match self.users.by_key(key).await {
            Ok(Some(row)) => self.greet(&row).await,
            Ok(None) => {}
            Err(error) => tracing::error!(%error, "a welcome mail could not be sent"),
        }
    }

    /// Once for each user, where the app has words for it (`mails/welcome.txt`). They are welcome without too.
    pub(crate) async fn greet(&self, user: &Row) {
        if !self.mailer.is_configured() || !self.mailer.has("welcome") {
            return;
        }
        let Ok(Some(address)) = self.users.address_of(user) else { return };
        let (name, link) = (self.users.name_of(user), Some(String::new()));
        if let Err(error) = self.mail(address.delivery(), name.as_deref(), "welcome", link, None, 0).await {
            tracing::error!(%error, "a welcome mail could not be sent");
        }
    }
}

pub(super) const CHECK_MAIL: &str = "if the address can be used, a mail is on its way to it";
