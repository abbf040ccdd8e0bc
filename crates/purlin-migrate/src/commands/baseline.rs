//! `migrate baseline`: a database that was there before becomes the first migration, which is recorded and not run.
//! Nothing of the app's tables is changed; Purlin's own tables are made.

use std::path::PathBuf;

use purlin_core::DateTime;
use purlin_schema::model::{RelationMode, Schema};

use super::Migrator;
use super::draft::Draft;
use super::prisma;
use super::situation::Situation;
use crate::connection::MigrationConnection;
use crate::database::{Session, record, write_state};
use crate::diff::{Answers, Renames, Step, diff, steps};
use crate::error::Error;
use crate::folder::{Baseline, Migration, MigrationName, load, remove};
use crate::guard::Accepted;
use crate::physical::{PhysicalSchema, implied_indexes};
use crate::render::{Direction, flatten, render};

#[derive(Clone, Copy, Debug)]
pub struct TakeOver<'a> {
    pub name: Option<&'a MigrationName>,
    /// The time that the folder's name begins with.
    pub now: DateTime,
    /// Of migrations that are there, the last one that the database already is; all without it.
    pub upto: Option<&'a str>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TakenOver {
    /// The new first migration; none where migrations were there.
    pub written: Option<PathBuf>,
    /// The migrations that are recorded as applied.
    pub recorded: Vec<String>,
    /// Indexes of relations that the database has not, and that nobody asks of it from now on.
    pub left_out: Vec<String>,
    /// The migrations that Prisma had applied.
    pub of_prisma: Vec<String>,
    /// For the person who runs it.
    pub notes: Vec<String>,
}

impl Migrator {
    pub fn baseline(
        &self,
        schema: &Schema,
        connection: &mut dyn MigrationConnection,
        request: &TakeOver<'_>,
    ) -> Result<TakenOver, Error> {
        let mut migrations = load(&self.datasource, &self.folder, self.dialect)?;
        let target = self.target(schema, &migrations)?;
        let mut session = self.session(connection);
        let session = &mut session;
        let situation = Situation::read(session, &migrations, &target)?;
        self.require_foreign(&situation)?;
        let mut taken = TakenOver {
            of_prisma: prisma::applied(session)?,
            notes: session.engine().other_forms(session, &situation.state.schema)?,
            ..TakenOver::default()
        };
        if migrations.is_empty() {
            let target = self.without_missing_indexes(schema, &situation, target, &mut taken)?;
            self.difference(&situation.state.schema, &target, None)?;
            let migration = self.write_first(target, &taken, request)?;
            taken.written = Some(migration.path.clone());
            migrations.push(migration);
        } else {
            let count = self.position(&migrations, request.upto)? + 1;
            migrations.truncate(count);
        }
        let is_recorded = self.record_all(session, &migrations);
        if let (Err(_), Some(path)) = (&is_recorded, &taken.written) {
            remove(path)?;
        }
        is_recorded?;
        if self.dialect.engine().indexes_foreign_keys() && self.has_foreign_keys(schema)? {
            // Those of the foreign keys serve as well.
            taken.left_out.clear();
        }
        taken.recorded = migrations.into_iter().map(|migration| migration.id).collect();
        Ok(taken)
    }

    fn has_foreign_keys(&self, schema: &Schema) -> Result<bool, Error> {
        Ok(self.datasource_of(schema)?.relation_mode == RelationMode::ForeignKeys)
    }

    /// A database that nothing of Purlin has touched.
    fn require_foreign(&self, situation: &Situation) -> Result<(), Error> {
        let datasource = self.datasource.clone();
        if !situation.history.rows.is_empty() || situation.history.unfinished.is_some() {
            return Err(Error::HasHistory { datasource });
        }
        if situation.state.is_foreign {
            return Ok(());
        }
        let is_own = !situation.state.schema.tables.is_empty();
        Err(if is_own { Error::Unrecorded { datasource } } else { Error::NothingThere { datasource } })
    }

    /// Where the database has no index for a relation, none is asked for: it only serves speed.
    fn without_missing_indexes(
        &self,
        schema: &Schema,
        situation: &Situation,
        mut target: PhysicalSchema,
        taken: &mut TakenOver,
    ) -> Result<PhysicalSchema, Error> {
        let implied = implied_indexes(schema, self.datasource_of(schema)?.id, self.dialect)?;
        let none = Renames::default();
        for step in steps(self.dialect.engine(), &situation.state.schema, &target, &none) {
            if let Step::CreateIndex { index, .. } = step
                && implied.contains(&index.name)
            {
                taken.left_out.push(index.name);
            }
        }
        leave_out(&mut target, &taken.left_out);
        Ok(target)
    }

    /// Everything but Purlin's own tables has to be there as it is said; what those still need.
    fn difference(
        &self,
        live: &PhysicalSchema,
        target: &PhysicalSchema,
        migration: Option<&str>,
    ) -> Result<Vec<Step>, Error> {
        let steps = steps(self.dialect.engine(), live, target, &Renames::default());
        let is_new = |step: &Step| {
            matches!(step, Step::CreateTable { .. } | Step::CreateIndex { .. } | Step::AddForeignKey { .. })
        };
        let (own, others): (Vec<Step>, Vec<Step>) =
            steps.into_iter().partition(|step| step.is_of_own_table() && is_new(step));
        if others.is_empty() {
            return Ok(own);
        }
        let differences = others.iter().map(ToString::to_string).collect();
        Err(Error::NotAsSaid {
            datasource: self.datasource.clone(),
            migration: migration.map(str::to_owned),
            differences,
        })
    }

    fn write_first(
        &self,
        target: PhysicalSchema,
        taken: &TakenOver,
        request: &TakeOver<'_>,
    ) -> Result<Migration, Error> {
        let base = PhysicalSchema::default();
        let difference = diff(self.dialect, &base, &target, &Answers::default());
        let usual = MigrationName::parse("baseline")?;
        let id = request.name.unwrap_or(&usual).id(request.now, None);
        let accepted = Accepted::default();
        Draft { id, parent: None, base: &base, target, difference, accepted }.write(self, |migration| {
            migration.up.insert_str(0, &head(taken));
            migration.plan.baseline =
                Some(Baseline { left_out: taken.left_out.clone(), of_prisma: taken.of_prisma.clone() });
        })
    }

    /// Where a migration stands, by its whole name or without the time; the last one without a name.
    pub(super) fn position(&self, migrations: &[Migration], upto: Option<&str>) -> Result<usize, Error> {
        let last = migrations.len().saturating_sub(1);
        let Some(name) = upto else { return Ok(last) };
        let is_meant = |migration: &Migration| {
            migration.id == name || migration.id.get(15..).is_some_and(|rest| rest == name)
        };
        migrations.iter().position(is_meant).ok_or_else(|| Error::NoMigration {
            datasource: self.datasource.clone(),
            name: name.to_owned(),
            known: migrations.iter().map(|migration| migration.id.clone()).collect(),
        })
    }

    /// Looks again, alone on the database, and records.
    fn record_all(&self, session: &mut Session<'_>, migrations: &[Migration]) -> Result<(), Error> {
        let Some(last) = migrations.last() else { return Ok(()) };
        let snapshot = &last.snapshot.schema;
        session.exclusively(None, |session| {
            let now = Situation::read_inside(session, migrations, snapshot)?;
            self.require_foreign(&now)?;
            let own = self.difference(&now.state.schema, snapshot, Some(&last.id))?;
            let statements = flatten(render(self.dialect, &own, snapshot, Direction::Up));
            session.engine().announce(session, snapshot)?;
            session.run(None, &statements)?;
            for migration in migrations {
                record(session, &migration.id, &migration.checksum, 0, true)?;
            }
            write_state(session, snapshot, &Answers::default())
        })
    }
}

/// What a baseline does not ask of the database, unless the schema comes to ask for it itself.
pub(super) fn leave_out(target: &mut PhysicalSchema, indexes: &[String]) {
    for table in &mut target.tables {
        table.indexes.retain(|index| !indexes.contains(&index.name));
    }
}

fn head(taken: &TakenOver) -> String {
    let start = "-- What the database held when Purlin took it over: recorded there, and run on empty databases only.\n";
    if taken.of_prisma.is_empty() {
        return start.to_owned();
    }
    // A name comes from a table; it must not end the comment.
    let name = |name: &String| name.chars().filter(|letter| !letter.is_control()).collect::<String>();
    let names: Vec<String> = taken.of_prisma.iter().map(name).collect();
    format!("{start}-- Applied by Prisma before:\n--   {}\n", names.join("\n--   "))
}
