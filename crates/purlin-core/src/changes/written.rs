//! The tables that a plan may change, whichever way it goes and whatever follows in the database.

use super::table::Table;
use super::versions::{Touched, Versions};
use crate::schema::{FieldId, Link, ModelId, Schema};
use crate::statement::{Change, Step, WritePlan};

pub fn touched(schema: &Schema, versions: &Versions, plan: &WritePlan) -> Touched {
    let mut touched = Touched::default();
    for step in &plan.steps {
        match step {
            Step::Insert(insert) => versions.touch(&mut touched, Table::Model(insert.model), false),
            Step::Update(update) => {
                let cascades = changes_keys(schema, update.model, &update.changes);
                versions.touch(&mut touched, Table::Model(update.model), cascades);
            }
            Step::Delete { model, .. } => versions.touch(&mut touched, Table::Model(*model), true),
            Step::Link { model, relation, .. } | Step::Unlink { model, relation, .. } => {
                versions.touch(&mut touched, Table::join(schema, *model, *relation), false);
            }
            Step::Load { .. }
            | Step::Check { .. }
            | Step::Validate { .. }
            | Step::Judge { .. }
            | Step::Skip { .. } => {}
        }
    }
    if let Some(kept) = &plan.kept {
        versions.touch(&mut touched, Table::Model(kept.update.model), false);
    }
    touched
}

/// Whether other rows refer to a column that changes.
pub fn changes_keys(schema: &Schema, model: ModelId, changes: &[(FieldId, Change)]) -> bool {
    let is_referenced = |changed: FieldId| {
        schema.model(model).fields.iter().filter_map(|field| field.relation()).any(|relation| match &relation
            .link
        {
            Link::Inverse { fields, .. } => fields.contains(&changed),
            Link::Join(table) => table.local_key == changed,
            Link::Owning { .. } => false,
        })
    };
    changes.iter().any(|(field, _)| is_referenced(*field))
}
