//! Includes of many rows: one statement for all parents.

use purlin_core::schema::{Link, ModelId};
use purlin_core::statement::{Include, IncludeShape};

use super::order::SortTerm;
use super::path::Side;
use super::renderer::{Renderer, Scope, both};
use super::row::{SelectList, Wanted};
use crate::binding::{Binding, Source};
use crate::dialect::{KeyPart, KeyTable};
use crate::read_statement::{Child, Select};

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
            own.iter().map(|id| self.key_part(schema.model(model), schema.model(model).field(*id))).collect();
        let mut renderer = Renderer::new(schema, self.dialect);
        let (select, child_keys) = renderer.child_select(model, include, &parts)?;
        let is_backward = include.shape.is_backward;
        Some(Child { select, parent_keys, child_keys, shown, is_list, is_backward })
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
            self.paged_rows(model, include, keys)?
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
        let (text, bindings) = self.dialect.finish(text, std::mem::take(&mut self.bindings));
        Some((
            Select { text: text.into(), bindings, width: list.width(), row, children: list.children },
            child_keys,
        ))
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
}

pub(super) struct ChildRows {
    pub from: String,
    pub condition: String,
    pub alias: String,
    pub target: ModelId,
    /// The parent's key as seen from the child.
    pub keys: Vec<String>,
    pub terms: Vec<SortTerm>,
}
