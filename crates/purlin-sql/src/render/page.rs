//! The rows of a page by their keys, and the pages of an include: so many rows for each parent.

use purlin_core::schema::{FieldId, ModelId};
use purlin_core::statement::{Filter, Include, ParamId, SortKey};

use super::child::ChildRows;
use super::path::Side;
use super::renderer::{ALWAYS, Renderer, Scope, both, whole};
use crate::binding::Form;
use crate::dialect::{KeyTable, Paging};

/// The rows of a page, picked by key.
pub(super) struct Picked<'p> {
    pub model: ModelId,
    pub alias: &'p str,
    pub from: &'p str,
    pub condition: &'p str,
    pub filter: &'p Filter,
    pub order: &'p [SortKey],
    pub distinct: &'p [FieldId],
    pub limit: Option<u64>,
    pub offset: Option<ParamId>,
}

impl Renderer<'_> {
    /// With a limit, an offset or `distinct` the rows are picked for each parent by a subquery, which an index
    /// on the foreign key bounds.
    pub(super) fn paged_rows(
        &mut self,
        model: ModelId,
        include: &Include,
        keys: KeyTable,
    ) -> Option<ChildRows> {
        if self.dialect.paging() == Paging::Numbered {
            return self.numbered_rows(model, include, &keys);
        }
        let shape = &*include.shape;
        let inner = self.follow(model, include.relation, &Side::Values(keys.parts.clone()))?;
        let target = inner.target;
        let page = self.picked(&Picked {
            model: target,
            alias: &inner.alias,
            from: &inner.from,
            condition: &inner.on,
            filter: &shape.filter,
            order: &shape.order,
            distinct: &shape.distinct,
            limit: shape.limit,
            offset: shape.offset,
        });
        let alias = self.alias();
        let table = self.table(target, &alias);
        let columns = self.key_columns(&alias, target);
        let (from, condition) = if self.dialect.paging() == Paging::Lateral {
            let on = picked_keys(&columns, "pg");
            (
                format!("{} CROSS JOIN LATERAL ({page}) AS pg JOIN {table} ON {on}", keys.from),
                ALWAYS.to_owned(),
            )
        } else {
            // The order of this join is also the order of work: parents first.
            (format!("{} CROSS JOIN {table}", keys.from), format!("{} IN ({page})", Self::row(&columns)))
        };
        let terms = self.sort_terms(&shape.order, &alias, target);
        Some(ChildRows { from, condition, alias, target, keys: keys.parts, terms })
    }

    /// Where a subquery may not be limited: rows are numbered within each parent.
    fn numbered_rows(&mut self, model: ModelId, include: &Include, keys: &KeyTable) -> Option<ChildRows> {
        let shape = &*include.shape;
        // The side's values are not used: the keys are compared with all parents' at once.
        let inner = self.follow(model, include.relation, &Side::Values(Vec::new()))?;
        let (target, rows) = (inner.target, inner.alias);
        let filter = self.filter(&shape.filter, Some(&Scope::alone(&rows)));
        let among =
            format!("{} IN (SELECT {} FROM {})", Self::row(&inner.keys), keys.parts.join(", "), keys.from);
        let condition = both(&among, &filter);
        let named = |expressions: &[String], letter: &str| -> Vec<String> {
            expressions.iter().enumerate().map(|(n, text)| format!("{text} AS {letter}{n}")).collect()
        };
        let numbers = |letter: &str, count: usize| -> Vec<String> {
            (0..count).map(|n| format!("{letter}{n}")).collect()
        };
        let own = self.key_columns(&rows, target);
        let terms = self.sort_terms(&shape.order, &rows, target);
        let sorted: Vec<String> = terms.iter().map(|term| term.expression.clone()).collect();
        let mut columns = named(&own, "p");
        columns.extend(named(&inner.keys, "k"));
        columns.extend(named(&sorted, "o"));
        let outer: Vec<String> =
            terms.iter().enumerate().map(|(n, term)| self.order_part(&format!("o{n}"), term)).collect();
        let outer = if outer.is_empty() { String::new() } else { format!(" ORDER BY {}", outer.join(", ")) };
        let mut first = "";
        if !shape.distinct.is_empty() {
            let mut by = inner.keys.clone();
            by.extend(shape.distinct.iter().map(|field| self.column(&rows, target, *field)));
            let order = self.order_clause(&[], &terms);
            columns.push(format!("ROW_NUMBER() OVER (PARTITION BY {}{order}) AS d", by.join(", ")));
            first = " WHERE d = 1";
        }
        let (mut kept, groups) = (numbers("p", own.len()), numbers("k", inner.keys.len()));
        kept.extend(groups.iter().cloned());
        let numbered = format!(
            "SELECT {}, ROW_NUMBER() OVER (PARTITION BY {}{outer}) AS n FROM (SELECT {} FROM {} WHERE {condition}) \
             AS r{first}",
            kept.join(", "),
            groups.join(", "),
            columns.join(", "),
            inner.from,
        );
        let alias = self.alias();
        let table = self.table(target, &alias);
        let on = picked_keys(&self.key_columns(&alias, target), "pg");
        let from = format!("({numbered}) AS pg JOIN {table} ON {on}");
        let offset = shape.offset.map(|offset| self.param(offset, Form::Plain));
        let limit = shape.limit.map(whole);
        let condition = match (limit, offset) {
            (None, None) => ALWAYS.to_owned(),
            (Some(limit), None) => format!("pg.n <= {limit}"),
            (None, Some(offset)) => format!("pg.n > {offset}"),
            (Some(limit), Some(offset)) => format!("pg.n > {offset} AND pg.n <= {offset} + {limit}"),
        };
        let terms = self.sort_terms(&shape.order, &alias, target);
        let keys = groups.iter().map(|group| format!("pg.{group}")).collect();
        Some(ChildRows { from, condition, alias, target, keys, terms })
    }

    /// `SELECT` of the primary keys of a page.
    pub(super) fn picked(&mut self, picked: &Picked<'_>) -> String {
        let filter = self.filter(picked.filter, Some(&Scope::alone(picked.alias)));
        let condition = both(picked.condition, &filter);
        let keys = self.key_columns(picked.alias, picked.model);
        let terms = self.sort_terms(picked.order, picked.alias, picked.model);
        let order = self.order_clause(&[], &terms);
        let limit = picked.limit.map(whole);
        let offset = picked.offset.map(|param| self.param(param, Form::Plain));
        let page = self.dialect.page(limit.as_deref(), offset.as_deref());
        let from = picked.from;
        let names: Vec<String> = (0..keys.len()).map(|number| format!("p{number}")).collect();
        let named: Vec<String> =
            keys.iter().zip(&names).map(|(key, name)| format!("{key} AS {name}")).collect();
        if picked.distinct.is_empty() {
            return format!("SELECT {} FROM {from} WHERE {condition}{order}{page}", named.join(", "));
        }
        let by: Vec<String> =
            picked.distinct.iter().map(|field| self.column(picked.alias, picked.model, *field)).collect();
        let mut inner = named;
        let mut outer_order = Vec::with_capacity(terms.len());
        for (number, term) in terms.iter().enumerate() {
            inner.push(format!("{} AS o{number}", term.expression));
            outer_order.push(self.order_part(&format!("o{number}"), term));
        }
        let outer_order = if outer_order.is_empty() {
            String::new()
        } else {
            format!(" ORDER BY {}", outer_order.join(", "))
        };
        format!(
            "SELECT {} FROM (SELECT {}, ROW_NUMBER() OVER (PARTITION BY {}{order}) AS n FROM {from} \
             WHERE {condition}) AS d WHERE n = 1{outer_order}{page}",
            names.join(", "),
            inner.join(", "),
            by.join(", "),
        )
    }
}

/// The key columns are those that a page of keys named.
pub(super) fn picked_keys(columns: &[String], page: &str) -> String {
    let pairs: Vec<String> =
        columns.iter().enumerate().map(|(number, column)| format!("{column} = {page}.p{number}")).collect();
    pairs.join(" AND ")
}
