//! One construct, and what becomes of it on each engine.

use super::Engine;
use super::scope::{Found, Scope};
use crate::diagnostic::Code;

/// Something that a schema may ask for.
#[derive(Clone, Copy, Debug)]
pub struct Construct {
    /// `P` and four digits; its title is the row of the table.
    pub code: Code,
    pub sqlite: State,
    pub postgres: State,
    pub mysql: State,
    pub mongodb: State,
    /// Where a schema has it; only asked of engines on which it is not the same.
    pub(super) find: Find,
}

pub(super) type Find = fn(&Scope<'_>) -> Vec<Found>;

/// `how` goes on from what was found: "`User.email`" "holds at most 191 characters".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Same,
    /// The same answers, made in another way.
    Otherwise(&'static str),
    /// Other answers, or none for some values: a warning.
    Differs {
        how: &'static str,
        help: &'static str,
    },
    /// The engine cannot hold it: an error, and the app does not start there.
    Refused {
        how: &'static str,
        help: &'static str,
    },
}

impl Construct {
    pub fn state(&self, engine: Engine) -> State {
        match engine {
            Engine::Sqlite => self.sqlite,
            Engine::Postgres => self.postgres,
            Engine::MySql => self.mysql,
            Engine::MongoDb => self.mongodb,
        }
    }
}
