//! Updates and deletes for engines whose statements may not read the table that they change, and assign column
//! after column: the rows, and what is decided for each, are picked first, by a joined subquery.

use purlin_core::schema::{FieldId, ModelId, Schema};
use purlin_core::statement::{Change, Filter};

use super::page::picked_keys;
use super::renderer::{Renderer, Scope};
use crate::dialect::Dialect;
use crate::write_statement::WriteStatement;

pub(super) fn update(
    schema: &Schema,
    dialect: &dyn Dialect,
    model: ModelId,
    changes: &[(FieldId, Change)],
    filter: &Filter,
) -> WriteStatement {
    let mut renderer = Renderer::new(schema, dialect);
    let (alias, inner) = (renderer.alias(), renderer.alias());
    let mut conditions = Vec::new();
    let mut sets = Vec::new();
    for (field, change) in changes {
        let field = schema.model(model).field(*field);
        let own = renderer.column(&alias, model, field.id);
        let value = match change {
            Change::SetWhere { value, condition } => {
                conditions.push(renderer.filter(condition, Some(&Scope::alone(&inner))));
                let value = renderer.write_value(value, field);
                format!("CASE WHEN pg.c{} THEN {value} ELSE {own} END", conditions.len() - 1)
            }
            change => renderer.changed(&alias, model, field, change),
        };
        sets.push(format!("{own} = {value}"));
    }
    if sets.is_empty() {
        // A key set to itself changes nothing, and counts all the same.
        sets.extend(
            renderer.key_columns(&alias, model).into_iter().take(1).map(|key| format!("{key} = {key}")),
        );
    }
    let table = renderer.table(model, &alias);
    let picked = picked(&mut renderer, model, &inner, filter, &conditions);
    let on = picked_keys(&renderer.key_columns(&alias, model), "pg");
    renderer
        .finish(format!("UPDATE {table} JOIN ({picked}) AS pg ON {on} SET {}", sets.join(", ")), Vec::new())
}

pub(super) fn delete(
    schema: &Schema,
    dialect: &dyn Dialect,
    model: ModelId,
    filter: &Filter,
) -> WriteStatement {
    let mut renderer = Renderer::new(schema, dialect);
    let (alias, inner) = (renderer.alias(), renderer.alias());
    let table = renderer.table(model, &alias);
    let picked = picked(&mut renderer, model, &inner, filter, &[]);
    let on = picked_keys(&renderer.key_columns(&alias, model), "pg");
    renderer.finish(format!("DELETE {alias} FROM {table} JOIN ({picked}) AS pg ON {on}"), Vec::new())
}

/// `DISTINCT` keeps the engine from merging the subquery into the statement around it.
fn picked(
    renderer: &mut Renderer<'_>,
    model: ModelId,
    alias: &str,
    filter: &Filter,
    conditions: &[String],
) -> String {
    let from = renderer.table(model, alias);
    let keys = renderer.key_columns(alias, model);
    let mut columns: Vec<String> =
        keys.iter().enumerate().map(|(number, key)| format!("{key} AS p{number}")).collect();
    columns.extend(
        conditions.iter().enumerate().map(|(number, condition)| format!("({condition}) AS c{number}")),
    );
    let filter = renderer.filter(filter, Some(&Scope::alone(alias)));
    let lock = renderer.dialect.lock_clause();
    format!("SELECT DISTINCT {} FROM {from} WHERE {filter}{lock}", columns.join(", "))
}
