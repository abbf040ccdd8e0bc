//! A migration before it is a folder: everything that its files are made of.

use super::Migrator;
use crate::diff::{Between, Difference};
use crate::error::Error;
use crate::folder::{Migration, Parent, PlanFile, Snapshot, VERSION, write};
use crate::guard::Accepted;
use crate::physical::PhysicalSchema;
use crate::render::{Direction, down_script, render, up_script};
use crate::script::checksum;

#[derive(Debug)]
pub(super) struct Draft<'a> {
    pub(super) id: String,
    pub(super) parent: Option<Parent>,
    /// What stands before it.
    pub(super) base: &'a PhysicalSchema,
    pub(super) target: PhysicalSchema,
    pub(super) difference: Difference,
    pub(super) accepted: Accepted,
}

impl Draft<'_> {
    /// Its files, with what `adjust` makes of them.
    pub(super) fn write(
        self,
        migrator: &Migrator,
        adjust: impl FnOnce(&mut Migration),
    ) -> Result<Migration, Error> {
        let dialect = migrator.dialect;
        let up = render(dialect, &self.difference.steps, &self.target, Direction::Up);
        let up = up_script(&self.id, dialect, &up);
        let back = self.difference.back(self.base, &self.target);
        let down = down_script(&self.id, dialect, &render(dialect, &back, self.base, Direction::Down));
        let Difference { renames, steps, .. } = self.difference;
        let between = Between::of(dialect.engine(), self.base, &self.target, &renames);
        let plan = PlanFile {
            version: VERSION,
            dialect,
            phases: between.phases(dialect.engine(), self.base, &steps),
            renames,
            steps,
            accepted: self.accepted,
            baseline: None,
            squashed: Vec::new(),
            checksum: checksum(&up),
            down_checksum: checksum(&down),
        };
        let snapshot = Snapshot::new(self.id.clone(), dialect, self.parent, self.target);
        let mut migration = Migration {
            path: migrator.folder.join(&self.id),
            checksum: checksum(&up),
            id: self.id,
            up,
            down: Some(down),
            snapshot,
            plan,
        };
        adjust(&mut migration);
        write(&migrator.folder, &migration)?;
        Ok(migration)
    }
}
