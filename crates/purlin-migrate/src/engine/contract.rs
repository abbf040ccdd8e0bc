//! What an engine's folder implements.

use std::time::Duration;

use purlin_schema::model::Model;

use super::{Beside, FieldType};
use crate::database::Session;
use crate::diff::{Change, Step};
use crate::error::Error;
use crate::physical::{Column, Fill, Index, PhysicalSchema, Table};
use crate::render::Direction;

/// What runs alone on the database.
pub(crate) type Work<'w> = &'w mut dyn FnMut(&mut Session<'_>) -> Result<(), Error>;

pub(crate) trait Engine: Send + Sync + std::fmt::Debug {
    /// Quoting, column types and defaults.
    fn sql(&self) -> &'static dyn purlin_sql::Dialect;

    /// Longer names of keys and indexes are cut to so many bytes.
    fn longest_name(&self) -> usize;

    /// Whether a change and its row in the history are one transaction.
    fn is_transactional(&self) -> bool;

    // The physical schema.

    /// A member of a JSON column, as an index names it; `None` where no index can.
    fn member(&self, column: &str, path: &[String]) -> Option<String>;

    /// Whether an index may have a condition; one that is not unique only serves speed.
    fn has_partial_indexes(&self, is_unique: bool) -> bool;

    /// Whether an index may be another than the usual tree.
    fn has_index_methods(&self) -> bool {
        false
    }

    /// Whether the words of the model's `@@fulltext` can have an index.
    fn has_search_index(&self, _model: &Model) -> bool {
        false
    }

    /// What that index must be called, where statements name it.
    fn search_index(&self, _model: &Model) -> Option<String> {
        None
    }

    /// Whether lists and documents may be in an index at all.
    fn indexes_documents(&self) -> bool {
        true
    }

    /// Whether an index keeps its entries in the other direction where it is asked to.
    fn has_descending_indexes(&self) -> bool {
        true
    }

    /// Whether an index may hold only the beginning of a column.
    fn has_index_lengths(&self) -> bool {
        false
    }

    /// Whether a foreign key has an index of its own, whatever else is asked for.
    fn indexes_foreign_keys(&self) -> bool {
        false
    }

    /// What stands behind the parentheses of `CREATE TABLE`.
    fn table_options(&self) -> &'static str {
        ""
    }

    /// A table's name without its namespace: what names of keys and indexes begin with.
    fn bare_name<'a>(&self, table: &'a str) -> &'a str {
        table
    }

    /// A table's name in statements.
    fn table(&self, name: &str) -> String {
        self.sql().identifier(name)
    }

    fn placeholder(&self, number: usize) -> String {
        self.sql().placeholder(number)
    }

    /// What of the schema the engine cannot hold.
    fn problems(&self, schema: &PhysicalSchema) -> Vec<String>;

    // Comparison.

    fn is_same_name(&self, left: &str, right: &str) -> bool;

    /// Whether an expression that the catalogue gives back is the one that was written.
    fn is_same_expression(&self, left: &str, right: &str) -> bool;

    /// Whether a column that another tool made holds what the schema's would hold.
    fn serves_as(&self, live: &Column, wanted: &Column) -> bool;

    /// Whether a default that another tool declared gives what the schema's would give.
    fn default_serves(&self, live: &str, wanted: &str) -> bool {
        self.is_same_expression(live, wanted)
    }

    /// Whether the database counts the column up, also where nobody asked for it.
    fn counts(&self, _table: &Table, column: &Column) -> bool {
        column.is_counted
    }

    /// What a field over a column is in a schema.
    fn field_type(&self, column: &Column) -> FieldType;

    fn foreign_keys(&self) -> ForeignKeys;

    /// Whether an index takes another name without being made anew.
    fn renames_indexes(&self) -> bool;

    /// Whether the index of a primary key has a name that nothing else may have.
    fn names_primary_keys(&self) -> bool;

    /// Whether a foreign key takes another name without being made anew.
    fn renames_foreign_keys(&self) -> bool {
        false
    }

    /// Whether an index that both states have fits the changed table as it is.
    fn index_survives(&self, before: &Table, after: &Table, index: &Index) -> bool;

    /// The changes of one table that stays; none of keys and indexes that are steps of their own.
    fn table_steps(&self, before: &Table, after: &Table, changes: Vec<Change>) -> Vec<Step>;

    // Statements.

    /// Those of one step, each without its closing semicolon. `target`: the state that is reached in the end.
    fn statements(&self, step: &Step, target: &PhysicalSchema, direction: Direction) -> Vec<String>;

    /// An expression: what the app makes for new rows, another for each row.
    fn made(&self, fill: &Fill, column: &Column) -> String;

    /// The same as a column's default, where the engine lets a default make values.
    fn made_by_default(&self, fill: &Fill, column: &Column) -> Option<String> {
        Some(self.made(fill, column))
    }

    /// The empty value of a required column whose values are lost.
    fn empty(&self, column: &Column, target: &PhysicalSchema) -> String;

    /// A value that moves into a column of another type; `value` is where the old one is read.
    fn convert(&self, value: &str, from: &Column, to: &Column) -> Conversion;

    /// A converted value, for a query: without what only the change itself prepares.
    fn converted(&self, value: &str, from: &Column, to: &Column) -> String {
        self.convert(value, from, to).value
    }

    /// An expression as text, where values of two types are compared.
    fn as_text(&self, value: &str) -> String;

    /// A list without elements.
    fn empty_list(&self) -> &'static str;

    /// Whether a list has an element that is none of these.
    fn list_has_other(&self, list: &str, known: &[String]) -> String;

    // The live database.

    fn begin_reading(&self) -> &'static str;

    /// An expression: the time as 24 characters.
    fn now(&self) -> &'static str;

    /// The types of the history's own columns: those of keys, and those of long text.
    fn text_types(&self) -> (&'static str, &'static str);

    fn has_table(&self, session: &mut Session<'_>, table: &str) -> Result<bool, Error>;

    /// All tables, but those that migrations keep for themselves; tables outside the connection's own
    /// schema are named with theirs.
    fn introspect(&self, session: &mut Session<'_>) -> Result<PhysicalSchema, Error>;

    /// What the catalogue holds beside tables.
    fn beside(&self, session: &mut Session<'_>) -> Result<Beside, Error>;

    /// What other tools stored in these tables in a form that Purlin reads, but compares otherwise.
    fn other_forms(
        &self,
        _session: &mut Session<'_>,
        _schema: &PhysicalSchema,
    ) -> Result<Vec<String>, Error> {
        Ok(Vec::new())
    }

    /// Runs `work` alone on the database. Where that can be, nothing of it stays unless all of it does.
    fn exclusively(
        &self,
        session: &mut Session<'_>,
        migration: Option<&str>,
        work: Work<'_>,
    ) -> Result<(), Error>;

    /// A change without a name begins, inside [`Engine::exclusively`]: what it leads to, should it be cut short.
    fn announce(&self, _session: &mut Session<'_>, _target: &PhysicalSchema) -> Result<(), Error> {
        Ok(())
    }

    /// What a change without a name, which was cut short, was to lead to.
    fn interrupted(&self, _session: &mut Session<'_>) -> Result<Option<PhysicalSchema>, Error> {
        Ok(None)
    }

    /// How many statements of a change that was cut short are done, where each is committed by itself.
    fn finished(&self, _session: &mut Session<'_>, _key: &str) -> Result<usize, Error> {
        Ok(0)
    }

    /// Takes the notes of its statements away: it may run again.
    fn forget_statements(&self, _session: &mut Session<'_>, _key: &str) -> Result<(), Error> {
        Ok(())
    }

    /// Statement by statement, inside [`Engine::exclusively`]; the first failure names its number.
    fn run(
        &self,
        session: &mut Session<'_>,
        migration: Option<&str>,
        statements: &[String],
    ) -> Result<(), Error>;
}

/// How foreign keys are changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ForeignKeys {
    /// With their table, which is made anew; they do not act meanwhile.
    WithTable,
    /// By steps of their own. They stand in the way of changes of their columns: of all, or of types only.
    Apart { of_any_change: bool },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Conversion {
    pub(crate) value: String,
    /// A condition on the old value: nothing is lost. `None` where every value survives.
    pub(crate) is_exact: Option<String>,
}

impl Conversion {
    pub(crate) fn sure(value: impl Into<String>) -> Self {
        Self { value: value.into(), is_exact: None }
    }

    pub(crate) fn if_only(value: impl Into<String>, is_exact: impl Into<String>) -> Self {
        Self { value: value.into(), is_exact: Some(is_exact.into()) }
    }
}

/// How long one migration waits for another.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lock {
    pub(crate) timeout: Duration,
}

impl Default for Lock {
    fn default() -> Self {
        Self { timeout: Duration::from_mins(1) }
    }
}
