//! What is kept and for how long, and what came of it.

use std::time::Duration;

use crate::schema::ModelId;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CacheSettings {
    /// How old an answer of a model may grow; those of others are not kept.
    pub models: Vec<(ModelId, Duration)>,
    /// Of all answers together.
    pub size_bytes: usize,
    /// How old one may grow where writes by other processes are not heard of.
    pub others_within: Duration,
}

/// What came of a read of a model whose answers are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CacheUse {
    /// The answer was there.
    Hit,
    /// The database was asked.
    Miss,
    /// Answers like this are not kept.
    Bypass,
}
