//! Sign-in by others: OpenID Connect providers by discovery, and plain OAuth 2.0 ones by name or by their
//! addresses. Here is the client's side of the protocols (RFC 6749, 7636, 9207, 9700; OpenID Connect Core 1.0);
//! who becomes a user by it is decided in `flow/identity.rs`.

mod cached;
mod discovery;
mod exchange;
mod failure;
mod id_token;
mod jwk;
mod known;
mod pending;
mod profile;
mod provider;
mod query;
mod settings;
mod target;

#[cfg(test)]
mod tests;

pub(crate) use exchange::ExchangeCodes;
pub(crate) use failure::Failure;
pub(crate) use pending::{LIFETIME, Linking, Pending, is_challenge};
pub(crate) use provider::{Provider, Providers};
pub(crate) use query::Query;
pub use settings::{ClientSecret, ProviderSettings};
pub(crate) use target::{Target, Targets};
