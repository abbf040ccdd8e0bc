//! SQLite's value of the trait: the way to its parts.

use purlin_schema::model::Model;

use super::{alter, catalogue, convert, exclusive, fill, pulled, search, step};
use crate::database::Session;
use crate::diff::{Change, Step};
use crate::engine::contract::Work;
use crate::engine::{Beside, Conversion, Engine, FieldType, ForeignKeys, expression};
use crate::error::Error;
use crate::physical::{Column, Fill, FillKind, Index, PhysicalSchema, Table};
use crate::render::Direction;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Sqlite;

impl Engine for Sqlite {
    fn sql(&self) -> &'static dyn purlin_sql::Dialect {
        &purlin_sql::dialect::Sqlite
    }

    fn longest_name(&self) -> usize {
        usize::MAX
    }

    fn is_transactional(&self) -> bool {
        true
    }

    /// `json_extract("address", '$.city')`.
    fn member(&self, column: &str, path: &[String]) -> Option<String> {
        let steps: String =
            path.iter().fold(String::new(), |steps, name| steps + ".\"" + &name.replace('"', "") + "\"");
        let sql = self.sql();
        Some(format!("json_extract({}, {})", sql.identifier(column), sql.literal(&format!("${steps}"))))
    }

    fn has_partial_indexes(&self, _is_unique: bool) -> bool {
        true
    }

    fn has_search_index(&self, model: &Model) -> bool {
        search::name(model).is_some()
    }

    fn search_index(&self, model: &Model) -> Option<String> {
        search::name(model)
    }

    fn problems(&self, schema: &PhysicalSchema) -> Vec<String> {
        let is_reserved = |table: &&Table| table.name.to_lowercase().starts_with("sqlite_");
        let reserved = |table: &Table| {
            format!(
                "{}: the table name \"{}\" is reserved; give the model another with @@map",
                table.label(),
                table.name
            )
        };
        schema.tables.iter().filter(is_reserved).map(reserved).collect()
    }

    fn is_same_name(&self, left: &str, right: &str) -> bool {
        left.eq_ignore_ascii_case(right)
    }

    fn is_same_expression(&self, left: &str, right: &str) -> bool {
        left == right
    }

    fn serves_as(&self, live: &Column, wanted: &Column) -> bool {
        pulled::serves_as(live, wanted)
    }

    fn default_serves(&self, live: &str, wanted: &str) -> bool {
        expression::is_same(live, wanted)
    }

    fn counts(&self, table: &Table, column: &Column) -> bool {
        pulled::counts(table, column)
    }

    fn field_type(&self, column: &Column) -> FieldType {
        pulled::field_type(column)
    }

    fn foreign_keys(&self) -> ForeignKeys {
        ForeignKeys::WithTable
    }

    fn renames_indexes(&self) -> bool {
        false
    }

    fn names_primary_keys(&self) -> bool {
        false
    }

    fn index_survives(&self, _before: &Table, _after: &Table, _index: &Index) -> bool {
        true
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

    /// One with a query inside is refused.
    fn made_by_default(&self, fill: &Fill, column: &Column) -> Option<String> {
        (fill.kind != FillKind::Ulid).then(|| self.made(fill, column))
    }

    fn empty(&self, column: &Column, target: &PhysicalSchema) -> String {
        fill::empty(column, target)
    }

    fn convert(&self, value: &str, from: &Column, to: &Column) -> Conversion {
        convert::convert_named(value, from, to)
    }

    fn as_text(&self, value: &str) -> String {
        value.to_owned()
    }

    fn empty_list(&self) -> &'static str {
        "'[]'"
    }

    fn list_has_other(&self, list: &str, known: &[String]) -> String {
        let known: Vec<String> = known.iter().map(|value| self.sql().literal(value)).collect();
        format!("EXISTS (SELECT 1 FROM json_each({list}) WHERE value NOT IN ({}))", known.join(", "))
    }

    fn begin_reading(&self) -> &'static str {
        "BEGIN"
    }

    fn now(&self) -> &'static str {
        "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')"
    }

    fn text_types(&self) -> (&'static str, &'static str) {
        ("TEXT", "TEXT")
    }

    fn has_table(&self, session: &mut Session<'_>, table: &str) -> Result<bool, Error> {
        let sql = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?1";
        Ok(!session.query("read the database", sql, &[table])?.is_empty())
    }

    fn introspect(&self, session: &mut Session<'_>) -> Result<PhysicalSchema, Error> {
        catalogue::read(session)
    }

    fn beside(&self, session: &mut Session<'_>) -> Result<Beside, Error> {
        pulled::beside(session)
    }

    fn other_forms(&self, session: &mut Session<'_>, schema: &PhysicalSchema) -> Result<Vec<String>, Error> {
        pulled::other_forms(session, schema)
    }

    fn exclusively(
        &self,
        session: &mut Session<'_>,
        migration: Option<&str>,
        work: Work<'_>,
    ) -> Result<(), Error> {
        exclusive::exclusively(session, migration, work)
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
