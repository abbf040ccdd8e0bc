//! Operands: placeholders, columns, and columns of rows that relations lead to.

use purlin_core::schema::{Field, FieldId, FieldKind, Model, ModelId, Scalar};
use purlin_core::statement::{Constant, Operand, Origin};

use purlin_core::value::Value;

use super::renderer::{Renderer, Scope};
use crate::binding::Form;
use crate::dialect::{ColumnType, KeyPart};

impl<'a> Renderer<'a> {
    /// `form` is how a bound value is written; columns are what they are.
    pub(super) fn operand(&mut self, operand: &Operand, form: Form, scope: Option<&Scope<'_>>) -> String {
        match operand {
            Operand::Param(param) => self.param(*param, form),
            Operand::Constant(constant) => self.constant(constant),
            Operand::Loaded(loaded) => {
                let placeholder = self.loaded(loaded.slot, loaded.field, form);
                let model = self.schema.model(loaded.model);
                self.dialect.typed(placeholder, self.schema, model, model.field(loaded.field))
            }
            Operand::Column { origin, model, relations, field } => self
                .column_operand(origin, *model, relations, *field, scope)
                .unwrap_or_else(|| "NULL".to_owned()),
        }
    }

    /// In the text: the schema's own values, never a request's.
    fn constant(&self, constant: &Constant) -> String {
        match constant.value() {
            Value::Boolean(true) => "TRUE".to_owned(),
            Value::Boolean(false) => "FALSE".to_owned(),
            // A minus sign must not meet another.
            Value::Int(number) if *number < 0 => format!("({number})"),
            Value::Int(number) => number.to_string(),
            Value::String(text) => self.dialect.literal(text),
            _ => "NULL".to_owned(),
        }
    }

    fn column_operand(
        &mut self,
        origin: &Origin,
        model: ModelId,
        relations: &[FieldId],
        field: FieldId,
        scope: Option<&Scope<'_>>,
    ) -> Option<String> {
        let Some((first, rest)) = relations.split_first() else {
            let Origin::Scope(depth) = origin else { return None };
            let alias = scope?.nth(*depth)?.alias;
            let column = self.column(alias, model, field);
            let is_unindexed = self.unindexed.as_deref() == Some(alias);
            return Some(if is_unindexed { self.dialect.unindexed(&column) } else { column });
        };
        let side = self.side(origin, scope)?;
        let start = self.follow(model, *first, &side)?;
        let (mut from, mut alias, mut target) = (start.from, start.alias, start.target);
        for relation in rest {
            let next = self.follow(target, *relation, &super::path::Side::Alias(alias))?;
            from = format!("{from} JOIN {} ON {}", next.from, next.on);
            (alias, target) = (next.alias, next.target);
        }
        let column = self.column(&alias, target, field);
        Some(format!("(SELECT {column} FROM {from} WHERE {})", start.on))
    }

    /// The field that gives a column operand its type.
    pub(super) fn field_of(&self, operand: &Operand) -> Option<&'a Field> {
        self.place_of(operand).map(|(_, field)| field)
    }

    fn place_of(&self, operand: &Operand) -> Option<(&'a Model, &'a Field)> {
        let Operand::Column { model, relations, field, .. } = operand else { return None };
        let mut model = self.schema.model(*model);
        for relation in relations {
            model = self.schema.model(model.field(*relation).relation()?.target);
        }
        Some((model, model.field(*field)))
    }

    /// What the elements of a list that the operand is looked up in are.
    pub(super) fn element_part(&self, operand: &Operand) -> KeyPart {
        match self.place_of(operand) {
            Some((model, field)) => self.key_part(model, field),
            None => KeyPart { is_bytes: false, column_type: ColumnType::plain("text") },
        }
    }

    pub(super) fn key_part(&self, model: &Model, field: &Field) -> KeyPart {
        KeyPart {
            is_bytes: is_scalar(Some(field), Scalar::Bytes),
            column_type: self.dialect.column_type(self.schema, model, field),
        }
    }
}

pub(crate) fn is_scalar(field: Option<&Field>, scalar: Scalar) -> bool {
    field.is_some_and(|field| matches!(&field.kind, FieldKind::Scalar(kind) if *kind == scalar))
}

/// A column that stands in the statement itself, so that its declared collation is in force.
pub(super) fn is_direct(operand: &Operand) -> bool {
    matches!(operand, Operand::Column { relations, .. } if relations.is_empty())
}

pub(super) fn is_bound(operand: &Operand) -> bool {
    matches!(operand, Operand::Param(_) | Operand::Loaded(_))
}

/// How a whole list is bound for a list column of this type.
pub(super) fn list_form(field: Option<&Field>) -> Form {
    Form::ListColumn { is_big_int: is_scalar(field, Scalar::BigInt) }
}
