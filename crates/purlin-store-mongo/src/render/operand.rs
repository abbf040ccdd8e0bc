//! Operands: values, columns, and columns of rows that relations lead to.

use mongodb::bson::{Bson, doc};
use purlin_core::schema::{Field, FieldId, ModelId};
use purlin_core::statement::{Operand, Origin};
use purlin_core::value::Value;

use super::relation::Side;
use super::renderer::{Frame, Renderer, literal, reference};
use crate::names::path;
use crate::value::{Element, Kind, encode};

impl<'a> Renderer<'a> {
    /// The value, where it is known before anything is read.
    pub(super) fn known<'o>(&self, operand: &'o Operand) -> Option<&'o Value>
    where
        'a: 'o,
    {
        match operand {
            Operand::Param(param) => Some(self.sources.param(*param)),
            Operand::Constant(constant) => Some(constant.value()),
            Operand::Loaded(loaded) => Some(self.sources.loaded(loaded.slot, loaded.field)),
            Operand::Column { .. } => None,
        }
    }

    /// The path of a column of the pipeline's own row.
    pub(super) fn direct(&self, operand: &Operand) -> Option<&'a str> {
        match operand {
            Operand::Column { origin: Origin::Scope(0), model, relations, field } if relations.is_empty() => {
                Some(path(self.schema.model(*model), *field))
            }
            _ => None,
        }
    }

    /// The field that gives a column operand its type.
    pub(super) fn field_of(&self, operand: &Operand) -> Option<&'a Field> {
        let Operand::Column { model, relations, field, .. } = operand else { return None };
        let mut model = self.schema.model(*model);
        for relation in relations {
            model = self.schema.model(model.field(*relation).relation()?.target);
        }
        Some(model.field(*field))
    }

    pub(super) fn kind_of(&self, operand: &Operand) -> Option<Kind<'a>> {
        self.field_of(operand).map(|field| Kind::of(self.schema, field))
    }

    /// What a value is compared with decides its form.
    pub(super) fn element_of(&self, operand: &Operand) -> Option<Element<'a>> {
        // Numbers compare by value, and the number may not fit the column.
        let element = self.kind_of(operand)?.element;
        matches!(element, Element::ObjectId).then_some(element)
    }

    /// As an expression; `element` is the type that a value takes.
    pub(super) fn operand(
        &mut self,
        operand: &Operand,
        element: Option<Element<'_>>,
        frame: &mut Frame,
    ) -> Bson {
        if let Some(value) = self.known(operand) {
            return literal(encode(value, element));
        }
        let Operand::Column { origin, model, relations, field } = operand else { return Bson::Null };
        let found = match relations.split_first() {
            None => self.column(origin, *model, *field, frame),
            Some((first, rest)) => self.reached(origin, *model, *first, rest, *field, frame),
        };
        found.unwrap_or(Bson::Null)
    }

    fn column(&self, origin: &Origin, model: ModelId, field: FieldId, frame: &mut Frame) -> Option<Bson> {
        let Origin::Scope(depth) = origin else { return None };
        let level = frame.level.checked_sub(usize::from(*depth))?;
        Some(frame.column(level, path(self.schema.model(model), field)))
    }

    /// A column at the end of to-one relations.
    fn reached(
        &mut self,
        origin: &Origin,
        model: ModelId,
        first: FieldId,
        rest: &[FieldId],
        field: FieldId,
        frame: &mut Frame,
    ) -> Option<Bson> {
        let side = self.side(origin, frame)?;
        let target = self.schema.model(model).field(first).relation()?.target;
        let found = self.field_name();
        self.lookup(frame, (model, first), &side, true, &found, |renderer, inner| {
            let value = match rest.split_first() {
                None => Some(reference(path(renderer.schema.model(target), field))),
                Some((next, rest)) => renderer.reached(&Origin::ROW, target, *next, rest, field, inner),
            };
            inner.push(doc! { "$project": { "_id": 0, "v": value.unwrap_or(Bson::Null) } });
        })?;
        Some(first_of(&found, "v"))
    }

    pub(super) fn side(&self, origin: &Origin, frame: &Frame) -> Option<Side> {
        match origin {
            Origin::Scope(depth) => frame.level.checked_sub(usize::from(*depth)).map(Side::Level),
            Origin::Values(values) => {
                values.iter().map(|value| self.known(value).cloned()).collect::<Option<_>>().map(Side::Values)
            }
        }
    }
}

/// A member of the only document that a `$lookup` found; absent where it found none.
pub(super) fn first_of(found: &str, member: &str) -> Bson {
    let first = doc! { "$arrayElemAt": [format!("${found}"), 0] };
    Bson::Document(doc! { "$let": { "vars": { "first": first }, "in": format!("$$first.{member}") } })
}
