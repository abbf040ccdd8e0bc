//! PostgreSQL's value of the trait: the way to its parts.

use purlin_schema::model::Model;

use super::{alter, catalogue, convert, create, declared, exclusive, fill, pulled, step};
use crate::database::Session;
use crate::diff::{Change, Step};
use crate::engine::contract::Work;
use crate::engine::{Beside, Conversion, Engine, FieldType, ForeignKeys, expression};
use crate::error::Error;
use crate::physical::{Column, Fill, Index, PhysicalSchema, Table};
use crate::render::Direction;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Postgres;

impl Engine for Postgres {
    fn sql(&self) -> &'static dyn purlin_sql::Dialect {
        &purlin_sql::dialect::Postgres
    }

    fn longest_name(&self) -> usize {
        63
    }

    fn is_transactional(&self) -> bool {
        true
    }

    /// `"address" #>> '{city}'`.
    fn member(&self, column: &str, path: &[String]) -> Option<String> {
        let path: Vec<String> = path
            .iter()
            .map(|name| format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\"")))
            .collect();
        let path = create::literal(&format!("{{{}}}", path.join(",")));
        Some(format!("{} #>> {path}", create::identifier(column)))
    }

    fn has_partial_indexes(&self, _is_unique: bool) -> bool {
        true
    }

    fn has_index_methods(&self) -> bool {
        true
    }

    fn has_search_index(&self, _model: &Model) -> bool {
        true
    }

    fn bare_name<'a>(&self, table: &'a str) -> &'a str {
        table.split_once('.').map_or(table, |(_, table)| table)
    }

    fn table(&self, name: &str) -> String {
        create::table_name(name)
    }

    fn problems(&self, schema: &PhysicalSchema) -> Vec<String> {
        let mut problems = Vec::new();
        for table in &schema.tables {
            if self.bare_name(&table.name).contains('.') {
                problems.push(format!(
                    "{}: the table name \"{}\" holds a point; give the model another with @@map, and the namespace with @@schema",
                    table.label(),
                    table.name
                ));
            }
            let too_long = table.columns.iter().map(|column| (column.label(), column.name.as_str()));
            for (label, name) in too_long.chain([(table.label(), self.bare_name(&table.name))]) {
                if name.len() > self.longest_name() {
                    problems.push(format!(
                        "{}: the name \"{name}\" of {label} is longer than the {} bytes that PostgreSQL keeps; give another with @map or @@map",
                        table.label(),
                        self.longest_name()
                    ));
                }
            }
        }
        problems
    }

    fn is_same_name(&self, left: &str, right: &str) -> bool {
        left == right
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
        ForeignKeys::Apart { of_any_change: false }
    }

    fn renames_indexes(&self) -> bool {
        true
    }

    fn names_primary_keys(&self) -> bool {
        true
    }

    fn renames_foreign_keys(&self) -> bool {
        true
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

    fn made(&self, fill: &Fill, column: &Column) -> String {
        fill::expression(fill, column)
    }

    fn empty(&self, column: &Column, target: &PhysicalSchema) -> String {
        fill::empty(column, target)
    }

    fn convert(&self, value: &str, from: &Column, to: &Column) -> Conversion {
        convert::convert(value, from, to)
    }

    fn converted(&self, value: &str, from: &Column, to: &Column) -> String {
        convert::convert(value, from, to).value.replace(convert::JSON_OR_TEXT, "to_jsonb")
    }

    fn as_text(&self, value: &str) -> String {
        format!("{value}::text")
    }

    fn empty_list(&self) -> &'static str {
        "'{}'"
    }

    fn list_has_other(&self, list: &str, known: &[String]) -> String {
        let known: Vec<String> = known.iter().map(|value| create::literal(value)).collect();
        format!("NOT ({list}::text[] <@ ARRAY[{}]::text[])", known.join(", "))
    }

    fn begin_reading(&self) -> &'static str {
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
    }

    fn now(&self) -> &'static str {
        "to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')"
    }

    fn text_types(&self) -> (&'static str, &'static str) {
        ("text", "text")
    }

    fn has_table(&self, session: &mut Session<'_>, table: &str) -> Result<bool, Error> {
        let sql = "SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
                   WHERE n.nspname = current_schema() AND c.relname = $1 AND c.relkind IN ('r', 'p')";
        Ok(!session.query("read the database", sql, &[table])?.is_empty())
    }

    fn introspect(&self, session: &mut Session<'_>) -> Result<PhysicalSchema, Error> {
        catalogue::read(session)
    }

    fn beside(&self, session: &mut Session<'_>) -> Result<Beside, Error> {
        pulled::beside(session)
    }

    fn exclusively(
        &self,
        session: &mut Session<'_>,
        _migration: Option<&str>,
        work: Work<'_>,
    ) -> Result<(), Error> {
        exclusive::exclusively(session, work)
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
