//! Signing in without a password: six digits by mail.

use std::sync::Arc;

use http::StatusCode;
use purlin_http::{Request, Response};

use super::accepted;
use super::login::wrong;
use super::register::CHECK_MAIL;
use crate::address::EmailAddress;
use crate::codes::Purpose;
use crate::input::Input;
use crate::service::{Auth, device};

impl Auth {
    /// The answer is the same for every address, and comes before anything is looked up.
    pub(crate) async fn request_code(
        self: &Arc<Self>,
        mut request: Request,
    ) -> Result<Response, purlin_http::Error> {
        if let Some(address) = self.mail_wanted(&mut request).await? {
            self.behind("a sign-in code", move |auth| async move {
                let Some(row) = auth.users.by_email(&address).await? else { return Ok(()) };
                let Some(address) = auth.users.address_of(&row)? else { return Ok(()) };
                if !auth.may_mail("sign-in-code", &address) {
                    return Ok(());
                }
                let key = auth.users.key_of(&row)?;
                let code = auth.codes.digits(Purpose::SignIn, &key, &address, auth.now()).await?;
                let (name, minutes) = (auth.users.name_of(&row), Purpose::SignIn.minutes());
                let code = Some(code.as_str());
                auth.mail(address.delivery(), name.as_deref(), "sign-in-code", None, code, minutes).await
            });
        }
        Ok(accepted(CHECK_MAIL))
    }

    pub(crate) async fn verify_code(&self, mut request: Request) -> Result<Response, purlin_http::Error> {
        let mut input = Input::read(&mut request).await?;
        let (email, code) = (input.text("email"), input.text("code"));
        let (by_cookie, totp) = (input.flag("cookie"), input.optional_text("totp"));
        input.finish()?;
        let address = EmailAddress::parse(&email).map_err(|_| wrong())?;
        self.begin_guess(address.key(), &request)?;
        let row = self.users.by_email(&address).await?;
        let key = row.as_ref().map(|row| self.users.key_of(row)).transpose()?;
        // Nobody's code takes as long to be wrong.
        let subject = key.as_deref().unwrap_or("nobody");
        let now = self.now();
        let right = self.codes.check_digits(Purpose::SignIn, subject, &address, &code, now).await?;
        let (Some(row), Some(key), Some(right)) = (row, key, right) else { return Err(wrong()) };
        let is_proved = self.is_verified(&row).await?;
        if is_proved {
            // Who is asked for it comes again with the same digits.
            self.check_second_factor(&key, totp.as_deref()).await?;
        }
        if !self.codes.use_up(right).await? {
            return Err(wrong());
        }
        // The mail has reached its owner, who may not be the one who registered and has a second factor.
        if !is_proved {
            self.take_over(&key, &address).await?;
        }
        let signed_in = self.sign_in(&key, "code", &device(&request)).await?.ok_or_else(wrong)?;
        self.guessed_right(address.key(), &request);
        Ok(self.answer(StatusCode::OK, &signed_in, by_cookie).await?)
    }
}
