//! The keys of `[auth.providers.NAME]`: sign-in by others, a section for each.

use purlin_auth::{ClientSecret, ProviderSettings};

use super::given::Given;
use super::settings::Settings;

pub(super) const SECTION: &str = "auth";
pub(super) const NAME: &str = "providers";
/// What all their variables begin with.
pub(super) const PREFIX: &str = "PURLIN_AUTH_PROVIDERS_";

pub(super) struct ProviderKey {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    /// Refused in `purlin.toml`.
    pub(super) is_secret: bool,
    set: fn(&mut ProviderSettings, &Given) -> Result<(), String>,
}

pub(super) const KEYS: &[ProviderKey] = &[
    ProviderKey {
        name: "client_id",
        about: "what the provider calls this app",
        is_secret: false,
        set: |provider, given| {
            provider.client_id = given.filled_text()?;
            Ok(())
        },
    },
    ProviderKey {
        name: "client_secret",
        about: "what the provider gave with it",
        is_secret: true,
        set: |provider, given| {
            provider.client_secret = given.secret()?.map(|secret| ClientSecret::new(secret.expose()));
            Ok(())
        },
    },
    ProviderKey {
        name: "issuer",
        about: "the address of an OpenID Connect provider",
        is_secret: false,
        set: |provider, given| put(&mut provider.issuer, given),
    },
    ProviderKey {
        name: "scopes",
        about: "what is asked for, with spaces between",
        is_secret: false,
        set: |provider, given| put(&mut provider.scopes, given),
    },
    ProviderKey {
        name: "authorize_url",
        about: "of a plain OAuth 2.0 provider",
        is_secret: false,
        set: |provider, given| put(&mut provider.authorize_url, given),
    },
    ProviderKey {
        name: "token_url",
        about: "of a plain OAuth 2.0 provider",
        is_secret: false,
        set: |provider, given| put(&mut provider.token_url, given),
    },
    ProviderKey {
        name: "userinfo_url",
        about: "of a plain OAuth 2.0 provider",
        is_secret: false,
        set: |provider, given| put(&mut provider.userinfo_url, given),
    },
];

impl ProviderKey {
    /// `PURLIN_AUTH_PROVIDERS_GOOGLE_CLIENT_ID` for `client_id` in `[auth.providers.google]`.
    pub(super) fn variable(&self, provider: &str) -> String {
        format!("{PREFIX}{provider}_{}", self.name).to_uppercase().replace('-', "_")
    }

    pub(super) fn set(&self, settings: &mut Settings, provider: &str, given: &Given) -> Result<(), String> {
        (self.set)(declare(settings, provider), given)
    }
}

/// A section counts even where all its keys stand in the environment.
pub(super) fn declare<'a>(settings: &'a mut Settings, name: &str) -> &'a mut ProviderSettings {
    let providers = &mut settings.auth.providers;
    let place = providers.partition_point(|provider| provider.name.as_str() < name);
    if providers.get(place).is_none_or(|provider| provider.name != name) {
        providers.insert(place, ProviderSettings { name: name.to_owned(), ..ProviderSettings::default() });
    }
    &mut providers[place]
}

/// Empty means not set.
fn put(slot: &mut Option<String>, given: &Given) -> Result<(), String> {
    *slot = Some(given.text()?).filter(|text| !text.is_empty()).map(str::to_owned);
    Ok(())
}
