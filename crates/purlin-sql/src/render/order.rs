//! Sort keys: what is compared, which way, and where nulls go.

use purlin_core::operation::Nulls;
use purlin_core::schema::{ModelId, Scalar, SortOrder};
use purlin_core::statement::{Filter, SortHop, SortKey, SortTarget};

use super::operand::is_scalar;
use super::path::Side;
use super::renderer::{Renderer, Scope, both};
use crate::decode::Decode;

pub(super) struct SortTerm {
    pub expression: String,
    /// Appended wherever the expression is compared.
    pub collation: &'static str,
    pub direction: SortOrder,
    pub nulls_first: bool,
    pub is_nullable: bool,
    /// A column of the row itself.
    pub is_column: bool,
    pub decode: Decode,
}

impl Renderer<'_> {
    pub(super) fn sort_terms(&mut self, order: &[SortKey], alias: &str, model: ModelId) -> Vec<SortTerm> {
        order.iter().filter_map(|key| self.sort_term(key, alias, model)).collect()
    }

    pub(super) fn sort_term(&mut self, key: &SortKey, alias: &str, model: ModelId) -> Option<SortTerm> {
        let nulls_first = match key.nulls {
            Some(nulls) => nulls == Nulls::First,
            // Null is the smallest value.
            None => key.direction == SortOrder::Ascending,
        };
        match &key.target {
            SortTarget::Count { relation, filter } => Some(SortTerm {
                expression: self.count_of(alias, model, *relation, filter)?,
                collation: "",
                direction: key.direction,
                nulls_first,
                is_nullable: false,
                is_column: false,
                decode: Decode::Int,
            }),
            SortTarget::Sum(parts) => {
                let parts: Vec<String> = parts
                    .iter()
                    .map(|(filter, number)| {
                        let filter = self.filter(filter, Some(&Scope::alone(alias)));
                        format!("CASE WHEN {filter} THEN {number} ELSE 0 END")
                    })
                    .collect();
                // The same for every row, so it decides nothing.
                let sum = if parts.is_empty() { "1 - 1".to_owned() } else { parts.join(" + ") };
                Some(SortTerm {
                    expression: format!("({sum})"),
                    collation: "",
                    direction: key.direction,
                    nulls_first,
                    is_nullable: false,
                    is_column: false,
                    decode: Decode::Int,
                })
            }
            SortTarget::Column { relations, field, guard } => {
                let (expression, holder) = match relations.split_first() {
                    None => (self.guarded_column(alias, model, *field, guard.as_ref()), model),
                    Some((first, rest)) => self.reached(alias, model, first, rest, *field, guard.as_ref())?,
                };
                let sorted = self.schema.model(holder).field(*field);
                let is_column = relations.is_empty() && guard.is_none();
                Some(SortTerm {
                    expression,
                    collation: if is_scalar(Some(sorted), Scalar::Decimal) {
                        self.dialect.decimal_collation()
                    } else {
                        ""
                    },
                    direction: key.direction,
                    nulls_first,
                    is_nullable: !(is_column && (sorted.is_required() || sorted.is_id)),
                    is_column,
                    decode: Decode::of(self.schema, sorted),
                })
            }
        }
    }

    /// `ORDER BY …` with a leading space; `first` are expressions that come before the keys.
    pub(super) fn order_clause(&self, first: &[String], terms: &[SortTerm]) -> String {
        let mut parts = first.to_vec();
        parts.extend(terms.iter().map(|term| self.order_part(&term.expression, term)));
        if parts.is_empty() { String::new() } else { format!(" ORDER BY {}", parts.join(", ")) }
    }

    pub(super) fn order_part(&self, expression: &str, term: &SortTerm) -> String {
        let nulls_first = term.is_nullable.then_some(term.nulls_first);
        self.dialect.sort_key(&format!("{expression}{}", term.collation), term.direction, nulls_first)
    }

    /// A column, null where the guard does not hold.
    pub(super) fn guarded_column(
        &mut self,
        alias: &str,
        model: ModelId,
        field: purlin_core::schema::FieldId,
        guard: Option<&Filter>,
    ) -> String {
        let column = self.column(alias, model, field);
        match guard {
            None | Some(Filter::Always) => column,
            Some(guard) => {
                let guard = self.filter(guard, Some(&Scope::alone(alias)));
                format!("CASE WHEN {guard} THEN {column} END")
            }
        }
    }

    /// A column at the end of to-one relations, and the model that holds it.
    fn reached(
        &mut self,
        alias: &str,
        model: ModelId,
        first: &SortHop,
        rest: &[SortHop],
        field: purlin_core::schema::FieldId,
        guard: Option<&Filter>,
    ) -> Option<(String, ModelId)> {
        let start = self.follow(model, first.relation, &Side::Alias(alias.to_owned()))?;
        let condition = self.filter(&first.filter, Some(&Scope::alone(&start.alias)));
        let (mut from, mut last, mut target) = (start.from, start.alias, start.target);
        for hop in rest {
            let next = self.follow(target, hop.relation, &Side::Alias(last))?;
            let filter = self.filter(&hop.filter, Some(&Scope::alone(&next.alias)));
            from = format!("{from} JOIN {} ON {}", next.from, both(&next.on, &filter));
            (last, target) = (next.alias, next.target);
        }
        let column = self.guarded_column(&last, target, field, guard);
        Some((format!("(SELECT {column} FROM {from} WHERE {})", both(&start.on, &condition)), target))
    }
}
