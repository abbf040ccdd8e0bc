//! Pairs of join tables.

use purlin_core::schema::{FieldId, Link, ModelId, Schema};
use purlin_core::statement::{Filter, WriteValue};

use super::renderer::{Renderer, Scope};
use crate::dialect::Dialect;
use crate::write_statement::WriteStatement;

/// `None` when the relation has no join table.
pub fn render_link(
    schema: &Schema,
    dialect: &dyn Dialect,
    model: ModelId,
    relation: FieldId,
    (local, target): (&WriteValue, &WriteValue),
    remove: bool,
) -> Option<WriteStatement> {
    let mut renderer = Renderer::new(schema, dialect);
    let field = schema.model(model).field(relation).relation()?;
    let Link::Join(table) = &field.link else { return None };
    let local = renderer.write_value(local, schema.model(model).field(table.local_key));
    let target = renderer.write_value(target, schema.model(field.target).field(table.target_key));
    let name = dialect.identifier(&table.table);
    let local_column = dialect.identifier(&table.local_column);
    let target_column = dialect.identifier(&table.target_column);
    let text = if remove {
        format!("DELETE FROM {name} WHERE {local_column} = {local} AND {target_column} = {target}")
    } else {
        format!(
            "INSERT INTO {name} ({local_column}, {target_column}) VALUES ({local}, {target}) {}",
            dialect.unless_exists(&local_column)
        )
    };
    Some(renderer.finish(text, Vec::new()))
}

/// The pairs of one row whose other ends satisfy the filter. These are picked first, for some engines may not read a
/// table that they change.
pub fn render_unlink(
    schema: &Schema,
    dialect: &dyn Dialect,
    (model, relation): (ModelId, FieldId),
    local: &WriteValue,
    filter: &Filter,
) -> WriteStatement {
    let mut renderer = Renderer::new(schema, dialect);
    let field = schema.model(model).field(relation).relation();
    let Some((field, Link::Join(table))) = field.map(|field| (field, &field.link)) else {
        // Nothing is linked by a relation without a join table.
        return renderer.finish(format!("SELECT 1{} WHERE 1 = 0", dialect.no_table()), Vec::new());
    };
    let local = renderer.write_value(local, schema.model(model).field(table.local_key));
    let mut text = format!(
        "DELETE FROM {} WHERE {} = {local}",
        dialect.identifier(&table.table),
        dialect.identifier(&table.local_column)
    );
    if *filter != Filter::Always {
        let alias = renderer.alias();
        let from = renderer.table(field.target, &alias);
        let key = renderer.column(&alias, field.target, table.target_key);
        let filter = renderer.filter(filter, Some(&Scope::alone(&alias)));
        let target = dialect.identifier(&table.target_column);
        let picked = format!("SELECT {key} AS k FROM {from} WHERE {filter}");
        for part in [" AND ", &target, " IN (SELECT k FROM (", &picked, ") AS picked)"] {
            text.push_str(part);
        }
    }
    renderer.finish(text, Vec::new())
}
