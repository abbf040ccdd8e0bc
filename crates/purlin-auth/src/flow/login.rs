//! Signing in with an address and a password.

use http::StatusCode;
use purlin_http::{Request, Response};

use crate::address::EmailAddress;
use crate::input::Input;
use crate::password::Verdict;
use crate::service::{Auth, device};
use crate::settings::Verification;

/// One text for every reason: nobody learns whether there is such an account.
pub(super) fn wrong() -> purlin_http::Error {
    purlin_http::Error::Credentials
}

impl Auth {
    pub(crate) async fn login(&self, mut request: Request) -> Result<Response, purlin_http::Error> {
        let mut input = Input::read(&mut request).await?;
        let (email, password) = (input.text("email"), input.text("password"));
        let (by_cookie, totp) = (input.flag("cookie"), input.optional_text("totp"));
        input.finish()?;
        self.users.password_field()?;
        // What is no address is nobody's, and takes as long to find out.
        let address = EmailAddress::parse(&email).ok();
        let account = address.as_ref().map_or(email.as_str(), EmailAddress::key).to_owned();
        self.begin_guess(&account, &request)?;
        let row = match &address {
            Some(address) => self.users.by_email(address).await?,
            None => None,
        };
        let stored = row.as_ref().map(|row| self.users.password_of(row)).transpose()?.flatten();
        let verdict = self.hasher.verify(&password, stored.as_deref()).await?;
        let (Some(row), Verdict::Match { needs_rehash }) = (row, verdict) else {
            // Not whose: what is typed into the wrong field is often a password.
            tracing::info!(target: "purlin::audit", address = %request.peer(), "sign-in failed");
            return Err(wrong());
        };
        let key = self.users.key_of(&row)?;
        if needs_rehash {
            let hash = self.hasher.hash(&password).await?;
            self.users.set_password(&key, stored.as_deref(), hash.as_str()).await?;
        }
        if self.settings.verification == Verification::Required && !self.is_verified(&row).await? {
            // The password was right, so this tells its owner only.
            return Err(purlin_http::Error::Unverified);
        }
        self.check_second_factor(&key, totp.as_deref()).await?;
        let signed_in = self.sign_in(&key, "password", &device(&request)).await?.ok_or_else(wrong)?;
        self.guessed_right(&account, &request);
        Ok(self.answer(StatusCode::OK, &signed_in, by_cookie).await?)
    }
}
