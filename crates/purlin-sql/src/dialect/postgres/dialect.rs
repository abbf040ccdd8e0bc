//! The dialect's value: quoting, and the way to its parts.

use std::borrow::Cow;

use purlin_core::operation::Function;
use purlin_core::schema::{
    DefaultFunction, DefaultValue, Field, FieldKind, Model, Scalar, Schema, SortOrder, TextOp,
};
use purlin_core::statement::JsonOp;
use purlin_core::value::words::word_class;

use super::{column_type, default_value, json_test, measure, search};
use crate::dialect::words::{direction_word, push_quoted};
use crate::dialect::{Arithmetic, ColumnType, Dialect, JsonPath, KeyPart, KeyTable, Paging};

#[derive(Clone, Copy, Debug, Default)]
pub struct Postgres;

impl Dialect for Postgres {
    fn push_identifier(&self, text: &mut String, identifier: &str) {
        push_quoted(text, identifier, '"');
    }

    fn push_literal(&self, text: &mut String, literal: &str) {
        // With a backslash in it, what is meant depends on a setting; the E form does not.
        if literal.contains('\\') {
            text.push_str(" E");
            push_quoted(text, &literal.replace('\\', "\\\\"), '\'');
        } else {
            push_quoted(text, literal, '\'');
        }
    }

    fn placeholder(&self, number: usize) -> String {
        format!("${number}")
    }

    fn shares_placeholders(&self) -> bool {
        // Each has one type, which its place decides.
        false
    }

    fn typed(&self, placeholder: String, schema: &Schema, model: &Model, field: &Field) -> String {
        format!("{placeholder}::{}", self.column_type(schema, model, field).name)
    }

    fn table_name<'a>(&self, model: &'a Model) -> Cow<'a, str> {
        match &model.database_schema {
            Some(schema) => Cow::Owned(format!("{schema}.{}", model.table)),
            None => Cow::Borrowed(&model.table),
        }
    }

    fn table(&self, model: &Model) -> String {
        let mut text = String::with_capacity(model.table.len() + 2);
        if let Some(schema) = &model.database_schema {
            self.push_identifier(&mut text, schema);
            text.push('.');
        }
        self.push_identifier(&mut text, &model.table);
        text
    }

    fn column_type(&self, schema: &Schema, model: &Model, field: &Field) -> ColumnType {
        column_type::of(schema, model, field)
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
        // Native types round, pad and fold.
        kept && !field.is_list() && field.native_type.is_none()
    }

    fn indexes_hold_key(&self, _model: &Model) -> bool {
        false
    }

    fn count_on(&self, table: &str, column: &str, [value, again]: [String; 2]) -> Option<String> {
        Some(format!(
            "SELECT setval(s.q, {value}::bigint) FROM (SELECT pg_get_serial_sequence({}, {})::regclass AS q) AS s \
             WHERE {again}::bigint > coalesce(pg_sequence_last_value(s.q), 0)",
            self.literal(table),
            self.literal(column),
        ))
    }

    fn paging(&self) -> Paging {
        Paging::Lateral
    }

    fn decimal_collation(&self) -> &'static str {
        ""
    }

    fn null_safe(&self, left: &str, right: &str, is_equal: bool) -> String {
        format!("{left} {} {right}", if is_equal { "IS NOT DISTINCT FROM" } else { "IS DISTINCT FROM" })
    }

    fn unindexed(&self, column: &str) -> String {
        // The planner knows how many rows pass.
        column.to_owned()
    }

    fn truth(&self, value: &str) -> String {
        value.to_owned()
    }

    fn in_list(&self, value: &str, list: &str, _element: &KeyPart) -> String {
        format!("{value} = ANY({list})")
    }

    fn as_element(&self, value: &str, _field: Option<&Field>) -> String {
        value.to_owned()
    }

    fn text_test(&self, op: TextOp, value: &str, argument: &str, ignore_case: bool) -> String {
        let side = |text: &str| if ignore_case { lower(text) } else { format!("({text})::text") };
        let (value, argument) = (side(value), side(argument));
        match op {
            TextOp::Contains => format!("strpos({value}, {argument}) > 0"),
            TextOp::StartsWith => format!("starts_with({value}, {argument})"),
            TextOp::EndsWith => format!("right({value}, length({argument})) = {argument}"),
        }
    }

    fn equal_ignore_case(&self, left: &str, right: &str) -> String {
        format!("{} = {}", lower(left), lower(right))
    }

    fn words_test(&self, value: &str, argument: &str, is_prefix: bool) -> String {
        let class = word_class();
        let literal = |text: String| self.literal(&text);
        let (before, between) = (literal(format!("(^|[^{class}])")), literal(format!("[^{class}]+")));
        let after =
            if is_prefix { String::new() } else { format!(" || {}", literal(format!("($|[^{class}])"))) };
        let words = lower(argument);
        format!("{} ~ ({before} || replace({words}, ' ', {between}){after})", lower(value))
    }

    fn offered(
        &self,
        model: &Model,
        _alias: &str,
        texts: &[String],
        words: &mut dyn FnMut() -> String,
    ) -> Option<String> {
        (!model.is_view).then(|| search::offered(texts, &words()))
    }

    fn offers_many(&self, model: &Model, words: &mut dyn FnMut() -> String) -> Option<String> {
        (!model.is_view).then(|| search::offers_many(model, &words()))
    }

    fn list_has(&self, list: &str, element: &str, _is_decimal: bool) -> String {
        format!("{element} = ANY({list})")
    }

    fn list_has_some(&self, list: &str, wanted: &str, _is_decimal: bool) -> String {
        format!("{list} && {wanted}")
    }

    fn list_has_every(&self, list: &str, wanted: &str, _is_decimal: bool) -> String {
        format!("{list} @> {wanted}")
    }

    fn list_is_empty(&self, list: &str) -> String {
        format!("cardinality({list}) = 0")
    }

    fn json_paths(&self, segments: &[String]) -> Vec<JsonPath> {
        vec![JsonPath { text: json_test::path(segments), lists: Vec::new() }]
    }

    fn json_is_list(&self, value: &str, path: &str) -> String {
        format!("jsonb_typeof({value} #> ({path}::text)::text[]) = 'array'")
    }

    fn json_test(&self, op: JsonOp, value: &str, path: &str, argument: &str) -> String {
        json_test::test(op, value, path, argument, |found| match op {
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
        let sign = operation.sign();
        match scalar {
            // Calculated with more room, so that only the result must fit.
            Scalar::Int => format!("({column}::bigint {sign} {operand}::bigint)"),
            Scalar::BigInt => format!("({column} {sign} {operand}::bigint)"),
            Scalar::Decimal if operation == Arithmetic::Divide => {
                format!("round({column} / {operand}::numeric(65,30), 30)")
            }
            Scalar::Decimal => format!("({column} {sign} {operand}::numeric)"),
            _ => format!("({column} {sign} {operand}::double precision)"),
        }
    }

    fn measure(&self, function: Function, field: &Field, value: &str) -> String {
        measure::of(function, field, value)
    }

    fn list_append(&self, list: &str, elements: &str) -> String {
        format!("array_cat({list}, {elements})")
    }

    fn parent_keys(&self, array: &str, alias: &str, parts: &[KeyPart]) -> KeyTable {
        let cast = |text: String, part: &KeyPart| {
            if part.is_bytes {
                format!("decode({text}, 'hex')")
            } else {
                format!("({text})::{}", part.column_type.name)
            }
        };
        let (function, columns): (_, Vec<String>) = match parts {
            [only] => ("jsonb_array_elements_text", vec![format!("{} AS k0", cast("e.v".to_owned(), only))]),
            several => (
                "jsonb_array_elements",
                several
                    .iter()
                    .enumerate()
                    .map(|(number, part)| format!("{} AS k{number}", cast(format!("e.v ->> {number}"), part)))
                    .collect(),
            ),
        };
        KeyTable {
            from: format!(
                "(SELECT {} FROM {function}({array}::jsonb) AS e(v)) AS {alias}",
                columns.join(", ")
            ),
            parts: (0..parts.len()).map(|number| format!("{alias}.k{number}")).collect(),
        }
    }

    fn page(&self, limit: Option<&str>, offset: Option<&str>) -> String {
        let limit = limit.map(|limit| format!(" LIMIT {limit}")).unwrap_or_default();
        let offset = offset.map(|offset| format!(" OFFSET {offset}")).unwrap_or_default();
        limit + &offset
    }

    fn sort_key(&self, expression: &str, direction: SortOrder, nulls_first: Option<bool>) -> String {
        // Null is the largest value.
        let is_first = direction == SortOrder::Descending;
        let nulls = match nulls_first {
            Some(true) if !is_first => " NULLS FIRST",
            Some(false) if is_first => " NULLS LAST",
            _ => "",
        };
        format!("{expression} {}{nulls}", direction_word(direction))
    }
}

/// By Unicode's rules, whatever the database's own collation knows of.
pub(super) fn lower(value: &str) -> String {
    format!("lower(({value})::text COLLATE \"und-x-icu\")")
}
