//! Finding things in a schema by id or by name.

use super::{
    Arity, CompositeType, Enum, EnumId, Field, FieldId, FieldKind, Model, ModelId, Relation, Schema, TypeId,
};

impl Schema {
    /// The model of an id that this schema gave out.
    #[expect(clippy::indexing_slicing, reason = "ids are positions given out by this very schema")]
    pub fn model(&self, id: ModelId) -> &Model {
        &self.models[id.index()]
    }

    pub fn model_named(&self, name: &str) -> Option<&Model> {
        self.models.iter().find(|model| model.name == name)
    }

    /// The models that the app itself declares.
    pub fn own_models(&self) -> impl Iterator<Item = &Model> + '_ {
        self.models.iter().filter(|model| !model.is_builtin)
    }

    #[expect(clippy::indexing_slicing, reason = "ids are positions given out by this very schema")]
    pub fn enumeration(&self, id: EnumId) -> &Enum {
        &self.enums[id.index()]
    }

    #[expect(clippy::indexing_slicing, reason = "ids are positions given out by this very schema")]
    pub fn composite(&self, id: TypeId) -> &CompositeType {
        &self.types[id.index()]
    }

    /// The other end of a relation field.
    pub fn opposite(&self, relation: &Relation) -> &Field {
        self.model(relation.target).field(relation.opposite)
    }
}

impl Model {
    /// The fields of all `@@fulltext`, in their order; each once.
    pub fn searched(&self) -> Vec<FieldId> {
        let mut fields = Vec::new();
        for field in self.fulltext.iter().flatten() {
            if !fields.contains(field) {
                fields.push(*field);
            }
        }
        fields
    }

    /// The field of an id that this model gave out.
    #[expect(clippy::indexing_slicing, reason = "ids are positions given out by this very model")]
    pub fn field(&self, id: FieldId) -> &Field {
        &self.fields[id.index()]
    }

    pub fn field_named(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The fields of the primary key, in its order.
    pub fn key_fields(&self) -> impl Iterator<Item = &Field> + '_ {
        self.primary_key.fields.iter().map(|part| self.field(part.field))
    }

    /// Fields that are columns: everything but relations.
    pub fn columns(&self) -> impl Iterator<Item = &Field> + '_ {
        self.fields.iter().filter(|field| field.is_column())
    }
}

impl Field {
    pub fn relation(&self) -> Option<&Relation> {
        match &self.kind {
            FieldKind::Relation(relation) => Some(relation),
            _ => None,
        }
    }

    pub fn is_column(&self) -> bool {
        !matches!(self.kind, FieldKind::Relation(_))
    }

    pub fn is_list(&self) -> bool {
        self.arity == Arity::List
    }

    pub fn is_required(&self) -> bool {
        self.arity == Arity::Required
    }

    /// Whether the API may show it at all, to anyone.
    pub fn is_exposed(&self) -> bool {
        !self.is_ignored && !matches!(self.kind, FieldKind::Unsupported(_))
    }
}
