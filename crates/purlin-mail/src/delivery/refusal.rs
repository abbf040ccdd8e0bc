//! The port to whatever takes letters, and its ways to say no.

use std::fmt;

use purlin_core::store::BoxFuture;

use crate::letter::Letter;

/// Characters of a server's words that are kept.
const MOST_CHARACTERS: usize = 300;

pub trait Delivery: Send + Sync + fmt::Debug {
    /// `Ok` when the other side has taken the letter as its own.
    fn deliver<'a>(&'a self, letter: &'a Letter) -> BoxFuture<'a, Result<(), Refusal>>;
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub kind: RefusalKind,
    /// One line, safe to log.
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusalKind {
    /// This letter will never be taken.
    Letter,
    /// This letter, for now.
    LetterForNow,
    /// Any letter, for now: the server is not there, or does not know us.
    Server,
}

impl Refusal {
    /// Servers write what they like: one line, without controls, cut.
    pub(crate) fn new(kind: RefusalKind, text: &str) -> Self {
        let line = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(MOST_CHARACTERS);
        Self { kind, text: line.collect() }
    }
}
