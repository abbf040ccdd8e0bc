//! Relations. Both ends of every relation exist and know each other, and whichever
//! way it is followed, a join is a list of (own field, target field) pairs, so that
//! readers never ask which side holds the key unless they write it.

use super::{FieldId, ModelId};

#[derive(Clone, Debug)]
pub struct Relation {
    /// The explicit name, or `AToB` made from the models' names.
    pub name: String,
    pub target: ModelId,
    /// The other end: a field of `target` (for a self relation possibly of this very model).
    pub opposite: FieldId,
    pub link: Link,
    /// What happens to the row that holds the key when the other is deleted.
    pub on_delete: ReferentialAction,
    pub on_update: ReferentialAction,
    /// Whether its ends stand in different datasources: then no database knows of it, and whoever joins the
    /// databases keeps its key whole.
    pub is_split: bool,
}

#[derive(Clone, Debug)]
pub enum Link {
    /// This model holds the key: `fields` are here, `references` in the target.
    Owning { fields: Vec<FieldId>, references: Vec<FieldId>, constraint: Option<String> },
    /// The target holds the key: `fields` are here (what is referenced), `references`
    /// in the target (its key columns).
    Inverse { fields: Vec<FieldId>, references: Vec<FieldId> },
    /// Implicit many-to-many.
    Join(JoinTable),
}

/// The table of an implicit many-to-many relation, seen from one end.
#[derive(Clone, Debug)]
pub struct JoinTable {
    /// `_AToB` or `_Name`.
    pub table: String,
    /// `A` or `B`: the column that holds this end's id.
    pub local_column: String,
    /// The other of the two.
    pub target_column: String,
    /// This model's single id field.
    pub local_key: FieldId,
    /// The target's single id field.
    pub target_key: FieldId,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReferentialAction {
    Cascade,
    Restrict,
    NoAction,
    SetNull,
    SetDefault,
}

impl Relation {
    /// Whether this end holds the foreign key.
    pub fn is_owning(&self) -> bool {
        matches!(self.link, Link::Owning { .. })
    }

    /// (own field, target field) pairs for a direct join; empty for a join table.
    pub fn pairs(&self) -> impl Iterator<Item = (FieldId, FieldId)> + '_ {
        let (fields, references): (&[FieldId], &[FieldId]) = match &self.link {
            Link::Owning { fields, references, .. } | Link::Inverse { fields, references } => {
                (fields, references)
            }
            Link::Join(_) => (&[], &[]),
        };
        fields.iter().copied().zip(references.iter().copied())
    }
}
