//! A provider as it is configured, and what can be wrong with that.

use std::fmt;

use zeroize::Zeroizing;

/// One table of `[auth.providers]`. What is not given may be known from the name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProviderSettings {
    /// In paths and in the identities of users: it stands for this provider for as long as there are any.
    pub name: String,
    pub client_id: String,
    pub client_secret: Option<ClientSecret>,
    /// Of OpenID Connect; all else is discovered.
    pub issuer: Option<String>,
    /// Without it what the provider needs to tell name and address.
    pub scopes: Option<String>,
    /// Of plain OAuth 2.0.
    pub authorize_url: Option<String>,
    pub token_url: Option<String>,
    pub userinfo_url: Option<String>,
}

/// Its `Debug` shows nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct ClientSecret(Zeroizing<String>);

impl ClientSecret {
    pub fn new(text: &str) -> Self {
        Self(Zeroizing::new(text.to_owned()))
    }

    pub(super) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ClientSecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ClientSecret")
    }
}
