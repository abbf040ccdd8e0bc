//! Random schemas as text: a few models with every kind of relation between them, and random rules. Text, so
//! that the parser and the checker take part.

use std::fmt::Write as _;

use super::rng::Rng;

/// A model on its way to text.
#[derive(Debug, Clone)]
pub(super) struct DrawnModel {
    pub(super) name: String,
    pub(super) relations: Vec<DrawnRelation>,
    /// Lines of foreign keys and relations.
    lines: Vec<String>,
}

#[derive(Debug, Clone)]
pub(super) struct DrawnRelation {
    pub(super) name: String,
    pub(super) target: usize,
    pub(super) is_list: bool,
    pub(super) is_owning: bool,
}

/// Scalar fields that every model has besides its id, with a type letter for generating conditions.
const SCALARS: &[(&str, &str)] = &[
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

pub(super) fn draw_schema(rng: &mut Rng) -> String {
    let count = 2 + rng.below(3);
    let names = ["User", "Alpha", "Beta", "Gamma"];
    let mut models: Vec<DrawnModel> = names[..count]
        .iter()
        .map(|name| DrawnModel { name: (*name).to_owned(), relations: Vec::new(), lines: Vec::new() })
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
        write_model(&mut text, &models, index, rng);
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
    let action = *rng.pick(&["SetNull", "NoAction", "Cascade"]);
    models[from].lines.push(format!("  {key} Int?{unique_word}"));
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

fn write_model(text: &mut String, models: &[DrawnModel], index: usize, rng: &mut Rng) {
    let model = &models[index];
    let mut rules = Rules { models, rng, rule_model: index, checks: true };
    let _ = writeln!(text, "model {} {{\n  id Int @id", model.name);
    for (name, kind) in SCALARS {
        let mut line = format!("  {name} {kind}");
        if rules.rng.chance(12) {
            let word = *rules.rng.pick(&["allow", "deny"]);
            let operation = *rules.rng.pick(&["read", "update", "all"]);
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

/// Where a condition stands decides what it may name.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Use {
    Row,
    Field,
    /// Only relations whose key the row itself holds.
    Create,
    PostUpdate,
}

struct Rules<'a> {
    models: &'a [DrawnModel],
    rng: &'a mut Rng,
    rule_model: usize,
    checks: bool,
}

impl Rules<'_> {
    /// A condition over a row of `model`; `outer` are the models of the scopes around, the rule's own first.
    fn condition(&mut self, model: usize, outer: &[usize], depth: usize, usage: Use) -> String {
        if depth > 0 && self.rng.chance(45) {
            let (a, b) = (
                self.condition(model, outer, depth - 1, usage),
                self.condition(model, outer, depth - 1, usage),
            );
            return match self.rng.below(4) {
                0 => format!("({a} && {b})"),
                1 => format!("({a} || {b})"),
                2 => format!("!({a})"),
                _ => format!("({a} && !({b}))"),
            };
        }
        if depth > 0 && self.rng.chance(50) {
            if let Some(text) = self.relation(model, outer, depth, usage) {
                return text;
            }
        }
        self.leaf(model, outer, usage)
    }

    fn relation(&mut self, model: usize, outer: &[usize], depth: usize, usage: Use) -> Option<String> {
        let at_top = outer.is_empty();
        let from_auth = self.rng.chance(20);
        let start = if from_auth { 0 } else { model };
        let candidates: Vec<DrawnRelation> = self.models[start]
            .relations
            .iter()
            .filter(|relation| usage != Use::Create || !at_top || from_auth || relation.is_owning)
            .cloned()
            .collect();
        if candidates.is_empty() {
            return None;
        }
        let relation = self.rng.pick(&candidates).clone();
        let prefix = if from_auth { "auth()." } else { "" };
        let name = &relation.name;
        if relation.is_list {
            let mut inner = outer.to_vec();
            inner.push(model);
            let quantifier = *self.rng.pick(&['?', '!', '^']);
            let condition = self.condition(relation.target, &inner, depth - 1, usage);
            return Some(format!("{prefix}{name}{quantifier}[{condition}]"));
        }
        // check() leads to an earlier model only, so that it never goes in a circle.
        if self.checks
            && !from_auth
            && at_top
            && usage == Use::Row
            && relation.target < self.rule_model
            && self.rng.chance(25)
        {
            let operation = *self.rng.pick(&["read", "update"]);
            return Some(format!("check({name}, '{operation}')"));
        }
        Some(match self.rng.below(5) {
            0 => format!("{prefix}{name} == null"),
            1 => format!("{prefix}{name} != null"),
            2 if relation.target == 0 && !from_auth => format!("{name} == auth()"),
            3 if relation.target == 0 && !from_auth => format!("{name} != auth()"),
            _ => {
                let (field, literal) = self.literal();
                let op = self.comparison();
                format!("{prefix}{name}.{field} {op} {literal}")
            }
        })
    }

    fn leaf(&mut self, model: usize, outer: &[usize], usage: Use) -> String {
        let op = self.comparison();
        let equality = *self.rng.pick(&["==", "!="]);
        match self.rng.below(if usage == Use::PostUpdate && outer.is_empty() { 18 } else { 16 }) {
            0 => "b".to_owned(),
            1 => "!b".to_owned(),
            2 => format!("{} {equality} null", self.rng.pick(&["n", "s", "b", "e", "d", "p"])),
            3 => format!("n {op} m"),
            4 => format!("s {op} t"),
            5 => format!("n {op} auth().m"),
            6 => format!("s {equality} auth().t"),
            7 => format!("auth() {equality} null"),
            8 => format!("auth().e {equality} {}", self.rng.pick(&["RED", "GREEN"])),
            9 => "n in [1, 2, 3]".to_owned(),
            10 => {
                let function = *self.rng.pick(&["contains", "startsWith", "endsWith"]);
                let case = *self.rng.pick(&["", ", true"]);
                format!("{function}(s, {}{case})", self.rng.pick(&["'a'", "'É'", "'B%'", "''"]))
            }
            11 => match self.rng.below(4) {
                0 => "has(tags, 'x')".to_owned(),
                1 => "hasSome(tags, ['x', 'z'])".to_owned(),
                2 => "hasEvery(tags, ['x', 'y'])".to_owned(),
                _ => "isEmpty(tags)".to_owned(),
            },
            12 if model == 0 => format!("{} {equality} auth()", if outer.is_empty() { "this" } else { "id" })
                .replace("id == auth()", "id == auth().id")
                .replace("id != auth()", "id != auth().id"),
            13 if !outer.is_empty() => format!("n {op} this.m"),
            14 => format!("e {equality} auth().e"),
            16 => format!("before().n {op} n"),
            17 => format!("before().s {equality} s"),
            _ => {
                let (field, literal) = self.literal();
                format!("{field} {op} {literal}")
            }
        }
    }

    fn comparison(&mut self) -> &'static str {
        *self.rng.pick(&["==", "!=", "<", "<=", ">", ">="])
    }

    fn literal(&mut self) -> (&'static str, String) {
        match self.rng.below(4) {
            0 => ("n", self.rng.below(4).to_string()),
            1 => ("s", (*self.rng.pick(&["'a'", "'b'", "'Éa'", "''"])).to_owned()),
            2 => ("p", (*self.rng.pick(&["1.5", "10", "2"])).to_owned()),
            _ => ("m", self.rng.below(4).to_string()),
        }
    }
}
