//! What would happen, before it does.

use crate::database::Session;
use crate::diff::{Answers, Question, Renames, Step, diff};
use crate::error::Error;
use crate::guard::{self, Accepted, Finding};
use crate::physical::PhysicalSchema;
use crate::render::{Direction, flatten, render};

/// What a person has decided so far: flags, or answers to questions.
#[derive(Clone, Debug, Default)]
pub struct Consent {
    pub answers: Answers,
    pub accepted: Accepted,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    pub steps: Vec<Step>,
    /// The SQL of the steps.
    pub statements: Vec<String>,
    /// What it does to the rows at hand.
    pub findings: Vec<Finding>,
    /// To be answered first; until then the steps drop and add.
    pub questions: Vec<Question>,
    pub(super) renames: Renames,
    pub(super) base: PhysicalSchema,
    pub(super) target: PhysicalSchema,
}

impl Plan {
    /// Whether the database has no table yet that the schema names.
    pub fn starts_from_nothing(&self) -> bool {
        self.base.tables.is_empty()
    }

    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// From one state to another, on the rows at hand: the database must hold `base`.
    pub(super) fn make(
        session: &mut Session<'_>,
        base: PhysicalSchema,
        target: PhysicalSchema,
        answers: &Answers,
    ) -> Result<Self, Error> {
        let difference = diff(session.dialect, &base, &target, answers);
        let here = guard::with_strangers(session, &base, &target, &difference.renames)?;
        let findings =
            guard::findings(session.dialect, &here, &target, &difference.renames, session.connection)
                .map_err(|source| session.error("count the rows concerned", source))?;
        let statements = flatten(render(session.dialect, &difference.steps, &target, Direction::Up));
        Ok(Self {
            statements,
            findings,
            steps: difference.steps,
            questions: difference.questions,
            renames: difference.renames,
            base,
            target,
        })
    }

    /// Nothing is open: every question answered, every loss agreed to.
    pub(super) fn check(&self, datasource: &str, accepted: &Accepted) -> Result<(), Error> {
        let datasource = datasource.to_owned();
        if !self.questions.is_empty() {
            return Err(Error::Unanswered { datasource, questions: self.questions.clone() });
        }
        let findings = accepted.remaining(&self.findings);
        if findings.is_empty() {
            Ok(())
        } else {
            Err(Error::Guarded { datasource, migration: None, findings })
        }
    }
}
