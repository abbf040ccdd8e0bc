//! Conditions. A leaf may come out null where a side is null: at the top, under `AND` and under
//! `OR` that is as good as false, and `Not` asks `IS NOT TRUE`, so the logic stays two-valued.

use purlin_core::schema::{CompareOp, Field, ListOp, Quantifier, Scalar};
use purlin_core::statement::{Filter, Operand, Origin};

use super::operand::{is_bound, is_direct, is_scalar, list_form};
use super::renderer::{ALWAYS, NEVER, Renderer, Scope, both};
use crate::binding::{Binding, Form, Source};

pub(crate) fn compare_sign(op: CompareOp) -> &'static str {
    match op {
        CompareOp::Equal => "=",
        CompareOp::NotEqual => "<>",
        CompareOp::Less => "<",
        CompareOp::LessOrEqual => "<=",
        CompareOp::Greater => ">",
        CompareOp::GreaterOrEqual => ">=",
    }
}

impl Renderer<'_> {
    /// A fragment that may stand under `AND`.
    pub(super) fn filter(&mut self, filter: &Filter, scope: Option<&Scope<'_>>) -> String {
        match filter {
            Filter::Always => ALWAYS.to_owned(),
            Filter::Never => NEVER.to_owned(),
            Filter::All(parts) => self.joined(parts, " AND ", scope),
            Filter::Any(parts) => self.joined(parts, " OR ", scope),
            Filter::Not(inner) => self.negated(inner, scope),
            Filter::Residual(inner) => self.residual(inner, scope),
            Filter::Compare { op, left, right } => self.compare(*op, left, right, scope),
            Filter::EqualIgnoreCase { left, right } => {
                let left = self.operand(left, Form::Plain, scope);
                let right = self.operand(right, Form::Plain, scope);
                self.dialect.equal_ignore_case(&left, &right)
            }
            Filter::IsNull(operand) => format!("{} IS NULL", self.operand(operand, Form::Plain, scope)),
            Filter::Truth(operand) => {
                let value = self.operand(operand, Form::Plain, scope);
                self.dialect.truth(&value)
            }
            Filter::In { value, list } => self.membership(value, list, scope),
            Filter::Text { op, value, argument, ignore_case } => {
                let value = self.operand(value, Form::Plain, scope);
                let argument = self.operand(argument, Form::Plain, scope);
                self.dialect.text_test(*op, &value, &argument, *ignore_case)
            }
            Filter::Words { value, argument, is_prefix } => {
                let value = self.operand(value, Form::Plain, scope);
                let argument = self.operand(argument, Form::Plain, scope);
                self.dialect.words_test(&value, &argument, *is_prefix)
            }
            Filter::Offered { texts, words } => self.offered(texts, words, scope),
            Filter::List { op, list, argument } => self.list_test(*op, list, argument.as_ref(), scope),
            Filter::Json { value, path, op, argument } => {
                let value = self.operand(value, Form::Plain, scope);
                let argument = self.operand(argument, Form::Plain, scope);
                let mut tests = Vec::new();
                for path in self.dialect.json_paths(path) {
                    let text = self.bind(Binding::plain(Source::Constant(path.text.into())));
                    let mut test = self.dialect.json_test(*op, &value, &text, &argument);
                    for list in path.lists {
                        let list = self.bind(Binding::plain(Source::Constant(list.into())));
                        test = format!("({} AND {test})", self.dialect.json_is_list(&value, &list));
                    }
                    tests.push(test);
                }
                format!("({})", tests.join(" OR "))
            }
            Filter::Related { .. } | Filter::Exists { .. } => self.existence(filter, true, scope),
        }
    }

    /// The exact complement.
    pub(super) fn negated(&mut self, filter: &Filter, scope: Option<&Scope<'_>>) -> String {
        match filter {
            Filter::IsNull(operand) => {
                format!("{} IS NOT NULL", self.operand(operand, Form::Plain, scope))
            }
            // These are never null themselves.
            Filter::Related { .. } | Filter::Exists { .. } => self.existence(filter, false, scope),
            _ => format!("({}) IS NOT TRUE", self.filter(filter, scope)),
        }
    }

    /// Written so that the planner looks for no index on the columns of the row itself.
    fn residual(&mut self, filter: &Filter, scope: Option<&Scope<'_>>) -> String {
        let outer = std::mem::replace(&mut self.unindexed, scope.map(|scope| scope.alias.to_owned()));
        let text = self.filter(filter, scope);
        self.unindexed = outer;
        self.dialect.residual(text)
    }

    /// What an index offers; every row, where there is none.
    fn offered(&mut self, texts: &[Operand], words: &Operand, scope: Option<&Scope<'_>>) -> String {
        let Some(Operand::Column { origin: Origin::Scope(depth), model, .. }) = texts.first() else {
            return ALWAYS.to_owned();
        };
        let Some(row) = scope.and_then(|scope| scope.nth(*depth)) else { return ALWAYS.to_owned() };
        let model = self.schema.model(*model);
        let texts: Vec<String> = texts.iter().map(|text| self.operand(text, Form::Plain, scope)).collect();
        let dialect = self.dialect;
        let mut words = || self.operand(words, Form::Plain, scope);
        dialect.offered(model, row.alias, &texts, &mut words).unwrap_or_else(|| ALWAYS.to_owned())
    }

    fn joined(&mut self, parts: &[Filter], sign: &str, scope: Option<&Scope<'_>>) -> String {
        let parts: Vec<String> = parts.iter().map(|part| self.filter(part, scope)).collect();
        format!("({})", parts.join(sign))
    }

    fn compare(
        &mut self,
        op: CompareOp,
        left: &Operand,
        right: &Operand,
        scope: Option<&Scope<'_>>,
    ) -> String {
        let (left_field, right_field) = (self.field_of(left), self.field_of(right));
        let form = match left_field.or(right_field) {
            field if field.is_some_and(Field::is_list) => list_form(field),
            _ => Form::Plain,
        };
        let is_decimal = is_scalar(left_field, Scalar::Decimal) || is_scalar(right_field, Scalar::Decimal);
        let mut side = |operand: &Operand| {
            let text = self.operand(operand, form, scope);
            if is_decimal && form == Form::Plain && is_bound(operand) {
                self.dialect.bound_decimal(&text)
            } else {
                text
            }
        };
        let (left_text, mut right_text) = (side(left), side(right));
        if is_decimal && !(is_scalar(left_field, Scalar::Decimal) && is_direct(left)) {
            right_text.push_str(self.dialect.decimal_collation());
        }
        let both_fields = left.is_field() && right.is_field();
        match op {
            CompareOp::Equal if both_fields => self.dialect.null_safe(&left_text, &right_text, true),
            CompareOp::NotEqual if both_fields => self.dialect.null_safe(&left_text, &right_text, false),
            op => format!("{left_text} {} {right_text}", compare_sign(op)),
        }
    }

    fn membership(&mut self, value: &Operand, list: &Operand, scope: Option<&Scope<'_>>) -> String {
        let (value_field, list_field) = (self.field_of(value), self.field_of(list));
        if list_field.is_some() || !is_bound(list) {
            return self.list_test(ListOp::Has, list, Some(value), scope);
        }
        let mut text = self.operand(value, Form::Plain, scope);
        if is_scalar(value_field, Scalar::Decimal) && !is_direct(value) {
            text.push_str(self.dialect.decimal_collation());
        }
        let list = self.operand(list, Form::ColumnList, scope);
        self.dialect.in_list(&text, &list, &self.element_part(value))
    }

    fn list_test(
        &mut self,
        op: ListOp,
        list: &Operand,
        argument: Option<&Operand>,
        scope: Option<&Scope<'_>>,
    ) -> String {
        let list_field = self.field_of(list);
        let element_field = list_field.or_else(|| argument.and_then(|argument| self.field_of(argument)));
        let is_big_int = is_scalar(element_field, Scalar::BigInt);
        let is_decimal = is_scalar(element_field, Scalar::Decimal);
        let list_text = self.operand(list, list_form(element_field), scope);
        let Some(argument) = argument else {
            return match op {
                ListOp::IsEmpty => self.dialect.list_is_empty(&list_text),
                ListOp::Has | ListOp::HasSome | ListOp::HasEvery => NEVER.to_owned(),
            };
        };
        match op {
            ListOp::IsEmpty => self.dialect.list_is_empty(&list_text),
            ListOp::Has => {
                let mut element = self.operand(argument, Form::Element { is_big_int }, scope);
                // A column that is no list holds its own form.
                if !is_bound(argument) {
                    element = self.dialect.as_element(&element, element_field);
                }
                self.dialect.list_has(&list_text, &element, is_decimal)
            }
            ListOp::HasSome => {
                let wanted = self.operand(argument, list_form(element_field), scope);
                self.dialect.list_has_some(&list_text, &wanted, is_decimal)
            }
            ListOp::HasEvery => {
                let wanted = self.operand(argument, list_form(element_field), scope);
                self.dialect.list_has_every(&list_text, &wanted, is_decimal)
            }
        }
    }

    /// `Related` and `Exists`: whether there is such a row, or (not `wanted`) there is none.
    fn existence(&mut self, filter: &Filter, wanted: bool, scope: Option<&Scope<'_>>) -> String {
        match filter {
            Filter::Exists { model, condition } => {
                let alias = self.alias();
                let from = self.table(*model, &alias);
                let condition = self.filter(condition, Some(&Scope { alias: &alias, outer: scope }));
                exists(wanted, &from, &condition)
            }
            Filter::Related { origin, model, relation, quantifier, condition } => {
                let side = self.side(origin, scope);
                let Some(rows) = side.and_then(|side| self.follow(*model, *relation, &side)) else {
                    return NEVER.to_owned();
                };
                let inner = Scope { alias: &rows.alias, outer: scope };
                let (condition, wanted) = match quantifier {
                    Quantifier::Some => (self.filter(condition, Some(&inner)), wanted),
                    Quantifier::None => (self.filter(condition, Some(&inner)), !wanted),
                    Quantifier::Every => (self.negated(condition, Some(&inner)), !wanted),
                };
                exists(wanted, &rows.from, &both(&rows.on, &condition))
            }
            _ => NEVER.to_owned(),
        }
    }
}

fn exists(wanted: bool, from: &str, condition: &str) -> String {
    let not = if wanted { "" } else { "NOT " };
    format!("{not}EXISTS (SELECT 1 FROM {from} WHERE {condition})")
}
