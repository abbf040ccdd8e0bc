//! Signing in with a wallet (EIP-4361), and adding one to an account.

use http::StatusCode;
use purlin_core::Error;
use purlin_http::{Request, Response, json};
use serde_json::json;

use super::identity::Refused;
use super::login::wrong;
use crate::address::EmailAddress;
use crate::codes::Purpose;
use crate::identities::{Identity, ToldAddress, WALLET};
use crate::input::Input;
use crate::service::{Auth, device};
use crate::siwe::{Expected, Message, origin_of};

impl Auth {
    /// What the message to sign must hold. Good once, for whoever comes with it.
    pub(crate) async fn wallet_nonce(&self, _request: Request) -> Result<Response, purlin_http::Error> {
        self.wallet_origins()?;
        let nonce = self.codes.nonce(self.now()).await?;
        let body = json!({ "data": { "nonce": nonce, "expiresIn": Purpose::Wallet.lifetime().as_secs() } });
        Ok(json(StatusCode::OK, body.to_string()))
    }

    /// With an access token the wallet is added to its user; without one it signs in, and registers who comes
    /// for the first time.
    pub(crate) async fn wallet_verify(&self, mut request: Request) -> Result<Response, purlin_http::Error> {
        let origins = self.wallet_origins()?;
        let linking =
            if request.verified().await?.is_some() { Some(self.signed_in(&request).await?.1) } else { None };
        let mut input = Input::read(&mut request).await?;
        let (message, signature) = (input.long_text("message"), input.text("signature"));
        let (by_cookie, totp) = (input.flag("cookie"), input.optional_text("totp"));
        let (email, name) = (input.optional_text("email"), input.optional_text("name"));
        let email = email.as_deref().map(EmailAddress::parse).transpose();
        if email.is_err() {
            input.errors.add("email", "must be an email address");
        }
        let parsed = Message::parse(&message);
        if parsed.is_err() && !message.is_empty() {
            input.errors.add("message", "must be a message of EIP-4361, to the letter");
        }
        input.finish()?;
        let (Ok(message), Ok(email)) = (parsed, email) else { return Err(wrong()) };
        let now = self.now();
        // Before the signature, which costs the most. Who is asked for more may come with the same message.
        if !self.codes.has_nonce(message.nonce, now).await? {
            tracing::info!("a wallet's message was refused: its nonce was not issued, is old, or was used");
            return Err(wrong());
        }
        let expected = Expected {
            origins: &origins,
            chain_ids: &self.settings.wallet_chains,
            nonce: message.nonce,
            longest_age: Purpose::Wallet.lifetime(),
            now,
        };
        let account = message.verify(&signature, &expected).map_err(|reason| {
            tracing::info!(%reason, "a wallet's message was refused");
            wrong()
        })?;
        let identity = Identity {
            provider: WALLET.to_owned(),
            subject: account.to_string(),
            // Told by who signs, proved by nobody.
            email: email.map(|address| ToldAddress { address, is_verified: false }),
            name,
            picture: None,
        };
        let key = match self.user_of_identity(&identity, linking.as_deref()).await {
            Ok(key) => key,
            Err(asked @ Refused::Incomplete(_)) => return Err(asked.into()),
            // Else one message would try any number of addresses, each of whose owners gets a mail.
            Err(refused) => {
                self.codes.use_nonce(message.nonce, now).await?;
                return Err(refused.into());
            }
        };
        if linking.is_some() {
            self.codes.use_nonce(message.nonce, now).await?;
            return self.list_identities(request).await;
        }
        self.guess_second_factor(&key, totp.as_deref(), &request).await?;
        if !self.codes.use_nonce(message.nonce, now).await? {
            return Err(wrong());
        }
        let signed_in = self.sign_in(&key, "wallet", &device(&request)).await?.ok_or_else(wrong)?;
        Ok(self.answer(StatusCode::OK, &signed_in, by_cookie).await?)
    }

    /// The pages whose messages are for us: the front end, and those that may use the API.
    fn wallet_origins(&self) -> Result<Vec<String>, Error> {
        let front_end = origin_of(&self.settings.link_base);
        let origins: Vec<String> =
            front_end.into_iter().chain(self.settings.origins.iter().cloned()).collect();
        if origins.is_empty() {
            return Err(Error::Unsupported(
                "this server does not know which pages wallets sign for".to_owned(),
            ));
        }
        Ok(origins)
    }
}
