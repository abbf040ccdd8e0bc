//! Rows after a given row, or from one on that a filter finds: the conditions that begin a page by key.

use purlin_core::schema::{CompareOp, ModelId, SortOrder};
use purlin_core::statement::{Filter, ParamId, SortKey};

use super::filter::compare_sign;
use super::order::SortTerm;
use super::renderer::{NEVER, Renderer, Scope};
use crate::binding::Form;
use crate::decode::Decode;
use crate::dialect::Dialect;

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

    /// The row that `filter` finds and those behind it; none where it finds none. Its keys are looked up in the same
    /// statement, each by a subquery of its own: planners take such a value for a constant and search an index by it.
    pub(super) fn rows_from(
        &mut self,
        terms: &[SortTerm],
        model: ModelId,
        order: &[SortKey],
        filter: &Filter,
    ) -> String {
        let dialect = self.dialect;
        let mut values = Vec::with_capacity(order.len());
        for key in order {
            let alias = self.alias();
            let Some(term) = self.sort_term(key, &alias, model) else { continue };
            let row = self.row_of(model, &alias, filter);
            values.push(format!("(SELECT {} {row})", term.expression));
        }
        let Some((first, value)) = terms.first().zip(values.first()) else { return NEVER.to_owned() };
        let mut rest = terms.iter().zip(&values).rev();
        let last = rest.next().map(|(term, value)| at_or_beyond(dialect, term, value));
        let condition = rest.fold(last.unwrap_or_default(), |further, (term, value)| {
            let (beyond, same) = (beyond_found(term, value), same_as_found(dialect, term, value));
            format!("({beyond} OR ({same} AND {further}))")
        });
        if first.is_nullable {
            // A null may be the row's, or that of no row.
            let alias = self.alias();
            return format!("(EXISTS (SELECT 1 {}) AND {condition})", self.row_of(model, &alias, filter));
        }
        // Implied by the rest, and what an index can search by. Nothing compares with the null of no row.
        let sign = if first.direction == SortOrder::Ascending { ">=" } else { "<=" };
        format!("({}{} {sign} {value} AND {condition})", first.expression, first.collation)
    }

    /// `FROM … WHERE …` of the row that a filter finds.
    fn row_of(&mut self, model: ModelId, alias: &str, filter: &Filter) -> String {
        let from = self.table(model, alias);
        let condition = self.filter(filter, Some(&Scope::alone(alias)));
        format!("FROM {from} WHERE {condition}")
    }
}

/// The key comes after a value that may be null.
fn beyond_found(term: &SortTerm, value: &str) -> String {
    let expression = &term.expression;
    let further = format!("{expression}{} {} {value}", term.collation, compare_sign(beyond_op(term)));
    match (term.is_nullable, term.nulls_first) {
        (false, _) => further,
        (true, true) => format!("({further} OR ({value} IS NULL AND {expression} IS NOT NULL))"),
        (true, false) => format!("({further} OR ({expression} IS NULL AND {value} IS NOT NULL))"),
    }
}

fn same_as_found(dialect: &dyn Dialect, term: &SortTerm, value: &str) -> String {
    let expression = format!("{}{}", term.expression, term.collation);
    if term.is_nullable {
        dialect.null_safe(&expression, value, true)
    } else {
        format!("{expression} = {value}")
    }
}

fn at_or_beyond(dialect: &dyn Dialect, term: &SortTerm, value: &str) -> String {
    format!("({} OR {})", beyond_found(term, value), same_as_found(dialect, term, value))
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
