//! Rendered steps of a write plan.

use purlin_core::schema::FieldId;

use crate::binding::{Binding, Source};
use crate::decode::{Decode, OutputColumn};

/// One statement of a plan.
#[derive(Clone, Debug)]
pub struct WriteStatement {
    pub text: String,
    pub bindings: Vec<Binding>,
    /// The first columns of the result, in its order.
    pub returning: Vec<Returned>,
    pub shown: Shown,
    /// Where the engine's `INSERT` gives nothing back: what reads the row that it made.
    pub reread: Option<Follower>,
    /// What is to be run after it, for nobody's eyes.
    pub after: Option<Follower>,
}

/// A statement that follows another.
#[derive(Clone, Debug)]
pub struct Follower {
    pub text: String,
    pub bindings: Vec<Binding>,
}

/// The columns of an inserted row that are answered.
#[derive(Clone, Debug)]
pub enum Shown {
    /// Where each stands in the result.
    Returned(Vec<OutputColumn>),
    /// All are values that were given, and are stored just as they were bound: nothing needs to come back.
    Given(Vec<GivenColumn>),
}

#[derive(Clone, Debug)]
pub struct GivenColumn {
    pub key: Box<str>,
    pub decode: Decode,
    pub source: Source,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Returned {
    pub field: FieldId,
    pub decode: Decode,
}
