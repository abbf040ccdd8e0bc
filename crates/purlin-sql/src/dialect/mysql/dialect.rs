//! The dialect's value: quoting, and the way to its parts.

use std::borrow::Cow;
use std::fmt::Write as _;

use purlin_core::operation::Function;
use purlin_core::schema::{
    CompareOp, DefaultFunction, DefaultValue, Field, FieldKind, Model, Scalar, Schema, SortOrder, TextOp,
};
use purlin_core::statement::JsonOp;
use purlin_core::value::words::word_class;

use super::key_table::{self, Origin};
use super::{column_type, default_value, element, json_test, marker, measure};
use crate::binding::Binding;
use crate::dialect::words::{direction_word, push_quoted};
use crate::dialect::{Arithmetic, ColumnType, Dialect, JsonPath, KeyPart, KeyTable, Paging};
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

impl Flavour {
    /// Of what `SELECT VERSION()` says.
    pub fn of_version(version: &str) -> Self {
        if version.contains("MariaDB") {
            Self::MariaDb
        } else if version.contains("TiDB") {
            Self::TiDb
        } else {
            Self::MySql
        }
    }
}

#[derive(Clone, Copy, Debug, Default)]
pub struct MySql {
    pub flavour: Flavour,
}

impl MySql {
    /// By bytes, spaces at the end included.
    pub fn collation(self) -> &'static str {
        match self.flavour {
            Flavour::MySql => "utf8mb4_0900_bin",
            Flavour::MariaDb => "utf8mb4_nopad_bin",
            Flavour::TiDb => "utf8mb4_bin",
        }
    }

    /// A document for functions that fail on what is none. MariaDB, which keeps documents as text, may try them on a
    /// row that is not there, and then finds an empty text.
    pub(super) fn document(self, value: &str) -> String {
        match self.flavour {
            Flavour::MariaDb => format!("NULLIF({value}, '')"),
            Flavour::MySql | Flavour::TiDb => value.to_owned(),
        }
    }

    /// Lower case by Unicode's rules, of every letter, as far as the server knows them.
    fn lower(self, value: &str) -> String {
        let cased = match self.flavour {
            Flavour::MySql => "utf8mb4_0900_as_cs",
            // The second, which 10.10 brought, knows of more letters.
            Flavour::MariaDb => "utf8mb4_unicode_520_nopad_ci /*M!101002 COLLATE utf8mb4_uca1400_as_cs */",
            Flavour::TiDb => "utf8mb4_bin",
        };
        // The one letter that becomes two, which servers leave out.
        let value = format!("REPLACE(CONVERT({value} USING utf8mb4), '\u{130}', 'i\u{307}')");
        // Which sigma stands at the end of a word, no server knows: one is as good as the other.
        format!("(REPLACE(LOWER({value} COLLATE {cased}), 'ς', 'σ') COLLATE {})", self.collation())
    }
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
        self.flavour == Flavour::MariaDb
    }

    fn last_counted_key(&self) -> &'static str {
        "LAST_INSERT_ID()"
    }

    fn all_defaults(&self) -> &'static str {
        "() VALUES ()"
    }

    fn skips_duplicates(&self) -> bool {
        false
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

    fn lock_clause(&self) -> &'static str {
        " FOR UPDATE"
    }

    fn decimal_collation(&self) -> &'static str {
        ""
    }

    fn bound_decimal(&self, placeholder: &str) -> String {
        // It is bound as text, with which a column would be compared as a float.
        format!("CAST({placeholder} AS DECIMAL(65,30))")
    }

    fn null_safe(&self, left: &str, right: &str, is_equal: bool) -> String {
        if is_equal { format!("{left} <=> {right}") } else { format!("NOT ({left} <=> {right})") }
    }

    fn unindexed(&self, column: &str) -> String {
        column.to_owned()
    }

    fn residual(&self, test: String) -> String {
        // MariaDB would look rows up in an index for each alternative, and sort them all.
        format!("({test}) IS TRUE")
    }

    fn truth(&self, value: &str) -> String {
        format!("{value} = 1")
    }

    fn in_list(&self, value: &str, list: &str, element: &KeyPart) -> String {
        let list = key_table::of(*self, list, "l", std::slice::from_ref(element), Origin::Anywhere);
        format!("{value} IN (SELECT {} FROM {})", list.parts.join(", "), list.from)
    }

    fn as_element(&self, value: &str, field: Option<&Field>) -> String {
        element::of_column(self.flavour, value, field)
    }

    fn text_test(&self, op: TextOp, value: &str, argument: &str, ignore_case: bool) -> String {
        if ignore_case {
            let (value, argument) = (self.lower(value), self.lower(argument));
            return self.text_test(op, &value, &argument, false);
        }
        match op {
            TextOp::Contains => format!("LOCATE({argument}, {value}) > 0"),
            TextOp::StartsWith => format!("LEFT({value}, CHAR_LENGTH({argument})) = {argument}"),
            TextOp::EndsWith => format!("RIGHT({value}, CHAR_LENGTH({argument})) = {argument}"),
        }
    }

    fn equal_ignore_case(&self, left: &str, right: &str) -> String {
        format!("{} = {}", self.lower(left), self.lower(right))
    }

    fn words_test(&self, value: &str, argument: &str, is_prefix: bool) -> String {
        let class = word_class();
        let literal = |text: String| self.literal(&text);
        let (before, between) = (literal(format!("(^|[^{class}])")), literal(format!("[^{class}]+")));
        let after =
            if is_prefix { String::new() } else { format!(", {}", literal(format!("([^{class}]|$)"))) };
        let words = self.lower(argument);
        format!("{} REGEXP CONCAT({before}, REPLACE({words}, ' ', {between}){after})", self.lower(value))
    }

    fn list_has(&self, list: &str, element: &str, _is_decimal: bool) -> String {
        // A bound element is an array of one.
        format!("JSON_CONTAINS({}, {element})", self.document(list))
    }

    fn list_has_some(&self, list: &str, wanted: &str, _is_decimal: bool) -> String {
        match self.flavour {
            // It has this function only since 10.9.
            Flavour::MariaDb => {
                let (list, wanted) = (self.document(list), self.document(wanted));
                format!(
                    "EXISTS (SELECT 1 FROM JSON_TABLE({wanted}, '$[*]' COLUMNS (n FOR ORDINALITY)) AS w \
                     WHERE JSON_CONTAINS({list}, JSON_EXTRACT({wanted}, CONCAT('$[', w.n - 1, ']'))))"
                )
            }
            Flavour::MySql | Flavour::TiDb => format!("JSON_OVERLAPS({list}, {wanted})"),
        }
    }

    fn list_has_every(&self, list: &str, wanted: &str, _is_decimal: bool) -> String {
        format!("JSON_CONTAINS({}, {})", self.document(list), self.document(wanted))
    }

    fn list_is_empty(&self, list: &str) -> String {
        format!("JSON_LENGTH({}) = 0", self.document(list))
    }

    fn json_paths(&self, segments: &[String]) -> Vec<JsonPath> {
        crate::dialect::json_path::paths(segments)
    }

    fn json_is_list(&self, value: &str, path: &str) -> String {
        format!("JSON_TYPE(JSON_EXTRACT({value}, {path})) = 'ARRAY'")
    }

    fn json_test(&self, op: JsonOp, value: &str, path: &str, argument: &str) -> String {
        json_test::test(*self, op, value, path, argument, |found| match op {
            JsonOp::Text { op, ignore_case } => self.text_test(op, found, argument, ignore_case),
            JsonOp::Compare(_) | JsonOp::ArrayContains | JsonOp::ArrayEnd(_) => String::new(),
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

    fn measure(&self, function: Function, field: &Field, value: &str) -> String {
        measure::of(function, field, value)
    }

    fn list_append(&self, list: &str, elements: &str) -> String {
        let list = format!("JSON_MERGE_PRESERVE(COALESCE({list}, '[]'), {elements})");
        match self.flavour {
            // Documents are texts there, and this function puts blanks into them.
            Flavour::MariaDb => format!("JSON_COMPACT({list})"),
            Flavour::MySql | Flavour::TiDb => list,
        }
    }

    fn parent_keys(&self, array: &str, alias: &str, parts: &[KeyPart]) -> KeyTable {
        key_table::of(*self, array, alias, parts, Origin::Columns)
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
