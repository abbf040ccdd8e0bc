//! Following relations: what to join, and on what.

use purlin_core::changes::Table;
use purlin_core::schema::{FieldId, Link, ModelId, Scalar};
use purlin_core::statement::Origin;

use super::operand::is_scalar;
use super::renderer::{Renderer, Scope};
use crate::binding::Form;

/// The row from which a relation is followed.
pub(super) enum Side {
    Alias(String),
    /// The values of this side's fields, rendered.
    Values(Vec<String>),
}

/// The rows of a relation's other end.
pub(super) struct Followed {
    /// Stands after `FROM`.
    pub from: String,
    /// What on the other end must equal the side's values.
    pub keys: Vec<String>,
    pub on: String,
    pub alias: String,
    pub target: ModelId,
}

impl Renderer<'_> {
    pub(super) fn side(&mut self, origin: &Origin, scope: Option<&Scope<'_>>) -> Option<Side> {
        match origin {
            Origin::Scope(depth) => {
                scope.and_then(|scope| scope.nth(*depth)).map(|scope| Side::Alias(scope.alias.to_owned()))
            }
            Origin::Values(values) => Some(Side::Values(
                values.iter().map(|value| self.operand(value, Form::Plain, scope)).collect(),
            )),
        }
    }

    /// `None` when the field is no relation.
    pub(super) fn follow(&mut self, model: ModelId, relation: FieldId, side: &Side) -> Option<Followed> {
        let schema = self.schema;
        let field = schema.model(model).field(relation).relation()?;
        let target = field.target;
        match &field.link {
            Link::Owning { .. } | Link::Inverse { .. } => {
                let alias = self.alias();
                let mut keys = Vec::new();
                let mut pairs = Vec::new();
                for (position, (own, other)) in field.pairs().enumerate() {
                    let key = self.column(&alias, target, other);
                    pairs.push(format!("{key} = {}", self.side_value(side, position, model, own)));
                    keys.push(key);
                }
                let from = self.table(target, &alias);
                Some(Followed { from, keys, on: pairs.join(" AND "), alias, target })
            }
            Link::Join(table) => {
                let (join, alias) = (self.alias(), self.alias());
                self.touch(Table::join(self.schema, model, relation));
                let key = self.column(&alias, target, table.target_key);
                let from = format!(
                    "{} AS {join} JOIN {} ON {key} = {join}.{}",
                    self.dialect.identifier(&table.table),
                    self.table(target, &alias),
                    self.dialect.identifier(&table.target_column),
                );
                let local = format!("{join}.{}", self.dialect.identifier(&table.local_column));
                let on = format!("{local} = {}", self.side_value(side, 0, model, table.local_key));
                Some(Followed { from, keys: vec![local], on, alias, target })
            }
        }
    }

    fn side_value(&self, side: &Side, position: usize, model: ModelId, field: FieldId) -> String {
        match side {
            Side::Alias(alias) => self.column(alias, model, field),
            Side::Values(values) => {
                let value = values.get(position).cloned().unwrap_or_else(|| "NULL".to_owned());
                let field = self.schema.model(model).field(field);
                if is_scalar(Some(field), Scalar::Decimal) {
                    self.dialect.bound_decimal(&value)
                } else {
                    value
                }
            }
        }
    }
}
