//! What the REST surface can be told.

use purlin_core::input::Limits;

/// A path below which all models are served, such as `/api`; empty for none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BasePath(String);

impl BasePath {
    /// However the slashes at its ends are written.
    pub fn new(text: &str) -> Self {
        let inner = text.trim_matches('/');
        Self(if inner.is_empty() { String::new() } else { format!("/{inner}") })
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `rest` without a slash at its beginning.
    pub(crate) fn join(&self, rest: &str) -> String {
        format!("{}/{rest}", self.0)
    }

    /// What follows the base path.
    pub(crate) fn strip<'p>(&self, path: &'p str) -> Option<&'p str> {
        path.strip_prefix(self.0.as_str())?.strip_prefix('/')
    }
}

#[derive(Clone, Debug)]
pub struct Settings {
    pub base_path: BasePath,
    pub limits: Limits,
    /// The server's key, from which the key of cursors is derived.
    pub server_key: Vec<u8>,
    /// Keys of before and those that come next: cursors of theirs are good too.
    pub accepted_keys: Vec<Vec<u8>>,
}
