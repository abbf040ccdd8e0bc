//! Why rules let somebody do something, or not: each rule with its truth, and the parts of its condition that made it
//! so, with their values. It decides by the evaluator's own functions.

use super::{Evaluator, Row, Scopes, words};
use crate::engine::DefaultAccess;
use crate::schema::{
    Condition, Effect, Field, FieldOperation, ModelId, Operand, Path, PathRoot, PolicyOperation,
};
use crate::value::Value;
use purlin_schema::Span;

/// Rows of a collection that are looked into.
const MOST_ROWS: usize = 3;
/// `check()` inside `check()`.
const MOST_DEPTH: usize = 4;

/// What the rules say of one row or field.
#[derive(Clone, Debug)]
pub struct Judgement {
    pub is_allowed: bool,
    pub decision: Decision,
    /// Those of the operation, in the order of the schema.
    pub rules: Vec<JudgedRule>,
}

impl Judgement {
    /// What the decision says by itself: the same as `is_allowed`, or one of them is wrong.
    pub fn decides(&self) -> bool {
        match self.decision {
            Decision::PassesRules | Decision::NothingRefuses => true,
            Decision::Default(_) => self.is_allowed,
            Decision::NothingAllows => false,
            Decision::Rule(index) => self.rules.get(index).is_some_and(|rule| rule.effect == Effect::Allow),
        }
    }
}

/// What decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Whoever acts passes every rule.
    PassesRules,
    /// The model has no rules.
    Default(DefaultAccess),
    /// This one of `rules`.
    Rule(usize),
    /// No rule allows it.
    NothingAllows,
    /// No rule allows or refuses it, and none has to.
    NothingRefuses,
}

#[derive(Clone, Debug)]
pub struct JudgedRule {
    pub effect: Effect,
    pub holds: bool,
    pub span: Span,
    pub reasons: Vec<Reason>,
}

/// A part of a condition that decided about the whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    pub text: String,
    pub holds: bool,
    /// What stood in it, by name.
    pub values: Vec<(String, String)>,
    /// For rows of a collection and for `check()`: what decided there.
    pub below: Vec<Reason>,
}

impl<'a> Evaluator<'a> {
    /// As [`Evaluator::allows`], with the reasons.
    pub fn judge(
        &self,
        model: ModelId,
        operation: PolicyOperation,
        row: &'a Row,
        before: Option<&'a Row>,
    ) -> Judgement {
        self.judged(model, operation, row, before, 0)
    }

    /// As [`Evaluator::allows_field`], with the reasons.
    pub fn judge_field(&self, field: &Field, operation: FieldOperation, row: &'a Row) -> Judgement {
        let is_allowed = self.allows_field(field, operation, row);
        if self.actor.passes_rules() {
            return Judgement { is_allowed, decision: Decision::PassesRules, rules: Vec::new() };
        }
        let model_operation = match operation {
            FieldOperation::Read => PolicyOperation::Read,
            FieldOperation::Update => PolicyOperation::Update,
        };
        let scopes = Scopes { rows: vec![row], before: None, operation: model_operation };
        let rules = field.policies.iter().filter(|rule| rule.operations.contains(&operation));
        let rules = rules.map(|rule| self.rule(rule.effect, rule.span, &rule.condition, &scopes, 0));
        let rules: Vec<JudgedRule> = rules.collect();
        Judgement { is_allowed, decision: decided(&rules, true), rules }
    }

    fn judged(
        &self,
        model: ModelId,
        operation: PolicyOperation,
        row: &'a Row,
        before: Option<&'a Row>,
        depth: usize,
    ) -> Judgement {
        let is_allowed = self.allows(model, operation, row, before);
        let without = |decision| Judgement { is_allowed, decision, rules: Vec::new() };
        if self.actor.passes_rules() {
            return without(Decision::PassesRules);
        }
        let policies = &self.schema.model(model).policies;
        if policies.is_empty() {
            return without(Decision::Default(self.default_access));
        }
        let scopes = Scopes { rows: vec![row], before, operation };
        let rules = policies.iter().filter(|rule| rule.operations.contains(&operation));
        let rules = rules.map(|rule| self.rule(rule.effect, rule.span, &rule.condition, &scopes, depth));
        let rules: Vec<JudgedRule> = rules.collect();
        Judgement { is_allowed, decision: decided(&rules, operation == PolicyOperation::PostUpdate), rules }
    }

    fn rule(
        &self,
        effect: Effect,
        span: Span,
        condition: &Condition,
        scopes: &Scopes<'a>,
        depth: usize,
    ) -> JudgedRule {
        let holds = self.holds(condition, scopes);
        let mut reasons = Vec::new();
        self.add_reasons(condition, scopes, depth, &mut reasons);
        JudgedRule { effect, holds, span, reasons }
    }

    /// The parts that made the condition what it is: of several that must hold those that do not, and so on.
    fn add_reasons(&self, of: &Condition, scopes: &Scopes<'a>, depth: usize, reasons: &mut Vec<Reason>) {
        let holds = self.holds(of, scopes);
        match of {
            Condition::All(parts) => {
                for part in parts.iter().filter(|part| holds || !self.holds(part, scopes)) {
                    self.add_reasons(part, scopes, depth, reasons);
                }
            }
            Condition::Any(parts) => {
                for part in parts.iter().filter(|part| !holds || self.holds(part, scopes)) {
                    self.add_reasons(part, scopes, depth, reasons);
                }
            }
            // `x != null` is one thing to people.
            Condition::Not(inner) if !matches!(&**inner, Condition::IsNull(_)) => {
                self.add_reasons(inner, scopes, depth, reasons);
            }
            other => {
                let reason = self.reason(other, holds, scopes, depth);
                if !reasons.contains(&reason) {
                    reasons.push(reason);
                }
            }
        }
    }

    fn reason(&self, of: &Condition, holds: bool, scopes: &Scopes<'a>, depth: usize) -> Reason {
        let mut reason =
            Reason { text: words::condition(self.schema, of), holds, values: Vec::new(), below: Vec::new() };
        match of {
            Condition::Compare { left, right, .. } => self.add_values(&[left, right], scopes, &mut reason),
            Condition::In { value, list } => self.add_values(&[value, list], scopes, &mut reason),
            Condition::IsNull(value) | Condition::Truth(value) | Condition::Format { value, .. } => {
                self.add_values(&[value], scopes, &mut reason);
            }
            Condition::Not(inner) => {
                if let Condition::IsNull(value) = &**inner {
                    self.add_values(&[value], scopes, &mut reason);
                }
            }
            Condition::Text { value, argument, .. } => {
                self.add_values(&[value, argument], scopes, &mut reason);
            }
            Condition::List { list, argument, .. } => {
                let operands: Vec<&Operand> = std::iter::once(list).chain(argument).collect();
                self.add_values(&operands, scopes, &mut reason);
            }
            Condition::Collection { path, condition, .. } => {
                let rows = self.rows(path, scopes);
                let count = if rows.len() == 1 { "1 row".to_owned() } else { format!("{} rows", rows.len()) };
                reason.values.push((words::path(self.schema, path), count));
                for row in rows.into_iter().take(MOST_ROWS) {
                    let mut inner = scopes.clone();
                    inner.rows.push(row);
                    self.add_reasons(condition, &inner, depth, &mut reason.below);
                }
            }
            Condition::Check { path, operation } => {
                let rows = self.rows(path, scopes);
                if rows.is_empty() {
                    reason.values.push((words::path(self.schema, path), "no row".to_owned()));
                }
                if depth < MOST_DEPTH {
                    for row in rows {
                        self.add_checked(path.model, *operation, row, depth, &mut reason.below);
                    }
                }
            }
            Condition::Constant(_) | Condition::All(_) | Condition::Any(_) => {}
        }
        reason
    }

    /// What the rules of another model said.
    fn add_checked(
        &self,
        model: ModelId,
        operation: PolicyOperation,
        row: &'a Row,
        depth: usize,
        below: &mut Vec<Reason>,
    ) {
        let judged = self.judged(model, operation, row, None, depth + 1);
        let decisive: Vec<&JudgedRule> = match judged.decision {
            Decision::Rule(index) => judged.rules.get(index).into_iter().collect(),
            _ => judged.rules.iter().collect(),
        };
        for reason in decisive.into_iter().flat_map(|rule| &rule.reasons) {
            if !below.contains(reason) {
                below.push(reason.clone());
            }
        }
    }

    fn add_values(&self, operands: &[&Operand], scopes: &Scopes<'a>, reason: &mut Reason) {
        for operand in operands {
            let value = match operand {
                Operand::Path(path) if path.field.is_none() => self.presence(path, scopes),
                Operand::Path(_) | Operand::Now | Operand::CurrentOperation(_) | Operand::Length(_) => {
                    text(&self.value(operand, None, scopes))
                }
                Operand::Literal(_) | Operand::EnumMember(..) => continue,
            };
            let name = words::operand(self.schema, operand);
            if !reason.values.iter().any(|(known, _)| *known == name) {
                reason.values.push((name, value));
            }
        }
    }

    fn presence(&self, path: &Path, scopes: &Scopes<'a>) -> String {
        let is_missing = match path.root {
            PathRoot::Auth if path.relations.is_empty() => self.actor.user().is_none(),
            _ => self.rows(path, scopes).is_empty(),
        };
        if is_missing { "null".to_owned() } else { "a row".to_owned() }
    }
}

/// A deny that holds, else an allow that holds.
fn decided(rules: &[JudgedRule], may_be_silent: bool) -> Decision {
    let first = |effect| rules.iter().position(|rule| rule.effect == effect && rule.holds);
    let has_allow = rules.iter().any(|rule| rule.effect == Effect::Allow);
    match first(Effect::Deny).or_else(|| first(Effect::Allow)) {
        Some(index) => Decision::Rule(index),
        None if may_be_silent && !has_allow => Decision::NothingRefuses,
        None => Decision::NothingAllows,
    }
}

/// A value as JSON has it.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Boolean(truth) => truth.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Decimal(number) => number.to_string(),
        Value::DateTime(time) => time.to_string(),
        Value::String(text) => serde_json::Value::from(text.as_str()).to_string(),
        Value::Json(text) => text.clone(),
        Value::Bytes(bytes) => format!("{} bytes", bytes.len()),
        Value::List(items) => format!("[{}]", items.iter().map(text).collect::<Vec<_>>().join(", ")),
    }
}
