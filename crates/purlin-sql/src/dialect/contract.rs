//! The trait that an engine's folder implements. Arguments named as SQL are fragments that are
//! already rendered and may stand anywhere an operand may.

use std::borrow::Cow;

use purlin_core::operation::Function;
use purlin_core::schema::{CompareOp, Field, Model, Scalar, Schema, SortOrder, TextOp};
use purlin_core::statement::JsonOp;

use super::ColumnType;
use crate::binding::Binding;

pub trait Dialect: Send + Sync + std::fmt::Debug {
    /// Appends a quoted identifier.
    fn push_identifier(&self, text: &mut String, identifier: &str);

    /// Appends a quoted string literal. For DDL and for names of the schema: values are bound.
    fn push_literal(&self, text: &mut String, literal: &str);

    /// The placeholder of the n-th binding, counted from one.
    fn placeholder(&self, number: usize) -> String;

    /// Whether one placeholder may stand in several places, whatever is expected at each.
    fn shares_placeholders(&self) -> bool {
        true
    }

    /// The text as it is sent, and the bindings in the order in which the engine counts them.
    fn finish(&self, text: String, bindings: Vec<Binding>) -> (String, Vec<Binding>) {
        (text, bindings)
    }

    /// A placeholder that nothing beside it tells the type of.
    fn typed(&self, placeholder: String, _schema: &Schema, _model: &Model, _field: &Field) -> String {
        placeholder
    }

    /// A model's table, quoted.
    fn table(&self, model: &Model) -> String {
        self.identifier(&self.table_name(model))
    }

    /// The name of a model's table. Where the engine has no schemas, `@@schema` is a prefix.
    fn table_name<'a>(&self, model: &'a Model) -> Cow<'a, str>;

    /// The declared type of a field's column. Never called for relations.
    fn column_type(&self, schema: &Schema, model: &Model, field: &Field) -> ColumnType;

    /// What follows `DEFAULT` in the column's declaration; `None` where the engine makes the value
    /// before it writes, or there is none.
    fn column_default(&self, schema: &Schema, field: &Field) -> Option<String>;

    /// Whether the column is a key that the database counts up by itself.
    fn is_counted_key(&self, model: &Model, field: &Field) -> bool;

    /// Whether a column gives back exactly what was bound, whoever declared it; only asked to spare an insert
    /// giving back what it was given.
    fn stores_as_bound(&self, field: &Field) -> bool;

    /// Whether each entry of an index ends with the model's key anyway, in its order.
    fn indexes_hold_key(&self, model: &Model) -> bool;

    /// How the pages of an include are cut, one for each parent.
    fn paging(&self) -> Paging;

    /// Whether `INSERT` gives columns of the new row back. Where it does not, the row is read after it.
    fn has_returning(&self) -> bool {
        true
    }

    /// The key that the database has counted up for the row just inserted.
    fn last_counted_key(&self) -> &'static str {
        "NULL"
    }

    /// A statement that makes the database count on from a key that was given, if it does not by itself. The texts
    /// are quoted, `value` is a placeholder for each use of it.
    fn count_on(&self, _table: &str, _column: &str, _value: [String; 2]) -> Option<String> {
        None
    }

    /// What follows `INSERT INTO t` for a row of nothing but defaults.
    fn all_defaults(&self) -> &'static str {
        "DEFAULT VALUES"
    }

    /// Whether `ON CONFLICT DO NOTHING` leaves out a row whose unique key is taken.
    fn skips_duplicates(&self) -> bool {
        true
    }

    /// What follows an `INSERT` that is to do nothing where the row exists. `column` is one that it sets.
    fn unless_exists(&self, _column: &str) -> String {
        "ON CONFLICT DO NOTHING".to_owned()
    }

    /// What stands after `SELECT 1` where no table is read.
    fn no_table(&self) -> &'static str {
        ""
    }

    /// `DELETE` of the rows of a table under its alias that satisfy the condition.
    fn delete(&self, table: &str, _alias: &str, condition: &str) -> String {
        format!("DELETE FROM {table} WHERE {condition}")
    }

    /// Whether an `UPDATE` or `DELETE` may read, in its conditions, the table that it changes, and sees the row
    /// as it was in all of its assignments. Where not, rows are picked before.
    fn changes_what_it_reads(&self) -> bool {
        true
    }

    /// What follows a `SELECT` of rows that the same transaction changes after it, where to read and to write them
    /// takes two different locks: two who hold the first would wait for each other.
    fn lock_clause(&self) -> &'static str {
        ""
    }

    /// What makes an expression compare as a decimal, appended to it; empty where its type does.
    fn decimal_collation(&self) -> &'static str;

    /// A bound decimal, as it compares with a column of its type.
    fn bound_decimal(&self, placeholder: &str) -> String {
        placeholder.to_owned()
    }

    /// `left = right` where null equals null, or its opposite.
    fn null_safe(&self, left: &str, right: &str, is_equal: bool) -> String;

    /// A column of a residual filter, written so that the planner looks for no index on it.
    fn unindexed(&self, column: &str) -> String;

    /// A residual filter as a whole, to the same end.
    fn residual(&self, test: String) -> String {
        test
    }

    /// A Boolean value as a condition.
    fn truth(&self, value: &str) -> String;

    /// Whether `value` is one of a bound list (`Form::ColumnList`).
    fn in_list(&self, value: &str, list: &str, element: &KeyPart) -> String;

    /// A column as elements of a list column compare with it.
    fn as_element(&self, value: &str, field: Option<&Field>) -> String;

    fn text_test(&self, op: TextOp, value: &str, argument: &str, ignore_case: bool) -> String;

    fn equal_ignore_case(&self, left: &str, right: &str) -> String;

    /// Whether a text has these words (`purlin_core::value::words`), bound in lower case with a space between; with
    /// `is_prefix` the last may go on.
    fn words_test(&self, value: &str, argument: &str, is_prefix: bool) -> String;

    /// Whether the model's search index offers the row (`Filter::Offered`); `None` where there is none. `texts`: the
    /// columns of `@@fulltext`. `words` binds what is looked for.
    fn offered(
        &self,
        _model: &Model,
        _alias: &str,
        _texts: &[String],
        _words: &mut dyn FnMut() -> String,
    ) -> Option<String> {
        None
    }

    /// A statement: whether the search index offers so many rows that they are better not looked up by it: one number,
    /// above zero if so. `None` where there is no index.
    fn offers_many(&self, _model: &Model, _words: &mut dyn FnMut() -> String) -> Option<String> {
        None
    }

    /// Whether a list holds the element.
    fn list_has(&self, list: &str, element: &str, is_decimal: bool) -> String;

    fn list_has_some(&self, list: &str, wanted: &str, is_decimal: bool) -> String;

    fn list_has_every(&self, list: &str, wanted: &str, is_decimal: bool) -> String;

    fn list_is_empty(&self, list: &str) -> String;

    /// The ways a path into a JSON document may be read, each to be bound as a constant.
    fn json_paths(&self, segments: &[String]) -> Vec<JsonPath>;

    /// Whether there is a list at the path.
    fn json_is_list(&self, value: &str, path: &str) -> String;

    /// A test at one of these paths; `argument` is a JSON text, for text tests a string.
    fn json_test(&self, op: JsonOp, value: &str, path: &str, argument: &str) -> String;

    /// A changed number; fails where the result does not fit the type.
    fn arithmetic(
        &self,
        operation: Arithmetic,
        scalar: Scalar,
        column: &str,
        operand: &str,
        field: &str,
    ) -> String;

    /// A measure of a column of many rows: null where all of them are, but a count. Exact, whole numbers and
    /// decimals however long; an average of decimals has 16 places.
    fn measure(&self, function: Function, field: &Field, value: &str) -> String;

    /// A list column with the elements of a bound list (`Form::ListColumn`) at its end.
    fn list_append(&self, list: &str, elements: &str) -> String;

    /// A bound array of parents' keys as a table named `alias`, and how to name each part of a key.
    fn parent_keys(&self, array: &str, alias: &str, parts: &[KeyPart]) -> KeyTable;

    /// `LIMIT` and `OFFSET`, with a leading space.
    fn page(&self, limit: Option<&str>, offset: Option<&str>) -> String;

    /// An expression in `ORDER BY`. `nulls_first` is `None` where it is never null.
    fn sort_key(&self, expression: &str, direction: SortOrder, nulls_first: Option<bool>) -> String;

    /// Compares a row of columns with a row of values.
    fn row_compare(&self, columns: &[String], op: CompareOp, values: &[String]) -> String {
        format!("({}) {} ({})", columns.join(", "), crate::render::compare_sign(op), values.join(", "))
    }

    fn identifier(&self, identifier: &str) -> String {
        let mut text = String::with_capacity(identifier.len() + 2);
        self.push_identifier(&mut text, identifier);
        text
    }

    fn literal(&self, literal: &str) -> String {
        let mut text = String::with_capacity(literal.len() + 2);
        self.push_literal(&mut text, literal);
        text
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
}

impl Arithmetic {
    pub(super) fn sign(self) -> char {
        match self {
            Self::Add => '+',
            Self::Subtract => '-',
            Self::Multiply => '*',
            Self::Divide => '/',
        }
    }
}

/// One way to read a path into a JSON document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonPath {
    pub text: String,
    /// Paths that must lead to lists, for engines that take another value for a list of itself.
    pub lists: Vec<String>,
}

/// How at most so many rows for each parent are picked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paging {
    /// `key IN (SELECT … LIMIT …)`, with the parent in its condition.
    Correlated,
    /// `CROSS JOIN LATERAL (SELECT … LIMIT …)`.
    Lateral,
    /// Rows are numbered for each parent, and the numbers compared.
    Numbered,
}

/// One column of the key that an include follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyPart {
    pub is_bytes: bool,
    pub column_type: ColumnType,
}

/// Parents' keys as a table.
#[derive(Clone, Debug)]
pub struct KeyTable {
    /// Stands after `FROM`.
    pub from: String,
    /// One expression for each part of the key.
    pub parts: Vec<String>,
}
