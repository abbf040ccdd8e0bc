//! Tables of a database that data is moved into. While they are filled, foreign keys are missing where an engine can
//! add them later: rows then come in any order, and are checked when the keys are made. A table of its own says that a
//! move is under way; what it holds is the mover's.

use std::path::PathBuf;

use purlin_schema::model::Schema;

use super::Migrator;
use super::dev::Afterwards;
use super::plan::Consent;
use super::situation::Situation;
use crate::connection::MigrationConnection;
use crate::database::Session;
use crate::engine::ForeignKeys;
use crate::error::Error;
use crate::folder::load;

const COLUMNS: [&str; 2] = ["id", "state"];

impl Migrator {
    /// Says that a move is under way: a key and a text.
    pub const MOVE_TABLE: &str = "_purlin_move";

    /// What of the schema the database has already: tables, or a history of migrations.
    pub fn occupied(
        &self,
        schema: &Schema,
        connection: &mut dyn MigrationConnection,
    ) -> Result<Vec<String>, Error> {
        let target = self.target(schema, &[])?;
        let mut session = self.session(connection);
        let situation = Situation::read(&mut session, &[], &target)?;
        let mut found: Vec<String> =
            situation.state.schema.tables.iter().map(|table| format!("table {}", table.name)).collect();
        found.extend(situation.history.rows.iter().map(|row| format!("migration {}", row.id)));
        Ok(found)
    }

    /// Whether a move into the database has begun and not ended.
    pub fn is_filling(&self, connection: &mut dyn MigrationConnection) -> Result<bool, Error> {
        let mut session = self.session(connection);
        session.engine().has_table(&mut session, Self::MOVE_TABLE)
    }

    /// Makes the tables, and first the one that says so. Again it makes what is missing.
    pub fn begin_filling(
        &self,
        schema: &Schema,
        connection: &mut dyn MigrationConnection,
    ) -> Result<(), Error> {
        let mut target = self.target(schema, &[])?;
        let mut session = self.session(connection);
        if session.engine().foreign_keys() != ForeignKeys::WithTable {
            target.tables.iter_mut().for_each(|table| table.foreign_keys.clear());
        }
        mark(&mut session)?;
        let situation = Situation::read(&mut session, &[], &target)?;
        let consent = Consent::default();
        self.follow(&mut session, &[], &situation, target, &consent, Afterwards::Unrecorded).map(|_| ())
    }

    /// Nothing says any more that a move is under way.
    pub fn end_filling(&self, connection: &mut dyn MigrationConnection) -> Result<(), Error> {
        let mut session = self.session(connection);
        let drop = format!("DROP TABLE {}", session.engine().sql().identifier(Migrator::MOVE_TABLE));
        session.execute("end the move", &drop, &[])
    }

    /// Whether the folder's migrations are for another engine than this one.
    pub fn is_of_other_engine(&self) -> Result<bool, Error> {
        match load(&self.datasource, &self.folder, self.dialect) {
            Err(Error::OtherDialect { .. }) => Ok(true),
            loaded => loaded.map(|_| false),
        }
    }

    /// Moves a folder with migrations of another engine to a name that says of which; `None` where there is none.
    pub fn set_aside(&self) -> Result<Option<PathBuf>, Error> {
        let found = match load(&self.datasource, &self.folder, self.dialect) {
            Err(Error::OtherDialect { found, .. }) => found,
            loaded => return loaded.map(|_| None),
        };
        let parent = self.folder.parent().unwrap_or(&self.folder);
        let name = format!("{}.{found}", self.datasource);
        let numbered = (2..).map(|number| format!("{name}.{number}"));
        let free = std::iter::once(name.clone()).chain(numbered).map(|name| parent.join(name));
        let Some(place) = free.into_iter().find(|place| !place.exists()) else { return Ok(None) };
        std::fs::rename(&self.folder, &place).map_err(|source| Error::Io {
            action: "move",
            path: self.folder.clone(),
            source,
        })?;
        Ok(Some(place))
    }
}

fn mark(session: &mut Session<'_>) -> Result<(), Error> {
    let engine = session.engine();
    let (key, long) = engine.text_types();
    let [id, state] = COLUMNS.map(|column| engine.sql().identifier(column));
    let create = format!(
        "CREATE TABLE IF NOT EXISTS {} ({id} {key} NOT NULL PRIMARY KEY, {state} {long} NOT NULL){}",
        engine.sql().identifier(Migrator::MOVE_TABLE),
        engine.table_options()
    );
    session.execute("begin the move", &create, &[])
}
