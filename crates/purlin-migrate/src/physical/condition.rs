//! The condition of a partial index, as SQL.

use purlin_schema::model::{FieldCondition, Literal, Model, PartialIndex, Schema};

use crate::dialect::MigrationDialect;

pub(super) fn of(
    dialect: MigrationDialect,
    schema: &Schema,
    model: &Model,
    partial: &PartialIndex,
) -> String {
    match partial {
        PartialIndex::Raw(sql) => sql.trim().to_owned(),
        PartialIndex::Fields(conditions) => {
            let parts: Vec<String> = conditions
                .iter()
                .map(|(field, condition)| {
                    let field = model.field(*field);
                    let column = dialect.sql().identifier(&field.column);
                    match condition {
                        FieldCondition::Is(Literal::Null) => format!("{column} IS NULL"),
                        FieldCondition::Not(Literal::Null) => format!("{column} IS NOT NULL"),
                        FieldCondition::Is(literal) => {
                            format!("{column} = {}", constant(dialect, schema, field, literal))
                        }
                        FieldCondition::Not(literal) => {
                            format!("{column} <> {}", constant(dialect, schema, field, literal))
                        }
                    }
                })
                .collect();
            parts.join(" AND ")
        }
    }
}

/// The stored form of a constant: what the dialect writes as the field's default.
fn constant(
    dialect: MigrationDialect,
    schema: &Schema,
    field: &purlin_schema::model::Field,
    literal: &Literal,
) -> String {
    let mut field = field.clone();
    field.default = Some(purlin_schema::model::DefaultValue::Literal(literal.clone()));
    dialect.sql().column_default(schema, &field).unwrap_or_else(|| "NULL".to_owned())
}
