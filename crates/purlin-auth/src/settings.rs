//! How an app signs its users in.

use std::time::Duration;

use crate::oauth::ProviderSettings;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Registration {
    #[default]
    Open,
    /// Who was invited.
    Invitation,
    Closed,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verification {
    /// Addresses are believed.
    #[default]
    Off,
    /// Nobody signs in before they have shown that the address is theirs. Then registering tells nobody
    /// whether an address is known.
    Required,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Where the routes stand, such as `/api/auth`.
    pub base_path: String,
    pub registration: Registration,
    pub verification: Verification,
    /// What may be given when registering and changed by PATCH `me`, beside address and password. `None`: the
    /// fields that a row cannot be without, and the usual ones of a profile.
    pub profile_fields: Option<Vec<String>>,
    /// Accounts whose address was not verified for so long are deleted.
    pub delete_unverified_after: Option<Duration>,
    /// Characters that a password has at least; never below 8.
    pub least_password: usize,
    /// Without use, and in all: after these a session ends.
    pub session_idle: Duration,
    pub session_lifetime: Duration,
    /// How long access tokens live, so that ended sessions are remembered as long.
    pub access_lifetime: Duration,
    /// What mails call the app.
    pub app_name: String,
    /// Where links in mails lead: the address of the app's front end, without a slash at its end.
    pub link_base: String,
    /// Chains whose wallets may sign in, by their number (EIP-155).
    pub wallet_chains: Vec<u64>,
    /// Refresh cookies only over HTTPS.
    pub secure_cookies: bool,
    /// Origins that may use cookies and be gone to after signing in at a provider, beside the server's own.
    pub origins: Vec<String>,
    pub providers: Vec<ProviderSettings>,
    /// The server's public address, where providers send browsers back to.
    pub public_url: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            base_path: "/api/auth".to_owned(),
            registration: Registration::Open,
            verification: Verification::Off,
            profile_fields: None,
            delete_unverified_after: None,
            least_password: 8,
            session_idle: Duration::from_hours(336),
            session_lifetime: Duration::from_hours(2160),
            access_lifetime: Duration::from_mins(15),
            app_name: "the app".to_owned(),
            link_base: String::new(),
            wallet_chains: vec![1],
            secure_cookies: true,
            origins: Vec::new(),
            providers: Vec::new(),
            public_url: String::new(),
        }
    }
}
