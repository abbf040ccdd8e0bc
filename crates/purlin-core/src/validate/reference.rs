//! Links that a client makes by the values of a relation's key instead of `connect`: they need the same
//! leave, else the database's answer would tell whether a hidden row exists, and link to it.

use super::create::Connect;
use crate::operation::{Assignment, Data};
use crate::policy::NewValue;
use crate::schema::{FieldId, Model};
use crate::value::Value;

#[derive(Debug)]
pub(crate) struct Reference {
    pub relation: FieldId,
    /// Where the client named the last part of the key.
    pub path: String,
    pub parts: Vec<KeyPart>,
}

/// One field of the key and what it refers to.
#[derive(Debug)]
pub(crate) struct KeyPart {
    pub local: FieldId,
    pub target: FieldId,
    /// `None`: as it is stored.
    pub value: Option<NewValue>,
}

impl Reference {
    /// Whether a part of the key stays as it is stored.
    pub(crate) fn is_partial(&self) -> bool {
        self.parts.iter().any(|part| part.value.is_none())
    }

    pub(crate) fn has(&self, local: FieldId) -> bool {
        self.parts.iter().any(|part| part.local == local)
    }
}

/// The links in `data`. `value_of` answers what a field will hold, as far as the write changes it. What comes
/// whole from one connected row is vouched for by that row; a key with a null in it is no link.
pub(super) fn references(
    model: &Model,
    data: &Data,
    connects: &[Connect],
    prefix: &str,
    value_of: impl Fn(FieldId) -> Option<NewValue>,
) -> Vec<Reference> {
    let is_key_of = |relation: FieldId, field: FieldId| {
        model.field(relation).relation().is_some_and(|it| it.pairs().any(|(local, _)| local == field))
    };
    let names = |id: FieldId, assignment: &Assignment, local: FieldId| match assignment {
        Assignment::Connect(_) => is_key_of(id, local),
        _ => id == local,
    };
    let mut found = Vec::new();
    for field in &model.fields {
        let Some(relation) = field.relation().filter(|relation| relation.is_owning()) else { continue };
        let given = |(local, _): (FieldId, FieldId)| {
            data.fields.iter().find(|(id, assignment)| names(*id, assignment, local)).map(|(id, _)| *id)
        };
        let Some(named) = relation.pairs().filter_map(given).last() else { continue };
        let is_vouched_for = connects
            .iter()
            .any(|connect| relation.pairs().all(|(local, _)| is_key_of(connect.relation, local)));
        let parts: Vec<KeyPart> = relation
            .pairs()
            .map(|(local, target)| KeyPart { local, target, value: value_of(local) })
            .collect();
        let is_null = |part: &KeyPart| matches!(part.value, Some(NewValue::Value(Value::Null)));
        if !is_vouched_for && !parts.iter().any(is_null) {
            let path = format!("{prefix}{}", model.field(named).name);
            found.push(Reference { relation: field.id, path, parts });
        }
    }
    found
}
