//! What a move is made of: the tables of the datasource's models, then the pairs of its many-to-many relations.

use purlin_core::schema::{DatasourceId, Field, FieldId, FieldKind, Link, Model, Schema};
use purlin_core::statement::Heap;

#[derive(Clone, Debug)]
pub struct Part {
    /// `Post`, or `Post.tags`.
    pub label: String,
    pub heap: Heap,
    /// A table of Purlin's own.
    pub is_builtin: bool,
}

/// In the order in which they move. Views hold nothing of their own.
pub fn parts(schema: &Schema, datasource: DatasourceId) -> Vec<Part> {
    let models = || schema.models.iter().filter(|model| model.datasource == datasource && !model.is_view);
    let tables = models().map(|model| Part {
        label: model.name.clone(),
        heap: Heap::Model(model.id),
        is_builtin: model.is_builtin,
    });
    let pairs = models().flat_map(|model| {
        model.fields.iter().filter(|field| is_first_end(field)).map(|field| Part {
            label: format!("{}.{}", model.name, field.name),
            heap: Heap::Pairs(model.id, field.id),
            is_builtin: model.is_builtin,
        })
    });
    tables.chain(pairs).collect()
}

fn is_first_end(field: &Field) -> bool {
    field.relation().is_some_and(
        |relation| matches!(&relation.link, Link::Join(join) if join.local_column == "A" && !relation.is_split),
    )
}

/// The columns that move: not those that the database works out, nor those of types that nobody knows.
pub(super) fn moved_fields(model: &Model) -> Vec<FieldId> {
    let is_moved = |field: &&Field| !field.is_computed && !matches!(field.kind, FieldKind::Unsupported(_));
    model.columns().filter(is_moved).map(|field| field.id).collect()
}

impl Part {
    /// The model whose rows are read.
    pub fn model<'s>(&self, schema: &'s Schema) -> &'s Model {
        match self.heap {
            Heap::Model(model) | Heap::Pairs(model, _) => schema.model(model),
        }
    }
}
