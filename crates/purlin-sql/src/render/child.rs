//! Includes of many rows: one statement for all parents. With a limit, an offset or `distinct`
//! the rows are picked for each parent by a subquery, which an index on the foreign key bounds.

use purlin_core::schema::{Field, FieldKind, Link, ModelId, Scalar};
use purlin_core::statement::{Filter, Include, IncludeShape, ParamId, SortKey};

use super::order::SortTerm;
use super::path::Side;
use super::renderer::{Renderer, Scope, both};
use super::row::{SelectList, Wanted};
use crate::binding::{Binding, Form, Source};
use crate::dialect::{KeyPart, KeyTable};
use crate::read_statement::{Child, Select};

/// The rows of a page, picked by key.
pub(super) struct Picked<'p> {
    pub model: ModelId,
    pub alias: &'p str,
    pub from: &'p str,
    pub condition: &'p str,
    pub filter: &'p Filter,
    pub order: &'p [SortKey],
    pub distinct: &'p [purlin_core::schema::FieldId],
    pub limit: Option<ParamId>,
    pub offset: Option<ParamId>,
}

impl Renderer<'_> {
    pub(super) fn child(
        &mut self,
        alias: &str,
        model: ModelId,
        include: &Include,
        is_list: bool,
        parent: &mut SelectList,
    ) -> Option<Child> {
        let schema = self.schema;
        let link = &schema.model(model).field(include.relation).relation()?.link;
        let own = match link {
            Link::Owning { fields, .. } | Link::Inverse { fields, .. } => fields.clone(),
            Link::Join(table) => vec![table.local_key],
        };
        let parent_keys = own.iter().map(|field| parent.add(self.column(alias, model, *field))).collect();
        let shown = include.guard.as_ref().map(|guard| {
            let guard = self.filter(guard, Some(&Scope::alone(alias)));
            parent.add(guard)
        });
        let parts: Vec<KeyPart> =
            own.iter().map(|field| key_part(schema.model(model).field(*field))).collect();
        let mut renderer = Renderer::new(schema, self.dialect);
        let (select, child_keys) = renderer.child_select(model, include, &parts)?;
        Some(Child { select, parent_keys, child_keys, shown, is_list })
    }

    fn child_select(
        &mut self,
        model: ModelId,
        include: &Include,
        parts: &[KeyPart],
    ) -> Option<(Select, Vec<usize>)> {
        let shape = &*include.shape;
        let array = self.bind(Binding::plain(Source::ParentKeys));
        let keys = self.dialect.parent_keys(&array, "k", parts);
        let is_paged = shape.limit.is_some() || shape.offset.is_some() || !shape.distinct.is_empty();
        let rows = if is_paged {
            self.paged_rows(model, include, shape, keys)?
        } else {
            self.all_rows(model, include, shape, &keys)?
        };
        let mut list = SelectList::default();
        let child_keys = rows.keys.iter().map(|key| list.add(key.clone())).collect();
        let wanted = Wanted { columns: &shape.columns, includes: &shape.includes, counts: &shape.counts };
        let row = self.row_plan(&rows.alias, rows.target, wanted, &mut list);
        let text = format!(
            "SELECT {} FROM {}{} WHERE {}{}",
            list.text(),
            rows.from,
            list.joins,
            rows.condition,
            self.order_clause(&rows.keys, &rows.terms)
        );
        let bindings = std::mem::take(&mut self.bindings);
        Some((Select { text: text.into(), bindings, row, children: list.children }, child_keys))
    }

    /// Every row of every parent: the foreign key is one of the parents' keys.
    fn all_rows(
        &mut self,
        model: ModelId,
        include: &Include,
        shape: &IncludeShape,
        keys: &KeyTable,
    ) -> Option<ChildRows> {
        // The side's values are not used: the keys are compared with all parents' at once.
        let rows = self.follow(model, include.relation, &Side::Values(Vec::new()))?;
        let (from, alias, target, columns) = (rows.from, rows.alias, rows.target, rows.keys);
        let filter = self.filter(&shape.filter, Some(&Scope::alone(&alias)));
        let among =
            format!("{} IN (SELECT {} FROM {})", Self::row(&columns), keys.parts.join(", "), keys.from);
        let condition = both(&among, &filter);
        let terms = self.sort_terms(&shape.order, &alias, target);
        Some(ChildRows { from, condition, alias, target, keys: columns, terms })
    }

    fn paged_rows(
        &mut self,
        model: ModelId,
        include: &Include,
        shape: &IncludeShape,
        keys: KeyTable,
    ) -> Option<ChildRows> {
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
        // The order of this join is also the order of work: parents first.
        let from = format!("{} CROSS JOIN {}", keys.from, self.table(target, &alias));
        let condition = format!("{} IN ({page})", Self::row(&self.key_columns(&alias, target)));
        let terms = self.sort_terms(&shape.order, &alias, target);
        Some(ChildRows { from, condition, alias, target, keys: keys.parts, terms })
    }

    /// `SELECT` of the primary keys of a page.
    pub(super) fn picked(&mut self, picked: &Picked<'_>) -> String {
        let filter = self.filter(picked.filter, Some(&Scope::alone(picked.alias)));
        let condition = both(picked.condition, &filter);
        let keys = self.key_columns(picked.alias, picked.model);
        let terms = self.sort_terms(picked.order, picked.alias, picked.model);
        let order = self.order_clause(&[], &terms);
        let limit = picked.limit.map(|param| self.param(param, Form::Plain));
        let offset = picked.offset.map(|param| self.param(param, Form::Plain));
        let page = self.dialect.page(limit.as_deref(), offset.as_deref());
        let from = picked.from;
        if picked.distinct.is_empty() {
            return format!("SELECT {} FROM {from} WHERE {condition}{order}{page}", keys.join(", "));
        }
        let by: Vec<String> =
            picked.distinct.iter().map(|field| self.column(picked.alias, picked.model, *field)).collect();
        let names: Vec<String> = (0..keys.len()).map(|number| format!("p{number}")).collect();
        let mut inner: Vec<String> =
            keys.iter().zip(&names).map(|(key, name)| format!("{key} AS {name}")).collect();
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

struct ChildRows {
    from: String,
    condition: String,
    alias: String,
    target: ModelId,
    /// The parent's key as seen from the child.
    keys: Vec<String>,
    terms: Vec<SortTerm>,
}

fn key_part(field: &Field) -> KeyPart {
    KeyPart { is_bytes: matches!(field.kind, FieldKind::Scalar(Scalar::Bytes)) }
}
