//! Relations: the two ends of each are found (`pair`), then joined by a key (`link`) or
//! by a table of their own (`join_table`).

mod end;
mod join_table;
mod link;
mod pair;

use std::collections::BTreeMap;

use end::End;

use super::checker::Checker;
use super::keys::Keys;
use super::outline::Outline;
use crate::model::{Datasource, DatasourceId, FieldId, ModelId, Relation};

/// The sound relations, by the field of each of their ends.
#[derive(Debug, Default)]
pub(super) struct Relations {
    by_field: BTreeMap<(ModelId, FieldId), Relation>,
}

impl Relations {
    pub(super) fn get(&self, model: ModelId, field: FieldId) -> Option<&Relation> {
        self.by_field.get(&(model, field))
    }
}

/// What the stages of this module share.
struct Context<'a, 'o> {
    outline: &'a Outline<'o>,
    keys: &'a [Keys],
    datasources: &'a [Datasource],
    placement: &'a [DatasourceId],
}

impl Context<'_, '_> {
    fn keys(&self, model: ModelId) -> Option<&Keys> {
        self.keys.get(model.index())
    }

    fn datasource(&self, model: ModelId) -> Option<&Datasource> {
        self.datasources.get(self.placement.get(model.index())?.index())
    }

    /// Whether the ends stand in different datasources.
    fn is_split(&self, one: &End<'_>, other: &End<'_>) -> bool {
        self.placement.get(one.model.index()) != self.placement.get(other.model.index())
    }

    fn name(&self, model: ModelId) -> &str {
        self.outline.model(model).map_or("", |shape| shape.name())
    }
}

pub(super) fn build(
    checker: &mut Checker,
    outline: &Outline<'_>,
    keys: &[Keys],
    datasources: &[Datasource],
    placement: &[DatasourceId],
) -> Relations {
    let context = Context { outline, keys, datasources, placement };
    let ends = end::collect(checker, &context);
    let mut relations = Relations::default();
    for (first, second) in pair::pairs(checker, &context, &ends) {
        let made = if first.is_list && second.is_list {
            join_table::join(checker, &context, first, second)
        } else {
            link::link(checker, &context, first, second)
        };
        if let Some((one, other)) = made {
            relations.by_field.insert((first.model, first.field), one);
            relations.by_field.insert((second.model, second.field), other);
        }
    }
    relations
}
