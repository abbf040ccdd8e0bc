//! The dialect's value: quoting, and the way to its parts.

use std::borrow::Cow;
use std::fmt::Write as _;

use purlin_core::schema::{
    CompareOp, DefaultFunction, DefaultValue, Field, FieldKind, Model, Scalar, Schema, SortOrder, TextOp,
};
use purlin_core::statement::JsonOp;

use super::{column_type, default_value, json_test, marker};
use crate::binding::Binding;
use crate::dialect::words::{direction_word, push_quoted};
use crate::dialect::{Arithmetic, ColumnType, Dialect, KeyPart, KeyTable, Paging};
use crate::list_json::push_hex;
use crate::render::compare_sign;

/// Whose server it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Flavour {
    #[default]
    MySql,
    MariaDb,
    TiDb,
}

#[derive(Clone, Copy, Debug, Default)]
pub struct MySql {
    pub flavour: Flavour,
}

impl Dialect for MySql {
    fn push_identifier(&self, text: &mut String, identifier: &str) {
        push_quoted(text, &identifier.replace('\u{1}', ""), '`');
    }

    fn push_literal(&self, text: &mut String, literal: &str) {
        // What a backslash means depends on a setting; digits always mean the same.
        if literal.contains(['\\', '\u{1}']) {
            text.push_str("_utf8mb4 x'");
            push_hex(text, literal.as_bytes());
            text.push('\'');
        } else {
            push_quoted(text, literal, '\'');
        }
    }

    fn placeholder(&self, number: usize) -> String {
        marker::mark(number)
    }

    fn finish(&self, text: String, bindings: Vec<Binding>) -> (String, Vec<Binding>) {
        marker::resolve(&text, &bindings)
    }

    fn table_name<'a>(&self, model: &'a Model) -> Cow<'a, str> {
        match &model.database_schema {
            Some(schema) => Cow::Owned(format!("{schema}_{}", model.table)),
            None => Cow::Borrowed(&model.table),
        }
    }

    fn column_type(&self, schema: &Schema, model: &Model, field: &Field) -> ColumnType {
        column_type::of(*self, schema, model, field)
    }

    fn column_default(&self, schema: &Schema, field: &Field) -> Option<String> {
        default_value::of(*self, schema, field)
    }

    fn is_counted_key(&self, _model: &Model, field: &Field) -> bool {
        matches!(field.kind, FieldKind::Scalar(Scalar::Int | Scalar::BigInt))
            && matches!(
                field.default,
                Some(DefaultValue::Function(DefaultFunction::Autoincrement | DefaultFunction::Sequence))
            )
    }

    fn stores_as_bound(&self, field: &Field) -> bool {
        let kept = matches!(
            field.kind,
            FieldKind::Enum(_)
                | FieldKind::Scalar(
                    Scalar::String | Scalar::Boolean | Scalar::Int | Scalar::BigInt | Scalar::DateTime
                )
        );
        kept && !field.is_list() && field.native_type.is_none()
    }

    fn indexes_hold_key(&self, _model: &Model) -> bool {
        // Each entry of a secondary index ends with the primary key.
        true
    }

    fn paging(&self) -> Paging {
        Paging::Numbered
    }

    fn has_returning(&self) -> bool {
        false
    }

    fn last_counted_key(&self) -> &'static str {
        "LAST_INSERT_ID()"
    }

    fn all_defaults(&self) -> &'static str {
        "() VALUES ()"
    }

    fn unless_exists(&self, column: &str) -> String {
        format!("ON DUPLICATE KEY UPDATE {column} = {column}")
    }

    fn no_table(&self) -> &'static str {
        " FROM DUAL"
    }

    fn delete(&self, table: &str, alias: &str, condition: &str) -> String {
        format!("DELETE {alias} FROM {table} WHERE {condition}")
    }

    fn changes_what_it_reads(&self) -> bool {
        false
    }

    fn decimal_collation(&self) -> &'static str {
        ""
    }

    fn null_safe(&self, left: &str, right: &str, is_equal: bool) -> String {
        if is_equal { format!("{left} <=> {right}") } else { format!("NOT ({left} <=> {right})") }
    }

    fn unindexed(&self, column: &str) -> String {
        column.to_owned()
    }

    fn truth(&self, value: &str) -> String {
        format!("{value} = 1")
    }

    fn in_list(&self, value: &str, list: &str, element: &KeyPart) -> String {
        let keys = self.parent_keys(list, "l", std::slice::from_ref(element));
        format!("{value} IN (SELECT {} FROM {})", keys.parts.join(", "), keys.from)
    }

    fn as_element(&self, value: &str, is_big_int: bool) -> String {
        if is_big_int { format!("JSON_ARRAY(CAST({value} AS CHAR))") } else { format!("JSON_ARRAY({value})") }
    }

    fn text_test(&self, op: TextOp, value: &str, argument: &str, ignore_case: bool) -> String {
        if ignore_case {
            let (value, argument) = (lower(value), lower(argument));
            return self.text_test(op, &value, &argument, false);
        }
        match op {
            TextOp::Contains => format!("LOCATE({argument}, {value}) > 0"),
            TextOp::StartsWith => format!("LEFT({value}, CHAR_LENGTH({argument})) = {argument}"),
            TextOp::EndsWith => format!("RIGHT({value}, CHAR_LENGTH({argument})) = {argument}"),
        }
    }

    fn equal_ignore_case(&self, left: &str, right: &str) -> String {
        format!("{} = {}", lower(left), lower(right))
    }

    fn list_has(&self, list: &str, element: &str, _is_decimal: bool) -> String {
        // A bound element is an array of one.
        format!("JSON_CONTAINS({list}, {element})")
    }

    fn list_has_some(&self, list: &str, wanted: &str, _is_decimal: bool) -> String {
        format!("JSON_OVERLAPS({list}, {wanted})")
    }

    fn list_has_every(&self, list: &str, wanted: &str, _is_decimal: bool) -> String {
        format!("JSON_CONTAINS({list}, {wanted})")
    }

    fn list_is_empty(&self, list: &str) -> String {
        format!("JSON_LENGTH({list}) = 0")
    }

    fn json_paths(&self, segments: &[String]) -> Vec<String> {
        crate::dialect::json_path::paths(segments)
    }

    fn json_test(&self, op: JsonOp, value: &str, path: &str, argument: &str) -> String {
        json_test::test(self.flavour, op, value, path, argument, |found| match op {
            JsonOp::Text { op, ignore_case } => self.text_test(op, found, argument, ignore_case),
            JsonOp::Compare(_) | JsonOp::ArrayContains => String::new(),
        })
    }

    fn arithmetic(
        &self,
        operation: Arithmetic,
        scalar: Scalar,
        column: &str,
        operand: &str,
        _field: &str,
    ) -> String {
        match (scalar, operation) {
            (Scalar::Int | Scalar::BigInt, Arithmetic::Divide) => format!("({column} DIV {operand})"),
            (Scalar::Decimal, Arithmetic::Divide) => {
                format!("ROUND({column} / CAST({operand} AS DECIMAL(65,30)), 30)")
            }
            (Scalar::Decimal, _) => {
                format!("({column} {} CAST({operand} AS DECIMAL(65,30)))", operation.sign())
            }
            _ => format!("({column} {} {operand})", operation.sign()),
        }
    }

    fn list_append(&self, list: &str, elements: &str) -> String {
        format!("JSON_MERGE_PRESERVE(COALESCE({list}, '[]'), {elements})")
    }

    fn parent_keys(&self, array: &str, alias: &str, parts: &[KeyPart]) -> KeyTable {
        let mut columns = Vec::with_capacity(parts.len());
        let mut values = Vec::with_capacity(parts.len());
        for (number, part) in parts.iter().enumerate() {
            let path = if parts.len() == 1 { "$".to_owned() } else { format!("$[{number}]") };
            let kind = part.column_type.name.as_ref();
            let name = format!("{alias}.k{number}");
            let (kind, value) = if part.is_bytes {
                ("longtext", format!("UNHEX({name})"))
            } else if kind.starts_with("datetime") || kind.starts_with("timestamp") {
                // The letters of ISO 8601 are not understood.
                ("varchar(30)", format!("CAST(REPLACE(REPLACE({name}, 'T', ' '), 'Z', '') AS DATETIME(3))"))
            } else {
                (kind, name)
            };
            columns.push(format!("k{number} {kind} PATH '{path}'"));
            values.push(value);
        }
        KeyTable {
            from: format!("JSON_TABLE({array}, '$[*]' COLUMNS ({})) AS {alias}", columns.join(", ")),
            parts: values,
        }
    }

    fn page(&self, limit: Option<&str>, offset: Option<&str>) -> String {
        match (limit, offset) {
            (None, None) => String::new(),
            (Some(limit), None) => format!(" LIMIT {limit}"),
            (Some(limit), Some(offset)) => format!(" LIMIT {limit} OFFSET {offset}"),
            // There is no offset without a limit.
            (None, Some(offset)) => format!(" LIMIT {} OFFSET {offset}", u64::MAX),
        }
    }

    fn sort_key(&self, expression: &str, direction: SortOrder, nulls_first: Option<bool>) -> String {
        let word = direction_word(direction);
        // Null is the smallest value, and there is no word for another place.
        match (nulls_first, direction) {
            (Some(false), SortOrder::Ascending) => format!("{expression} IS NULL ASC, {expression} {word}"),
            (Some(true), SortOrder::Descending) => format!("{expression} IS NULL DESC, {expression} {word}"),
            _ => format!("{expression} {word}"),
        }
    }

    fn row_compare(&self, columns: &[String], op: CompareOp, values: &[String]) -> String {
        // A row is compared without an index: so column by column.
        let sign = compare_sign(op);
        let mut equal = String::new();
        let mut branches = Vec::with_capacity(columns.len());
        for (column, value) in columns.iter().zip(values) {
            branches.push(format!("({equal}{column} {sign} {value})"));
            let _ = write!(equal, "{column} = {value} AND ");
        }
        let branches = format!("({})", branches.join(" OR "));
        match (columns.first(), values.first()) {
            (Some(column), Some(value)) => format!("({column} {sign}= {value} AND {branches})"),
            _ => branches,
        }
    }
}

fn lower(value: &str) -> String {
    format!("LOWER({value})")
}
