//! The last step of signing in at a provider: the front end exchanges its code for tokens.

use http::StatusCode;
use purlin_http::{Request, Response};

use super::login::wrong;
use crate::input::Input;
use crate::service::{Auth, device};

impl Auth {
    /// Answers like signing in. Where a second factor is asked for the code stays good for another try.
    pub(crate) async fn exchange_code(&self, mut request: Request) -> Result<Response, purlin_http::Error> {
        let mut input = Input::read(&mut request).await?;
        let (code, verifier) = (input.text("code"), input.optional_text("codeVerifier"));
        let (by_cookie, totp) = (input.flag("cookie"), input.optional_text("totp"));
        input.finish()?;
        let code = self.exchange_codes.open(&code, verifier.as_deref(), self.now()).await?;
        let code = code.ok_or_else(wrong)?;
        self.guess_second_factor(&code.user, totp.as_deref(), &request).await?;
        if !self.exchange_codes.use_up(&code).await? {
            return Err(wrong());
        }
        let signed_in = self.sign_in(&code.user, "oauth", &device(&request)).await?.ok_or_else(wrong)?;
        Ok(self.answer(StatusCode::OK, &signed_in, by_cookie).await?)
    }
}
