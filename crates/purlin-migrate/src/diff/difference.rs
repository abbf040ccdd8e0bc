//! The differ's front door.

use super::matching;
use super::question::{Answers, Question};
use super::rename::Renames;
use super::step::Step;
use super::steps::steps;
use crate::dialect::MigrationDialect;
use crate::physical::PhysicalSchema;

#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    dialect: MigrationDialect,
    pub renames: Renames,
    /// As if every open question were answered by a drop.
    pub steps: Vec<Step>,
    /// To be answered before the steps may run.
    pub questions: Vec<Question>,
}

impl Difference {
    /// The steps of the way back.
    pub fn back(&self, old: &PhysicalSchema, new: &PhysicalSchema) -> Vec<Step> {
        steps(self.dialect.engine(), new, old, &self.renames.inverse())
    }
}

pub fn diff(
    dialect: MigrationDialect,
    old: &PhysicalSchema,
    new: &PhysicalSchema,
    answers: &Answers,
) -> Difference {
    let (renames, questions) = matching::find(old, new, answers);
    let steps = steps(dialect.engine(), old, new, &renames);
    Difference { dialect, renames, steps, questions }
}
