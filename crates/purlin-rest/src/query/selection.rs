//! `fields=id,name` and `include=posts,team.owner`.

use purlin_core::input::{Limits, Problems, describe_unknown, exposed_field, finish_order};
use purlin_core::operation::{Count, Include, Page, Query, Selection, Where};
use purlin_core::schema::{FieldId, Model, Schema};

/// Columns by name.
pub(super) fn fields(model: &Model, text: &str, problems: &mut Problems) -> Vec<FieldId> {
    let mut fields = Vec::new();
    for name in text.split(',') {
        if problems.is_full() {
            break;
        }
        match exposed_field(model, name) {
            None if name.is_empty() => problems.add("fields", "needs field names, such as fields=id,name"),
            None => problems.add("fields", describe_unknown(model, name)),
            Some(field) if field.relation().is_some() => {
                problems.add("fields", format!("\"{name}\" is a relation: write include={name}"));
            }
            Some(field) if fields.contains(&field.id) => {
                problems.add("fields", format!("\"{name}\" is named twice"));
            }
            Some(field) => fields.push(field.id),
        }
    }
    fields
}

/// Relations by name, nested by dots; a longer path includes what it passes.
pub(super) fn includes(
    schema: &Schema,
    model: &Model,
    text: &str,
    limits: Limits,
    selection: &mut Selection,
    problems: &mut Problems,
) {
    let mut seen: Vec<&str> = Vec::new();
    for path in text.split(',') {
        if problems.is_full() {
            break;
        }
        if seen.contains(&path) {
            problems.add("include", format!("\"{path}\" is named twice"));
            continue;
        }
        seen.push(path);
        if let Err(message) = include(schema, model, path, limits, selection) {
            problems.add("include", message);
        }
    }
}

fn include(
    schema: &Schema,
    model: &Model,
    path: &str,
    limits: Limits,
    selection: &mut Selection,
) -> Result<(), String> {
    if path.is_empty() {
        return Err("needs relation names, such as include=posts,team.owner".to_owned());
    }
    let (mut model, mut selection) = (model, selection);
    for (depth, name) in path.split('.').enumerate() {
        if depth >= limits.max_depth {
            return Err(format!("includes go {} levels deep at most", limits.max_depth));
        }
        let Some(field) = exposed_field(model, name) else { return Err(describe_unknown(model, name)) };
        let relation = field.relation().ok_or_else(|| format!("\"{name}\" is not a relation"))?;
        let target = schema.model(relation.target);
        if target.is_ignored {
            return Err(format!("\"{name}\" leads to a model that is not served"));
        }
        let known = selection.includes.iter().position(|include| include.relation == field.id);
        let index = known.unwrap_or_else(|| {
            let mut query = everything();
            if field.is_list() {
                finish_order(target, &mut query.order);
            }
            selection.includes.push(Include { relation: field.id, query });
            selection.includes.len() - 1
        });
        let Some(include) = selection.includes.get_mut(index) else { return Ok(()) };
        (model, selection) = (target, &mut include.query.selection);
    }
    Ok(())
}

fn everything() -> Query {
    Query {
        filter: Where::everything(),
        order: Vec::new(),
        selection: Selection::default(),
        page: Page::Offset { skip: 0, take: None },
        count: Count::None,
        distinct: Vec::new(),
    }
}
