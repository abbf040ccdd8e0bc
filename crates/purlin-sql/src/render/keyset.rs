//! Rows after a given row: the condition that continues a page by key.

use purlin_core::schema::{CompareOp, SortOrder};
use purlin_core::statement::ParamId;

use super::filter::compare_sign;
use super::order::SortTerm;
use super::renderer::{NEVER, Renderer};
use crate::binding::Form;
use crate::decode::Decode;

impl Renderer<'_> {
    /// `values` stand for the sort terms, position by position; `None` is null.
    pub(super) fn after(&mut self, terms: &[SortTerm], values: &[Option<ParamId>]) -> String {
        let mut bound = |(number, value): (usize, &Option<ParamId>)| {
            let text = value.map(|param| self.param(param, Form::Plain))?;
            let is_decimal = terms.get(number).is_some_and(|term| term.decode == Decode::Decimal);
            Some(if is_decimal { self.dialect.bound_decimal(&text) } else { text })
        };
        let values: Vec<Option<String>> = values.iter().enumerate().map(&mut bound).collect();
        let Some(first) = terms.first() else { return NEVER.to_owned() };
        let is_plain = terms.iter().all(|term| term.is_column && !term.is_nullable);
        let is_uniform = terms.iter().all(|term| term.direction == first.direction);
        if is_plain && is_uniform && values.iter().all(Option::is_some) && terms.len() == values.len() {
            let columns: Vec<String> = terms.iter().map(|term| term.expression.clone()).collect();
            let values: Vec<String> = values.into_iter().flatten().collect();
            return self.dialect.row_compare(&columns, beyond_op(first), &values);
        }
        let mut branches = Vec::with_capacity(terms.len());
        let mut equal = String::new();
        for (term, value) in terms.iter().zip(&values) {
            branches.push(format!("({equal}{})", beyond(term, value.as_deref())));
            equal.push_str(&same(term, value.as_deref()));
            equal.push_str(" AND ");
        }
        let branches = format!("({})", branches.join(" OR "));
        match values.first() {
            // Implied by the branches, and what an index can search by.
            Some(Some(value)) if !first.is_nullable || first.nulls_first => {
                let sign = if first.direction == SortOrder::Ascending { ">=" } else { "<=" };
                format!("({}{} {sign} {value} AND {branches})", first.expression, first.collation)
            }
            _ => branches,
        }
    }
}

fn beyond_op(term: &SortTerm) -> CompareOp {
    match term.direction {
        SortOrder::Ascending => CompareOp::Greater,
        SortOrder::Descending => CompareOp::Less,
    }
}

/// The key comes after the value.
fn beyond(term: &SortTerm, value: Option<&str>) -> String {
    let expression = &term.expression;
    match value {
        Some(value) => {
            let sign = compare_sign(beyond_op(term));
            let further = format!("{expression}{} {sign} {value}", term.collation);
            if term.is_nullable && !term.nulls_first {
                format!("({further} OR {expression} IS NULL)")
            } else {
                further
            }
        }
        None if term.nulls_first => format!("{expression} IS NOT NULL"),
        None => NEVER.to_owned(),
    }
}

fn same(term: &SortTerm, value: Option<&str>) -> String {
    match value {
        Some(value) => format!("{}{} = {value}", term.expression, term.collation),
        None => format!("{} IS NULL", term.expression),
    }
}
