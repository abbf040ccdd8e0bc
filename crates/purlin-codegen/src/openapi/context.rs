//! What every part of the document reads: the schema, the settings, the names, and which models,
//! fields and relations clients can see at all.

use purlin_schema::model::{Arity, DefaultValue, Field, FieldKind, Model, PolicyOperation, Relation, Schema};
use serde_json::Value;

use super::access::{Access, access, is_always_readable, is_readable_by_self};
use super::names::{Names, Part, Taken};
use super::options::OpenApiOptions;
use super::value::reference;

#[derive(Clone, Copy, Debug)]
pub(super) struct Context<'a> {
    pub(super) schema: &'a Schema,
    pub(super) options: &'a OpenApiOptions,
    pub(super) names: &'a Names,
}

impl<'a> Context<'a> {
    pub(super) fn models(self) -> impl Iterator<Item = &'a Model> {
        self.schema.models.iter().filter(|model| !model.is_ignored)
    }

    /// Relations whose other end is served too.
    pub(super) fn relations(self, model: &'a Model) -> impl Iterator<Item = (&'a Field, &'a Relation)> {
        model
            .fields
            .iter()
            .filter(|field| field.is_exposed() && !field.is_omitted)
            .filter_map(|field| field.relation().map(|relation| (field, relation)))
            .filter(move |(_, relation)| !self.schema.model(relation.target).is_ignored)
    }

    /// Whether a to-one relation has the model at its other end.
    pub(super) fn is_led_to(self, model: &Model) -> bool {
        let mut all = self.models().flat_map(|other| self.relations(other));
        all.any(|(field, relation)| relation.target == model.id && !field.is_list())
    }

    /// Whether there is anything to write.
    pub(super) fn has_batch(self) -> bool {
        self.models().any(|model| !model.is_view)
    }

    /// The tag of calls that belong to no model, which yields to a model of that name.
    pub(super) fn tag(self, wanted: &str) -> String {
        let mut taken = Taken::default();
        self.models().for_each(|model| {
            taken.give(&model.name);
        });
        taken.give(wanted)
    }

    pub(super) fn part(self, model: &Model, part: Part) -> Value {
        reference(self.names.part(model.id, part))
    }

    pub(super) fn target(self, relation: &Relation) -> &'a Model {
        self.schema.model(relation.target)
    }

    pub(super) fn access(self, model: &Model, operation: PolicyOperation) -> Access {
        access(model, operation, self.options.default_access)
    }

    pub(super) fn is_readable_by_self(self, model: &Model) -> bool {
        is_readable_by_self(model, self.options.default_access)
    }

    pub(super) fn is_always_readable(self, model: &Model) -> bool {
        is_always_readable(model, self.options.default_access)
    }
}

/// Whether rows can be made through the API: not in views, and not where a column that clients
/// cannot write has no default.
pub(super) fn is_creatable(model: &Model) -> bool {
    !model.is_view && model.fields.iter().all(|field| field.is_exposed() || !needs_value(field))
}

/// Whether single rows have an address.
pub(super) fn is_addressable(model: &Model) -> bool {
    let mut keys = model.key_fields().peekable();
    keys.peek().is_some() && keys.all(is_visible)
}

/// Columns that answers show and filters may name.
pub(super) fn columns(model: &Model) -> impl Iterator<Item = &Field> {
    model.fields.iter().filter(|field| field.is_column() && is_visible(field))
}

pub(super) fn is_visible(field: &Field) -> bool {
    field.is_exposed() && !field.is_omitted
}

/// Columns that clients may write; hidden ones such as passwords among them.
pub(super) fn writable(model: &Model) -> impl Iterator<Item = &Field> {
    model.fields.iter().filter(|field| field.is_column() && field.is_exposed() && !field.is_computed)
}

/// Whether a new row needs a value for it.
pub(super) fn needs_value(field: &Field) -> bool {
    field.is_column()
        && field.arity == Arity::Required
        && field.default.is_none()
        && !field.is_updated_at
        && !field.is_computed
}

/// One JSON value with members of its own, which cannot be ordered.
pub(super) fn is_document(field: &Field) -> bool {
    use purlin_schema::model::Scalar;
    matches!(field.kind, FieldKind::Scalar(Scalar::Json) | FieldKind::Composite(_))
}

/// What a new row gets where the request says nothing, in words.
pub(super) fn default_in_words(field: &Field) -> Option<String> {
    use purlin_schema::model::{DefaultFunction as Function, Literal};
    fn literal(value: &Literal) -> String {
        match value {
            Literal::Null => "null".to_owned(),
            Literal::Boolean(flag) => flag.to_string(),
            Literal::Number(text) => text.clone(),
            Literal::String(text) => format!("{text:?}"),
            Literal::List(items) => format!("[{}]", items.iter().map(literal).collect::<Vec<_>>().join(", ")),
            Literal::Object(members) => {
                let member = |(name, value): &(String, Literal)| format!("{name:?}: {}", literal(value));
                format!("{{{}}}", members.iter().map(member).collect::<Vec<_>>().join(", "))
            }
        }
    }
    let words = match field.default.as_ref() {
        None if field.is_updated_at => "Set to the present time on every write.".to_owned(),
        None => return None,
        Some(DefaultValue::Literal(value)) => format!("Default: `{}`.", literal(value)),
        Some(DefaultValue::Auth(_)) => "Default: taken from the signed-in user.".to_owned(),
        Some(DefaultValue::Function(function)) => match function {
            Function::Autoincrement | Function::Sequence => "Default: the next number.",
            Function::Now => "Default: the present time.",
            Function::Dbgenerated(_) => "Default: made by the database.",
            Function::Uuid { .. }
            | Function::Cuid { .. }
            | Function::Nanoid { .. }
            | Function::Ulid { .. }
            | Function::Auto => "Default: a new identifier.",
        }
        .to_owned(),
    };
    Some(words)
}
