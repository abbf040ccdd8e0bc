//! The app's secrets and keys, read once: those that make tokens, and those that are accepted beside them
//! while they are replaced.

use purlin_auth::secret::ServerKey;
use purlin_auth::token::{Key, KeyRing};
use zeroize::Zeroizing;

use crate::app_data::AppData;
use crate::cli::Failure;
use crate::config::{Config, Secret, SigningKey};

#[derive(Debug)]
pub struct Keys {
    pub secret: Secret,
    pub accepted_secret: Option<Secret>,
    /// Signs access tokens in place of the secret.
    signing: Option<Pem>,
    accepted: Vec<Pem>,
}

/// The text of a private key, and how it was named.
struct Pem {
    place: String,
    text: Zeroizing<String>,
}

impl Keys {
    /// `may_be_made`: in development a secret that is not set is made and kept.
    pub fn load(config: &Config, may_be_made: bool) -> Result<Self, Failure> {
        let auth = &config.settings.auth;
        let read = |key: &SigningKey| read(config, key);
        Ok(Self {
            secret: server_secret(config, may_be_made)?,
            accepted_secret: auth.accepted_secret.clone(),
            signing: auth.signing_key.as_ref().map(read).transpose()?,
            accepted: auth.accepted_keys.iter().map(read).collect::<Result<_, _>>()?,
        })
    }

    /// One secret for all.
    pub fn of(secret: Secret) -> Self {
        Self { secret, accepted_secret: None, signing: None, accepted: Vec::new() }
    }

    /// The secret signs where no key does, and stays good for tokens that the app's other systems sign.
    pub(super) fn ring(&self) -> Result<KeyRing, Failure> {
        let secret = |secret: &Secret| Key::hs256(secret.expose().as_bytes()).map_err(failed("JWT_SECRET"));
        let mut accepted = Vec::new();
        accepted.extend(self.accepted_secret.as_ref().map(secret).transpose()?);
        for pem in &self.accepted {
            accepted.push(pem.key()?);
        }
        let own = secret(&self.secret)?;
        let signing = match &self.signing {
            None => own,
            Some(pem) => {
                accepted.push(own);
                pem.key()?
            }
        };
        KeyRing::new(signing, accepted).map_err(failed("the keys of [auth]"))
    }

    pub(super) fn server_key(&self) -> Result<ServerKey, Failure> {
        let accepted = self.accepted_secret.iter().map(|secret| secret.expose().as_bytes());
        ServerKey::derive(self.secret.expose().as_bytes())
            .and_then(|key| key.accepting(accepted))
            .map_err(failed("JWT_SECRET"))
    }
}

impl Pem {
    fn key(&self) -> Result<Key, Failure> {
        Key::ed25519_from_pem(&self.text).map_err(|_| {
            let message = format!("{} holds no Ed25519 private key in PEM form", self.place);
            Failure::problem("SIGNING_KEY", message).with_help(
                "`purlin generate signing-key FILE` makes one, as does `openssl genpkey -algorithm ed25519`",
            )
        })
    }
}

impl std::fmt::Debug for Pem {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Pem").field("place", &self.place).finish_non_exhaustive()
    }
}

fn read(config: &Config, key: &SigningKey) -> Result<Pem, Failure> {
    match key {
        SigningKey::Pem(text) => {
            let text = Zeroizing::new(text.expose().to_owned());
            Ok(Pem { place: "a key of the environment".to_owned(), text })
        }
        SigningKey::File(path) => {
            let place = path.display().to_string();
            match std::fs::read_to_string(config.app.join(path)) {
                Ok(text) => Ok(Pem { place, text: Zeroizing::new(text) }),
                Err(error) => {
                    let failure =
                        Failure::problem("SIGNING_KEY", format!("the key {place} cannot be read: {error}"));
                    Err(failure.with_help("the path is relative to the app folder"))
                }
            }
        }
    }
}

fn failed(place: &'static str) -> impl Fn(purlin_auth::Error) -> Failure {
    move |error| Failure::problem("AUTH", format!("{place}: {error}"))
}

/// The key of tokens and cursors: configured, or in development made once and kept in `.purlin/`.
pub fn server_secret(config: &Config, may_be_made: bool) -> Result<Secret, Failure> {
    if let Some(secret) = &config.settings.auth.jwt_secret {
        return Ok(secret.clone());
    }
    if !may_be_made {
        let failure = Failure::problem("JWT_SECRET", "JWT_SECRET is not set");
        return Err(
            failure.with_help("set it to at least 32 random characters, such as `openssl rand -hex 32`")
        );
    }
    AppData::open(&config.app)
        .and_then(|data| data.secret("jwt-secret"))
        .map_err(|error| Failure::problem("APP_DATA", format!("cannot keep a secret in .purlin: {error}")))
}
