//! The models: what the runtime's types are told of each, what calls each has, and what is known when the program runs.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};

use super::names::{comment, key, member};
use super::typescript::{Form, Types};
use crate::openapi::{Is, Outline};

/// What models are called in the client, each once.
pub(super) fn members(outlines: &[Outline]) -> Vec<String> {
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    let names = outlines.iter().map(|outline| {
        let name = member(&outline.resource);
        let count = known.entry(name.clone()).and_modify(|count| *count += 1).or_insert(1);
        if *count == 1 { name } else { format!("{name}{count}") }
    });
    names.collect()
}

/// Rows are called as in the schema, whatever else wants the name.
pub(super) fn name_rows(types: &mut Types<'_>, outlines: &[Outline]) {
    for outline in outlines {
        types.declared(&outline.parts.row);
    }
}

/// The row of a model: its columns. Relations are there when they are included.
pub(super) fn row(types: &mut Types<'_>, outline: &Outline) -> String {
    let name = types.names.of(&outline.parts.row);
    let mut text = comment(outline.docs.as_deref(), "");
    let _ = writeln!(text, "export interface {name} {{");
    let schema = types.component(&outline.parts.row);
    for column in &outline.columns {
        let Some(member) = schema.and_then(|schema| schema.get("properties")?.get(column)) else { continue };
        let words = comment(member.get("description").and_then(Value::as_str), "  ");
        let _ = writeln!(text, "{words}  {}: {};", key(column), types.of(member, Form::Answer));
    }
    text.push_str("}\n");
    text
}

/// `interface Models`, which the types of the runtime are about.
pub(super) fn shapes(types: &mut Types<'_>, outlines: &[Outline]) -> String {
    let mut text = String::from("/** All models, for the types of calls. */\nexport interface Models {\n");
    for outline in outlines {
        let parts = &outline.parts;
        let relations: Vec<String> = outline
            .relations
            .iter()
            .map(|relation| {
                let is = match relation.is {
                    Is::Many => "many",
                    Is::One => "one",
                    Is::Maybe => "maybe",
                };
                format!(
                    "{}: Relation<{}, \"{is}\">",
                    key(&relation.field),
                    super::names::text(&relation.target)
                )
            })
            .collect();
        let relations =
            if relations.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", relations.join("; ")) };
        let _ = writeln!(text, "  {}: {{", key(&outline.name));
        let _ = writeln!(text, "    row: {};", types.names.of(&parts.row));
        let _ = writeln!(text, "    relations: {relations};");
        for (word, component) in [
            ("where", &parts.filter),
            ("key", &parts.key),
            ("query", &parts.query),
            ("select", &parts.select),
            ("include", &parts.include),
            ("omit", &parts.omit),
            ("create", &parts.create),
            ("update", &parts.update),
            ("updateMany", &parts.update_many),
            ("aggregate", &parts.aggregate),
        ] {
            let _ = writeln!(text, "    {word}: {};", types.named(component, Form::Input));
        }
        let _ = writeln!(text, "    measures: {};", types.named(&parts.measures, Form::Answer));
        let row = types.names.of(&parts.row);
        let found = outline.referred.iter().filter(|field| outline.key.contains(field));
        let (made, found) = (picked(&row, outline.referred.iter()), picked(&row, found));
        let _ = writeln!(text, "    keys: {{ made: {made}; found: {found} }};");
        let unreadable = if outline.is_always_readable { "never" } else { "null" };
        let _ = writeln!(text, "    unreadable: {unreadable};\n  }};");
    }
    text.push_str("}\n");
    text
}

fn picked<'f>(row: &str, fields: impl Iterator<Item = &'f String>) -> String {
    let names: Vec<String> = fields.map(|field| super::names::text(field)).collect();
    if names.is_empty() {
        "Record<never, never>".to_owned()
    } else {
        format!("Pick<{row}, {}>", names.join(" | "))
    }
}

/// What a model can be asked, by its calls in the document.
fn abilities(document: &Value, outline: &Outline, has_batch: bool) -> Vec<&'static str> {
    let calls = |path: &str, method: &str| {
        document.get("paths").and_then(|paths| paths.get(path)?.get(method)).is_some()
    };
    let (all, one) = (outline.path.clone(), format!("{}/{{id}}", outline.path));
    let (creates, updates) = (calls(&all, "post"), calls(&one, "patch"));
    let mut found = vec!["Reads"];
    for (is_there, name) in [
        (creates, "Creates"),
        (creates, "CreatesMany"),
        (updates, "Updates"),
        (calls(&one, "delete"), "Deletes"),
        (calls(&all, "patch"), "UpdatesMany"),
        (calls(&all, "delete"), "DeletesMany"),
        (calls(&format!("{all}/aggregate"), "post"), "Aggregates"),
        (creates && updates && has_batch, "Upserts"),
    ] {
        if is_there {
            found.push(name);
        }
    }
    found
}

/// The members of `interface Client`.
pub(super) fn client(document: &Value, outlines: &[Outline], has_batch: bool) -> String {
    let mut text = String::new();
    for (outline, name) in outlines.iter().zip(members(outlines)) {
        let of = super::names::text(&outline.name);
        let parts = abilities(document, outline, has_batch).into_iter();
        let parts: Vec<String> = parts.map(|part| format!("{part}<Models, {of}>")).collect();
        let words = comment(outline.docs.as_deref(), "  ");
        let _ = writeln!(text, "{words}  readonly {}: {};", key(&name), parts.join(" & "));
    }
    text
}

/// What is known of them when the program runs.
pub(super) fn info(outlines: &[Outline]) -> Value {
    let one = |outline: &Outline| {
        json!({
            "model": outline.name, "path": outline.path, "key": outline.key, "columns": outline.columns,
            "compounds": outline.compounds,
        })
    };
    let entries = outlines.iter().zip(members(outlines)).map(|(outline, name)| (name, one(outline)));
    Value::Object(entries.collect())
}
