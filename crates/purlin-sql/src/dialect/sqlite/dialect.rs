//! The dialect's value: quoting, and the way to its parts.

use std::borrow::Cow;

use purlin_core::operation::Function;
use purlin_core::schema::{
    DefaultFunction, DefaultValue, Field, FieldKind, Model, Scalar, Schema, SortOrder, TextOp,
};
use purlin_core::statement::JsonOp;

use super::{
    APPEND_FUNCTION, ARITHMETIC_FUNCTION, LOWER_FUNCTION, WORDS_FUNCTION, column_type, default_value,
    json_test, list_test, measure, search,
};
use crate::dialect::json_path;
use crate::dialect::words::{direction_word, push_quoted};
use crate::dialect::{Arithmetic, ColumnType, Dialect, JsonPath, KeyPart, KeyTable, Paging};

#[derive(Clone, Copy, Debug, Default)]
pub struct Sqlite;

impl Dialect for Sqlite {
    fn push_identifier(&self, text: &mut String, identifier: &str) {
        push_quoted(text, identifier, '"');
    }

    fn push_literal(&self, text: &mut String, literal: &str) {
        push_quoted(text, literal, '\'');
    }

    fn placeholder(&self, number: usize) -> String {
        format!("?{number}")
    }

    fn table_name<'a>(&self, model: &'a Model) -> Cow<'a, str> {
        match &model.database_schema {
            Some(schema) => Cow::Owned(format!("{schema}_{}", model.table)),
            None => Cow::Borrowed(&model.table),
        }
    }

    fn column_type(&self, _schema: &Schema, model: &Model, field: &Field) -> ColumnType {
        if self.is_counted_key(model, field) {
            // Only this very word makes a column the row's own number.
            return ColumnType::plain("INTEGER");
        }
        column_type::of(field)
    }

    fn column_default(&self, schema: &Schema, field: &Field) -> Option<String> {
        default_value::of(*self, schema, field)
    }

    fn is_counted_key(&self, model: &Model, field: &Field) -> bool {
        field.is_id
            && model.primary_key.fields.len() == 1
            && matches!(field.kind, FieldKind::Scalar(Scalar::Int | Scalar::BigInt))
            && matches!(
                field.default,
                Some(DefaultValue::Function(DefaultFunction::Autoincrement | DefaultFunction::Sequence))
            )
    }

    fn stores_as_bound(&self, field: &Field) -> bool {
        // Numbers in texts may become numbers, and minus zero is not kept; `RETURNING` is dear, since it makes a
        // journal of each page that its statement changes.
        let kept = matches!(
            field.kind,
            FieldKind::Enum(_)
                | FieldKind::Scalar(
                    Scalar::String | Scalar::Boolean | Scalar::Int | Scalar::BigInt | Scalar::DateTime
                )
        );
        kept && !field.is_list()
    }

    fn indexes_hold_key(&self, model: &Model) -> bool {
        // Entries end with the row's own number, which only a key of this very type is.
        let mut keys = model.key_fields();
        let key = keys.next().filter(|_| keys.next().is_none());
        key.is_some_and(|key| {
            self.is_counted_key(model, key) || column_type::of(key) == ColumnType::plain("INTEGER")
        })
    }

    fn paging(&self) -> Paging {
        Paging::Correlated
    }

    fn decimal_collation(&self) -> &'static str {
        " COLLATE purlin_decimal"
    }

    fn null_safe(&self, left: &str, right: &str, is_equal: bool) -> String {
        format!("{left} {} {right}", if is_equal { "IS" } else { "IS NOT" })
    }

    fn unindexed(&self, column: &str) -> String {
        format!("+{column}")
    }

    fn truth(&self, value: &str) -> String {
        // An index is used for the comparison, not for the bare column.
        format!("{value} = 1")
    }

    fn in_list(&self, value: &str, list: &str, element: &KeyPart) -> String {
        let element = if element.is_bytes { "unhex(value)" } else { "value" };
        format!("{value} IN (SELECT {element} FROM json_each({list}))")
    }

    fn as_element(&self, value: &str, field: Option<&Field>) -> String {
        if crate::render::is_scalar(field, Scalar::BigInt) {
            format!("CAST({value} AS TEXT)")
        } else {
            value.to_owned()
        }
    }

    fn text_test(&self, op: TextOp, value: &str, argument: &str, ignore_case: bool) -> String {
        if ignore_case {
            let (value, argument) = (lower(value), lower(argument));
            return self.text_test(op, &value, &argument, false);
        }
        match op {
            TextOp::Contains => format!("instr({value}, {argument}) > 0"),
            TextOp::StartsWith => format!("substr({value}, 1, length({argument})) = {argument}"),
            TextOp::EndsWith => {
                format!("substr({value}, length({value}) - length({argument}) + 1) = {argument}")
            }
        }
    }

    fn equal_ignore_case(&self, left: &str, right: &str) -> String {
        format!("{} = {}", lower(left), lower(right))
    }

    fn words_test(&self, value: &str, argument: &str, is_prefix: bool) -> String {
        format!("{WORDS_FUNCTION}({value}, {argument}, {})", u8::from(is_prefix))
    }

    fn offered(
        &self,
        model: &Model,
        alias: &str,
        _texts: &[String],
        words: &mut dyn FnMut() -> String,
    ) -> Option<String> {
        search::offered(model, alias, words)
    }

    fn offers_many(&self, model: &Model, words: &mut dyn FnMut() -> String) -> Option<String> {
        search::offers_many(model, words)
    }

    fn list_has(&self, list: &str, element: &str, is_decimal: bool) -> String {
        list_test::has(list, element, is_decimal)
    }

    fn list_has_some(&self, list: &str, wanted: &str, is_decimal: bool) -> String {
        list_test::has_some(list, wanted, is_decimal)
    }

    fn list_has_every(&self, list: &str, wanted: &str, is_decimal: bool) -> String {
        list_test::has_every(list, wanted, is_decimal)
    }

    fn list_is_empty(&self, list: &str) -> String {
        list_test::is_empty(list)
    }

    fn json_paths(&self, segments: &[String]) -> Vec<JsonPath> {
        let mut paths = json_path::paths(segments);
        // Nothing but a list has positions.
        paths.iter_mut().for_each(|path| path.lists.clear());
        paths
    }

    fn json_is_list(&self, value: &str, path: &str) -> String {
        format!("json_type({value}, {path}) = 'array'")
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
        field: &str,
    ) -> String {
        let sign = operation.sign();
        let field = self.literal(field);
        format!("{ARITHMETIC_FUNCTION}('{sign}', '{scalar:?}', {column}, {operand}, {field})")
    }

    fn measure(&self, function: Function, field: &Field, value: &str) -> String {
        measure::of(function, field, value)
    }

    fn list_append(&self, list: &str, elements: &str) -> String {
        format!("{APPEND_FUNCTION}({list}, {elements})")
    }

    fn parent_keys(&self, array: &str, alias: &str, parts: &[KeyPart]) -> KeyTable {
        let part = |position: usize, part: &KeyPart| {
            let value = match parts.len() {
                1 => format!("{alias}.value"),
                _ => format!("({alias}.value ->> {position})"),
            };
            if part.is_bytes { format!("unhex({value})") } else { value }
        };
        KeyTable {
            from: format!("json_each({array}) AS {alias}"),
            parts: parts.iter().enumerate().map(|(position, key)| part(position, key)).collect(),
        }
    }

    fn page(&self, limit: Option<&str>, offset: Option<&str>) -> String {
        match (limit, offset) {
            (None, None) => String::new(),
            (Some(limit), None) => format!(" LIMIT {limit}"),
            (Some(limit), Some(offset)) => format!(" LIMIT {limit} OFFSET {offset}"),
            // There is no offset without a limit; a negative one means none.
            (None, Some(offset)) => format!(" LIMIT -1 OFFSET {offset}"),
        }
    }

    fn sort_key(&self, expression: &str, direction: SortOrder, nulls_first: Option<bool>) -> String {
        // Null is the smallest value.
        let is_first = direction == SortOrder::Ascending;
        let nulls = match nulls_first {
            Some(true) if !is_first => " NULLS FIRST",
            Some(false) if is_first => " NULLS LAST",
            _ => "",
        };
        format!("{expression} {}{nulls}", direction_word(direction))
    }
}

fn lower(value: &str) -> String {
    format!("{LOWER_FUNCTION}({value})")
}
