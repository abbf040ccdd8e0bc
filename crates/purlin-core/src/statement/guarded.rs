//! The proof that policies have spoken.

use std::fmt;

/// A statement that the policy module has built, or that the system itself asked for. Stores
/// accept nothing else, and nobody else can make one: the field is private to the core.
#[derive(Clone)]
pub struct Guarded<T>(T);

impl<T> Guarded<T> {
    /// Only for the policy module, which has put every rule into `statement`.
    pub(crate) fn new(statement: T) -> Self {
        Self(statement)
    }

    /// Past the policies, for what the app does on its own behalf: loading the signed-in user,
    /// seeding, tests of stores. Each use says why; grep for it.
    pub fn as_system(statement: T, reason: &'static str) -> Self {
        tracing::trace!(reason, "statement past the policies");
        Self(statement)
    }

    pub fn get(&self) -> &T {
        &self.0
    }

    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T: fmt::Debug> fmt::Debug for Guarded<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}
