//! The select list: columns, joined to-one relations, counts, and what children need.

use purlin_core::schema::ModelId;
use purlin_core::statement::{Column, Include, RelationCount};

use super::path::Side;
use super::renderer::{Renderer, Scope, both};
use crate::decode::{Decode, OutputColumn};
use crate::read_statement::{Child, Related, RelatedSource, RowPlan};

/// Engines join a limited number of tables (SQLite: 64); what is beyond is fetched as children.
const MAX_JOINS: usize = 24;
/// So are the columns of a result (SQLite: 2000).
const MAX_COLUMNS: usize = 1000;

#[derive(Default)]
pub(super) struct SelectList {
    pub expressions: Vec<String>,
    /// `LEFT JOIN …`, each with a leading space.
    pub joins: String,
    pub join_count: usize,
    pub children: Vec<Child>,
}

impl SelectList {
    /// The position of an expression in the result; equal ones share one.
    pub(super) fn add(&mut self, expression: String) -> usize {
        if let Some(position) = self.expressions.iter().position(|known| *known == expression) {
            return position;
        }
        self.expressions.push(expression);
        self.expressions.len() - 1
    }

    pub(super) fn width(&self) -> usize {
        self.expressions.len().max(1)
    }

    /// Never empty, since a row must have a column.
    pub(super) fn text(&self) -> String {
        if self.expressions.is_empty() { "1".to_owned() } else { self.expressions.join(", ") }
    }
}

/// What is asked of each row.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'w> {
    pub columns: &'w [Column],
    pub includes: &'w [Include],
    pub counts: &'w [RelationCount],
}

impl Renderer<'_> {
    pub(super) fn row_plan(
        &mut self,
        alias: &str,
        model: ModelId,
        wanted: Wanted<'_>,
        list: &mut SelectList,
    ) -> RowPlan {
        let schema = self.schema;
        let fields = schema.model(model);
        let columns = wanted
            .columns
            .iter()
            .map(|column| {
                let field = fields.field(column.field);
                let expression = self.guarded_column(alias, model, column.field, column.guard.as_deref());
                OutputColumn {
                    key: field.name.as_str().into(),
                    position: list.add(expression),
                    decode: Decode::of(schema, field),
                    is_guarded: column.guard.is_some(),
                }
            })
            .collect();
        let related = wanted
            .includes
            .iter()
            .filter_map(|include| {
                let source = self.related(alias, model, include, list)?;
                Some(Related { key: fields.field(include.relation).name.as_str().into(), source })
            })
            .collect();
        let counts: Vec<OutputColumn> = wanted
            .counts
            .iter()
            .filter_map(|count| {
                let expression = self.count_of(alias, model, count.relation, &count.filter)?;
                Some(OutputColumn {
                    key: fields.field(count.relation).name.as_str().into(),
                    position: list.add(expression),
                    decode: Decode::Int,
                    is_guarded: false,
                })
            })
            .collect();
        let objects = if counts.is_empty() { Vec::new() } else { vec![("_count".into(), counts)] };
        RowPlan { columns, related, objects }
    }

    fn related(
        &mut self,
        alias: &str,
        model: ModelId,
        include: &Include,
        list: &mut SelectList,
    ) -> Option<RelatedSource> {
        let is_list = self.schema.model(model).field(include.relation).is_list();
        let is_full = list.join_count >= MAX_JOINS || list.expressions.len() >= MAX_COLUMNS;
        if is_list || is_full {
            let child = self.child(alias, model, include, is_list, list)?;
            list.children.push(child);
            return Some(RelatedSource::Child(list.children.len() - 1));
        }
        let rows = self.follow(model, include.relation, &Side::Alias(alias.to_owned()))?;
        let filter = self.filter(&include.shape.filter, Some(&Scope::alone(&rows.alias)));
        let mut join = format!(" LEFT JOIN {} ON {}", rows.from, both(&rows.on, &filter));
        if let Some(guard) = &include.guard {
            join.push_str(" AND ");
            join.push_str(&self.filter(guard, Some(&Scope::alone(alias))));
        }
        list.joins.push_str(&join);
        list.join_count += 1;
        // A key is never null, so it tells whether there is a row.
        let key = self.key_columns(&rows.alias, rows.target).into_iter().next()?;
        let present = list.add(key);
        let wanted = Wanted {
            columns: &include.shape.columns,
            includes: &include.shape.includes,
            counts: &include.shape.counts,
        };
        let row = self.row_plan(&rows.alias, rows.target, wanted, list);
        Some(RelatedSource::Joined { present, row })
    }
}
