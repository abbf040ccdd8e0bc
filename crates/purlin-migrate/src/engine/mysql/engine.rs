//! The MySQL family's value of the trait: the way to its parts.

use super::{alter, catalogue, convert, create, declared, exclusive, fill, journal, limits, pulled, step};
use crate::database::Session;
use crate::diff::{Change, Step};
use crate::engine::contract::Work;
use crate::engine::{Beside, Conversion, Engine, FieldType, ForeignKeys, expression};
use crate::error::Error;
use crate::physical::{Column, Fill, Index, PhysicalSchema, Table};
use crate::render::Direction;

#[derive(Clone, Copy, Debug)]
pub(crate) struct MySql;

impl Engine for MySql {
    fn sql(&self) -> &'static dyn purlin_sql::Dialect {
        &create::SQL
    }

    fn longest_name(&self) -> usize {
        64
    }

    fn is_transactional(&self) -> bool {
        false
    }

    fn member(&self, _column: &str, _path: &[String]) -> Option<String> {
        // Only some servers of the family have indexes on expressions.
        None
    }

    fn has_partial_indexes(&self, is_unique: bool) -> bool {
        // By a column that is null where the condition does not hold.
        is_unique
    }

    fn indexes_documents(&self) -> bool {
        false
    }

    /// Entries are read in both directions, and not every server keeps another.
    fn has_descending_indexes(&self) -> bool {
        false
    }

    fn indexes_foreign_keys(&self) -> bool {
        true
    }

    fn has_index_lengths(&self) -> bool {
        true
    }

    fn placeholder(&self, _number: usize) -> String {
        "?".to_owned()
    }

    fn table_options(&self) -> &'static str {
        create::TABLE_OPTIONS
    }

    fn problems(&self, schema: &PhysicalSchema) -> Vec<String> {
        limits::problems(schema)
    }

    fn is_same_name(&self, left: &str, right: &str) -> bool {
        left.eq_ignore_ascii_case(right)
    }

    fn is_same_expression(&self, left: &str, right: &str) -> bool {
        expression::is_same(left, right)
    }

    fn serves_as(&self, live: &Column, wanted: &Column) -> bool {
        declared::serves_as(live, wanted)
    }

    fn field_type(&self, column: &Column) -> FieldType {
        pulled::field_type(column)
    }

    fn foreign_keys(&self) -> ForeignKeys {
        ForeignKeys::Apart { of_any_change: true }
    }

    fn renames_indexes(&self) -> bool {
        true
    }

    fn names_primary_keys(&self) -> bool {
        false
    }

    fn index_survives(&self, before: &Table, after: &Table, index: &Index) -> bool {
        alter::index_survives(before, after, index)
    }

    fn table_steps(&self, before: &Table, after: &Table, changes: Vec<Change>) -> Vec<Step> {
        alter::steps(before, after, changes)
    }

    fn statements(&self, step: &Step, target: &PhysicalSchema, direction: Direction) -> Vec<String> {
        step::statements(step, target, direction)
    }

    fn made(&self, fill: &Fill, _column: &Column) -> String {
        fill::expression(fill)
    }

    /// Only what the catalogues of all servers give back as it was written.
    fn made_by_default(&self, fill: &Fill, _column: &Column) -> Option<String> {
        fill::default(fill)
    }

    fn empty(&self, column: &Column, target: &PhysicalSchema) -> String {
        fill::empty(column, target)
    }

    fn convert(&self, value: &str, from: &Column, to: &Column) -> Conversion {
        convert::convert(value, from, to)
    }

    fn as_text(&self, value: &str) -> String {
        value.to_owned()
    }

    fn empty_list(&self) -> &'static str {
        "'[]'"
    }

    fn list_has_other(&self, list: &str, known: &[String]) -> String {
        let known = serde_json::Value::from(known.to_vec()).to_string();
        format!("NOT json_contains({}, {list})", create::literal(&known))
    }

    fn begin_reading(&self) -> &'static str {
        "START TRANSACTION READ ONLY"
    }

    fn now(&self) -> &'static str {
        "concat(left(date_format(utc_timestamp(3), '%Y-%m-%dT%H:%i:%s.%f'), 23), 'Z')"
    }

    fn text_types(&self) -> (&'static str, &'static str) {
        ("varchar(191)", "longtext")
    }

    fn has_table(&self, session: &mut Session<'_>, table: &str) -> Result<bool, Error> {
        let sql =
            "SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ?";
        Ok(!session.query("read the database", sql, &[table])?.is_empty())
    }

    fn introspect(&self, session: &mut Session<'_>) -> Result<PhysicalSchema, Error> {
        catalogue::read(session)
    }

    fn beside(&self, session: &mut Session<'_>) -> Result<Beside, Error> {
        let is_mariadb = catalogue::is_mariadb(session)?;
        pulled::beside(session, is_mariadb)
    }

    fn exclusively(
        &self,
        session: &mut Session<'_>,
        _migration: Option<&str>,
        work: Work<'_>,
    ) -> Result<(), Error> {
        exclusive::exclusively(session, work)
    }

    fn announce(&self, session: &mut Session<'_>, target: &PhysicalSchema) -> Result<(), Error> {
        exclusive::announce(session, target)
    }

    fn interrupted(&self, session: &mut Session<'_>) -> Result<Option<PhysicalSchema>, Error> {
        journal::announced(session)
    }

    fn finished(&self, session: &mut Session<'_>, key: &str) -> Result<usize, Error> {
        journal::finished(session, key)
    }

    fn forget_statements(&self, session: &mut Session<'_>, key: &str) -> Result<(), Error> {
        journal::forget_all(session, key)
    }

    fn run(
        &self,
        session: &mut Session<'_>,
        migration: Option<&str>,
        statements: &[String],
    ) -> Result<(), Error> {
        exclusive::run(session, migration, statements)
    }
}
