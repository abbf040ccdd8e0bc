//! What an operation writes, judged: rows to insert, changes to make.

use crate::error::Error;
use crate::operation::{Action, Assignment, Data, Key, Operation};
use crate::schema::{FieldId, Model};
use crate::validate::{ChangeSet, Draft, Drafting, KnownRow};

pub(super) enum Drafted {
    Nothing,
    Rows(Vec<Draft>),
    Changes(ChangeSet),
    /// Rows that are changed together and looked at one by one.
    EachChanged(Vec<Key>, ChangeSet),
    EachDeleted(Vec<Key>),
    Upsert(Box<Draft>, Box<ChangeSet>),
}

/// `fixed` are the fields that a replacement leaves as they are.
pub(super) fn draft(
    drafting: &mut Drafting<'_>,
    operation: &Operation,
    fixed: Option<&[FieldId]>,
) -> Result<Drafted, Error> {
    let model = drafting.making.schema.model(operation.model);
    let mut known = None;
    let drafted = match &operation.action {
        Action::Create { rows, .. } | Action::CreateMany { rows, .. } => {
            let mut drafts = Vec::with_capacity(rows.len());
            for data in rows {
                drafts.push(drafting.row(model, data, &[])?);
            }
            if let ([draft], true) = (drafts.as_mut_slice(), drafting.is_batch) {
                // Later operations may name what the database makes.
                draft.want_generated(model);
                known = Some(draft.known(model.id));
            }
            Drafted::Rows(drafts)
        }
        Action::Update { data, .. } => Drafted::Changes(drafting.changes(model, data, fixed)?),
        Action::UpdateMany { data, each, .. } => match each {
            Some(keys) => Drafted::EachChanged(keys.clone(), drafting.changes_of_many(model, data)?),
            None => Drafted::Changes(drafting.changes_of_many(model, data)?),
        },
        Action::DeleteMany { each, .. } => match each {
            Some(keys) => Drafted::EachDeleted(keys.clone()),
            None => Drafted::Nothing,
        },
        Action::Upsert { create, update, .. } => {
            refuse_key(drafting, model, update);
            let mut draft = drafting.row(model, create, &[])?;
            model.key_fields().for_each(|key| draft.want(key.id));
            let set = drafting.changes(model, update, None)?;
            known = Some(KnownRow { model: model.id, slot: draft.slot, values: Vec::new() });
            Drafted::Upsert(Box::new(draft), Box::new(set))
        }
        Action::Delete { .. } => Drafted::Nothing,
        Action::List(_) | Action::Aggregate(_) | Action::Get { .. } => {
            return Err(Error::internal("a read came to the write pipeline"));
        }
    };
    drafting.earlier.push(known);
    Ok(drafted)
}

/// The row could not be told afterwards.
fn refuse_key(drafting: &mut Drafting<'_>, model: &Model, update: &Data) {
    for (field, assignment) in &update.fields {
        if model.key_fields().any(|key| key.id == *field) && !matches!(assignment, Assignment::Nested(_)) {
            let path = format!("{}{}", update.prefix, model.field(*field).name);
            drafting.errors.add(path, "cannot be changed by an upsert");
        }
    }
}
