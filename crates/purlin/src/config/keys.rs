//! The table of all keys: section, name, environment variable, default, meaning.
//! A new key is a row in `keys/` and a field in `settings.rs`; everything else follows from it.

mod api;
mod around;
mod auth;
mod server;

use std::time::Duration;

use super::given::Given;
use super::settings::Settings;

pub(super) struct Key {
    pub(super) section: &'static str,
    pub(super) name: &'static str,
    /// A well-known variable, beside `PURLIN_<SECTION>_<NAME>`.
    pub(super) variable: Option<&'static str>,
    /// Written as in the environment; empty where the key is not set by default.
    pub(super) default: &'static str,
    pub(super) about: &'static str,
    /// A secret is refused in `purlin.toml`, which belongs into version control.
    pub(super) is_secret: bool,
    pub(super) set: fn(&mut Settings, &Given) -> Result<(), String>,
}

impl Key {
    /// `PURLIN_SERVER_PORT` for `port` in `[server]`.
    pub(super) fn long_variable(&self) -> String {
        format!("PURLIN_{}_{}", self.section, self.name).to_uppercase()
    }
}

/// In the order in which they are explained.
pub(super) fn all() -> impl Iterator<Item = &'static Key> {
    [server::KEYS, api::KEYS, auth::KEYS, around::KEYS].into_iter().flatten()
}

pub(super) fn find(section: &str, name: &str) -> Option<&'static Key> {
    all().find(|key| key.section == section && key.name == name)
}

/// Section names in the order of the table, each once.
pub(super) fn sections() -> Vec<&'static str> {
    let mut sections: Vec<&str> = all().map(|key| key.section).collect();
    sections.dedup();
    sections
}

const SHORTEST_TIMEOUT: Duration = Duration::from_millis(1);

fn put<T>(slot: &mut T, value: Result<T, String>) -> Result<(), String> {
    *slot = value?;
    Ok(())
}
