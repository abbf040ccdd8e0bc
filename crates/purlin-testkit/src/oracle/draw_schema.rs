//! Random schemas as text: a few models with every kind of relation between them, and random rules. Text, so
//! that the parser and the checker take part.

use std::fmt::Write as _;

use super::case::Counting;
use super::draw_rules::{Rules, Use};
use super::rng::Rng;

/// A model on its way to text.
#[derive(Debug, Clone)]
pub(super) struct DrawnModel {
    pub(super) name: String,
    pub(super) relations: Vec<DrawnRelation>,
    /// Foreign keys, which may carry rules like any column.
    keys: Vec<String>,
    /// Lines of relations.
    lines: Vec<String>,
}

#[derive(Debug, Clone)]
pub(super) struct DrawnRelation {
    pub(super) name: String,
    pub(super) target: usize,
    pub(super) is_list: bool,
    pub(super) is_owning: bool,
}

/// Scalar fields that every model has besides its id.
const SCALARS: &[(&str, &str)] = &[
    ("u", "Int @unique"),
    ("n", "Int?"),
    ("m", "Int?"),
    ("s", "String?"),
    ("t", "String?"),
    ("b", "Boolean?"),
    ("e", "Color?"),
    ("d", "DateTime?"),
    ("p", "Decimal?"),
    ("tags", "String[]"),
];

pub(super) fn draw_schema(counting: Counting, rng: &mut Rng) -> String {
    let count = 2 + rng.below(3);
    let names = ["User", "Alpha", "Beta", "Gamma"];
    let mut models: Vec<DrawnModel> = names[..count]
        .iter()
        .map(|name| DrawnModel {
            name: (*name).to_owned(),
            relations: Vec::new(),
            keys: Vec::new(),
            lines: Vec::new(),
        })
        .collect();
    for from in 0..count {
        for to in 0..=from {
            match rng.below(if from == to { 3 } else { 5 }) {
                0 => {}
                1 => join(&mut models, from, to),
                4 => to_one(&mut models, from, to, true, rng),
                _ => to_one(&mut models, from, to, false, rng),
            }
        }
    }
    let mut text = String::from("datasource db { provider = \"sqlite\" }\nenum Color { RED GREEN BLUE }\n");
    for index in 0..count {
        write_model(&mut text, &models, index, counting, rng);
    }
    text
}

/// `from` holds a key of `to`; with `unique`, one to one.
fn to_one(models: &mut [DrawnModel], from: usize, to: usize, unique: bool, rng: &mut Rng) {
    let (near, far) = (models[from].name.to_lowercase(), models[to].name.to_lowercase());
    let is_self = from == to;
    let name = format!("{near}To{far}");
    let forward = if is_self { "parent".to_owned() } else { format!("{far}Of") };
    let back = if is_self { "children".to_owned() } else { format!("{near}Back") };
    let key = format!("{forward}Id");
    let unique_word = if unique { " @unique" } else { "" };
    let target = models[to].name.clone();
    let action = rng.pick(&["SetNull", "NoAction", "Cascade"]);
    models[from].keys.push(format!("{key} Int?{unique_word}"));
    models[from].lines.push(format!(
        "  {forward} {target}? @relation(\"{name}\", fields: [{key}], references: [id], onDelete: {action})"
    ));
    let source = models[from].name.clone();
    let list = if unique { "?" } else { "[]" };
    models[to].lines.push(format!("  {back} {source}{list} @relation(\"{name}\")"));
    models[from].relations.push(DrawnRelation { name: forward, target: to, is_list: false, is_owning: true });
    models[to].relations.push(DrawnRelation { name: back, target: from, is_list: !unique, is_owning: false });
}

/// An implicit many-to-many relation.
fn join(models: &mut [DrawnModel], from: usize, to: usize) {
    let (near, far) = (models[from].name.clone(), models[to].name.clone());
    let name = format!("{}With{}", near.to_lowercase(), far.to_lowercase());
    let (one, other) = if from == to {
        ("friends".to_owned(), "friendOf".to_owned())
    } else {
        (format!("{}Set", far.to_lowercase()), format!("{}Set", near.to_lowercase()))
    };
    models[from].lines.push(format!("  {one} {far}[] @relation(\"{name}\")"));
    models[to].lines.push(format!("  {other} {near}[] @relation(\"{name}\")"));
    models[from].relations.push(DrawnRelation { name: one, target: to, is_list: true, is_owning: false });
    models[to].relations.push(DrawnRelation { name: other, target: from, is_list: true, is_owning: false });
}

fn write_model(text: &mut String, models: &[DrawnModel], index: usize, counting: Counting, rng: &mut Rng) {
    let model = &models[index];
    let mut rules = Rules { models, rng, rule_model: index };
    let is_counted = rules.rng.chance(30) && counting == Counting::WithoutGaps;
    let default = if is_counted { " @default(autoincrement())" } else { "" };
    let _ = writeln!(text, "model {} {{\n  id Int @id{default}", model.name);
    let scalars = SCALARS.iter().map(|(name, kind)| format!("{name} {kind}"));
    for column in scalars.chain(model.keys.iter().cloned()) {
        let mut line = format!("  {column}");
        if model.keys.contains(&column) && rules.rng.chance(10) {
            line.push_str(" @omit");
        }
        while rules.rng.chance(12) {
            let word = rules.rng.pick(&["allow", "deny"]);
            let operation = rules.rng.pick(&["read", "update", "all"]);
            let condition = rules.condition(index, &[], 1, Use::Field);
            let _ = write!(line, " @{word}('{operation}', {condition})");
        }
        let _ = writeln!(text, "{line}");
    }
    for line in &model.lines {
        let _ = writeln!(text, "{line}");
    }
    for operation in ["read", "create", "update", "delete", "post-update"] {
        let usage = match operation {
            "create" => Use::Create,
            "post-update" => Use::PostUpdate,
            _ => Use::Row,
        };
        let allows = if operation == "post-update" { rules.rng.below(2) } else { 1 + rules.rng.below(2) };
        for _ in 0..allows {
            let condition = rules.condition(index, &[], 3, usage);
            let _ = writeln!(text, "  @@allow('{operation}', {condition})");
        }
        if rules.rng.chance(35) {
            let condition = rules.condition(index, &[], 2, usage);
            let _ = writeln!(text, "  @@deny('{operation}', {condition})");
        }
    }
    text.push_str("}\n");
}
