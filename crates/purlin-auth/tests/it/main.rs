//! Integration tests of `purlin-auth`, one module per subject; cases are tables or files of `../cases`.
#![cfg(test)]

mod addresses;
mod api_keys;
mod codes;
mod hashes;
mod pool;
mod random;
mod refresh;
mod rotation;
mod rules;
mod second_factor;
mod signatures;
mod tokens;

use purlin_auth::secret::ServerKey;
use purlin_core::DateTime;

fn key() -> ServerKey {
    ServerKey::derive(b"a secret of the app, 32 bytes at least").unwrap()
}

fn other_key() -> ServerKey {
    ServerKey::derive(b"the secret of another app, as long or so").unwrap()
}

/// Seconds since 1970.
fn at(seconds: i64) -> DateTime {
    DateTime::from_millis(seconds * 1000).unwrap()
}

/// The cases of a file.
fn cases<C: serde::de::DeserializeOwned>(text: &str) -> Vec<C> {
    #[derive(serde::Deserialize)]
    struct File<C> {
        cases: Vec<C>,
    }
    serde_json::from_str::<File<C>>(text).unwrap().cases
}
