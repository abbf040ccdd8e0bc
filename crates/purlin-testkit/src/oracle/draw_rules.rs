//! Random conditions of rules, as text.

use std::fmt::Write as _;

use super::draw_schema::{DrawnModel, DrawnRelation};
use super::rng::Rng;

/// Where a condition stands decides what it may name.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Use {
    Row,
    Field,
    /// Only relations whose key the row itself holds.
    Create,
    PostUpdate,
}

pub(super) struct Rules<'a> {
    pub(super) models: &'a [DrawnModel],
    pub(super) rng: &'a mut Rng,
    /// Whose rules are drawn.
    pub(super) rule_model: usize,
}

impl Rules<'_> {
    /// A condition over a row of `model`; `outer` are the models of the scopes around, the rule's own first.
    pub(super) fn condition(&mut self, model: usize, outer: &[usize], depth: usize, usage: Use) -> String {
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
        if depth > 0
            && self.rng.chance(50)
            && let Some(text) = self.relation(model, outer, depth, usage)
        {
            return text;
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
        let mut relation = candidates[self.rng.below(candidates.len())].clone();
        let mut name = relation.name.clone();
        while !relation.is_list && self.rng.chance(30) {
            let further = &self.models[relation.target].relations;
            if further.is_empty() {
                break;
            }
            relation = further[self.rng.below(further.len())].clone();
            let _ = write!(name, ".{}", relation.name);
        }
        let prefix = if from_auth { "auth()." } else { "" };
        if relation.is_list {
            let mut inner = outer.to_vec();
            inner.push(model);
            let quantifier = self.rng.pick(&['?', '!', '^']);
            let condition = self.condition(relation.target, &inner, depth - 1, usage);
            return Some(format!("{prefix}{name}{quantifier}[{condition}]"));
        }
        // check() leads to an earlier model only, so that it never goes in a circle.
        if !from_auth
            && at_top
            && usage == Use::Row
            && relation.target < self.rule_model
            && self.rng.chance(25)
        {
            let operation = self.rng.pick(&["read", "update"]);
            return Some(format!("check({name}, '{operation}')"));
        }
        Some(match self.rng.below(6) {
            0 => format!("{prefix}{name} == null"),
            1 => format!("{prefix}{name} != null"),
            2 if relation.target == 0 && !from_auth => format!("{name} == auth()"),
            3 if relation.target == 0 && !from_auth => format!("{name} != auth()"),
            4 => format!("{prefix}{name}.n {} m", self.comparison()),
            _ => {
                let (field, literal) = self.literal();
                let op = self.comparison();
                format!("{prefix}{name}.{field} {op} {literal}")
            }
        })
    }

    fn leaf(&mut self, model: usize, outer: &[usize], usage: Use) -> String {
        let op = self.comparison();
        let equality = self.rng.pick(&["==", "!="]);
        match self.rng.below(if usage == Use::PostUpdate && outer.is_empty() { 20 } else { 18 }) {
            0 => "b".to_owned(),
            1 => "!b".to_owned(),
            2 => format!("{} {equality} null", self.rng.pick(&["n", "s", "b", "e", "d", "p"])),
            3 => format!("n {op} m"),
            4 => format!("s {op} t"),
            5 => format!("n {op} auth().m"),
            6 => format!("s {equality} auth().t"),
            7 => format!("auth() {equality} null"),
            8 => format!("auth().e {equality} {}", self.rng.pick(&["RED", "GREEN"])),
            9 => self.rng.pick(&["n in [1, 2, 3]", "s in tags", "s in auth().tags"]).to_owned(),
            10 => {
                let function = self.rng.pick(&["contains", "startsWith", "endsWith"]);
                let case = self.rng.pick(&["", ", true"]);
                format!("{function}(s, {}{case})", self.rng.pick(&["'a'", "'É'", "'B%'", "''"]))
            }
            11 => match self.rng.below(5) {
                4 => "has(tags, auth().s)".to_owned(),
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
            15 => format!("d {op} now()"),
            16 => format!("currentOperation() {equality} '{}'", self.rng.pick(&["read", "update"])),
            18 => format!("before().n {op} n"),
            19 => format!("before().s {equality} s"),
            _ => {
                let (field, literal) = self.literal();
                format!("{field} {op} {literal}")
            }
        }
    }

    fn comparison(&mut self) -> &'static str {
        self.rng.pick(&["==", "!=", "<", "<=", ">", ">="])
    }

    fn literal(&mut self) -> (&'static str, String) {
        match self.rng.below(4) {
            0 => ("n", self.rng.below(4).to_string()),
            1 => ("s", self.rng.pick(&["'a'", "'b'", "'Éa'", "''"]).to_owned()),
            2 => ("p", self.rng.pick(&["1.5", "10", "2"]).to_owned()),
            _ => ("m", self.rng.below(4).to_string()),
        }
    }
}
