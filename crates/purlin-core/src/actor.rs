//! Who acts. Surfaces make actors from credentials; the engine only reads them.

use std::sync::Arc;

use crate::policy::Prepared;
use crate::value::Value;

#[derive(Clone, Debug)]
pub enum Actor {
    /// No credentials: `auth()` is null.
    Anonymous,
    /// A row of the auth model.
    User(Arc<User>),
    /// Somebody outside of the app who works on all its data; passes every rule. Whatever they do is logged.
    Admin(Arc<Admin>),
    /// The app itself; passes every rule. Never made from input.
    System {
        /// Logged with each use.
        reason: &'static str,
    },
}

/// As the log names them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admin {
    pub email: String,
}

/// The signed-in user's row, as stored, all columns: policies may use hidden ones.
#[derive(Debug)]
pub struct User {
    /// Of the auth model; in the order of its fields, `Null` for relations.
    pub values: Vec<Value>,
    /// What the rules make of this user's requests.
    pub(crate) prepared: Prepared,
}

impl User {
    pub fn new(values: Vec<Value>) -> Self {
        Self { values, prepared: Prepared::default() }
    }
}

impl Actor {
    pub fn user(&self) -> Option<&User> {
        match self {
            Self::User(user) => Some(user),
            Self::Anonymous | Self::Admin(_) | Self::System { .. } => None,
        }
    }

    /// Whether no rule of the schema binds them. What no client can do, they cannot either, but for the app.
    pub fn passes_rules(&self) -> bool {
        matches!(self, Self::Admin(_) | Self::System { .. })
    }

    pub fn is_system(&self) -> bool {
        matches!(self, Self::System { .. })
    }
}
