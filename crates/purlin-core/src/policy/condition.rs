//! Conditions of rules to filters: constants folded, every leaf two-valued.

use super::scope::{Guard, Scope};
use super::term::{Start, Term};
use crate::schema::{
    CompareOp, Condition, ListOp, ModelId, Operand as Rule, Path, PathRoot, PolicyOperation, Quantifier,
    TextOp,
};
use crate::statement::{Constant, Filter, JsonOp, Operand, Origin};
use crate::value::{Value, canonical, compare, literal_json};

/// `check()` into `check()`: deeper is a cycle that the checker should have refused.
const MAX_CHECK_DEPTH: u8 = 8;

impl Guard<'_> {
    pub(super) fn condition(&mut self, condition: &Condition) -> Filter {
        match condition {
            Condition::Constant(truth) => Filter::constant(*truth),
            Condition::All(parts) => {
                let mut lowered = Vec::with_capacity(parts.len());
                for part in parts {
                    match self.condition(part) {
                        Filter::Never => return Filter::Never,
                        filter => lowered.push(filter),
                    }
                }
                Filter::all(lowered)
            }
            Condition::Any(parts) => {
                let mut lowered = Vec::with_capacity(parts.len());
                for part in parts {
                    match self.condition(part) {
                        Filter::Always => return Filter::Always,
                        filter => lowered.push(filter),
                    }
                }
                Filter::any(lowered)
            }
            Condition::Not(inner) => Filter::not(self.condition(inner)),
            Condition::Compare { op, left, right } => self.comparison(*op, left, right),
            Condition::IsNull(operand) => self.is_null(operand),
            Condition::Truth(operand) => match self.term(operand, None) {
                Term::Known(value) | Term::NewField(value) => Filter::constant(value == Value::Boolean(true)),
                Term::Stored(operand) | Term::OfActor(operand) => Filter::Truth(operand),
            },
            Condition::In { value, list } => self.membership(value, list),
            Condition::Text { op, value, argument, ignore_case } => {
                self.text(*op, value, argument, *ignore_case)
            }
            Condition::List { op, list, argument } => self.list(*op, list, argument.as_ref()),
            Condition::Collection { quantifier, path, condition } => {
                self.collection(*quantifier, path, condition)
            }
            Condition::Check { path, operation } => self.check(path, *operation),
            // Only in `@@validate`, which is evaluated in memory.
            Condition::Format { .. } => Filter::Never,
        }
    }

    fn comparison(&mut self, op: CompareOp, left: &Rule, right: &Rule) -> Filter {
        if let Some(filter) = self.member_comparison(op, left, right) {
            return filter;
        }
        let is_constant = is_constant(left) || is_constant(right);
        let (left, right) = (self.term(left, Some(right)), self.term(right, Some(left)));
        let null_safe = left.is_field() && right.is_field();
        match (left, right) {
            (Term::Known(left) | Term::NewField(left), Term::Known(right) | Term::NewField(right)) => {
                Filter::constant(if null_safe {
                    compare::compare_with_nulls(op, &left, &right)
                } else {
                    compare::compare(op, &left, &right)
                })
            }
            (Term::Known(value) | Term::NewField(value), Term::Stored(operand) | Term::OfActor(operand)) => {
                self.against_value(flipped(op), operand, value, is_constant, null_safe)
            }
            (Term::Stored(operand) | Term::OfActor(operand), Term::Known(value) | Term::NewField(value)) => {
                self.against_value(op, operand, value, is_constant, null_safe)
            }
            (Term::Stored(left) | Term::OfActor(left), Term::Stored(right) | Term::OfActor(right)) => {
                let leaf = Filter::Compare { op, left: left.clone(), right: right.clone() };
                if null_safe || !matches!(op, CompareOp::Equal | CompareOp::NotEqual) {
                    return leaf;
                }
                // Something of the signed-in user: null must not equal null.
                Filter::all([Filter::not(Filter::IsNull(left)), Filter::not(Filter::IsNull(right)), leaf])
            }
        }
    }

    fn against_value(
        &mut self,
        op: CompareOp,
        operand: Operand,
        value: Value,
        is_constant: bool,
        null_safe: bool,
    ) -> Filter {
        match (op, value) {
            (CompareOp::Equal, Value::Null) if null_safe => Filter::IsNull(operand),
            (CompareOp::NotEqual, Value::Null) if null_safe => Filter::not(Filter::IsNull(operand)),
            (_, Value::Null) => Filter::Never,
            (op, value) => {
                let constant = if is_constant { Constant::new(value) } else { Err(value) };
                let right =
                    constant.map_or_else(|value| Operand::Param(self.param(value)), Operand::Constant);
                let leaf = Filter::Compare { op, left: operand.clone(), right };
                if null_safe && op == CompareOp::NotEqual {
                    // A null field differs from a field that has a value.
                    return Filter::any([leaf, Filter::IsNull(operand)]);
                }
                leaf
            }
        }
    }

    /// `address.city == 'X'`: a member of a composite column against a constant.
    fn member_comparison(&mut self, op: CompareOp, left: &Rule, right: &Rule) -> Option<Filter> {
        let (path, literal, op) = match (left, right) {
            (Rule::Path(path), Rule::Literal(literal)) if !path.members.is_empty() => (path, literal, op),
            (Rule::Literal(literal), Rule::Path(path)) if !path.members.is_empty() => {
                (path, literal, flipped(op))
            }
            (Rule::Path(path), _) | (_, Rule::Path(path)) if !path.members.is_empty() => {
                return Some(Filter::Never);
            }
            _ => return None,
        };
        let whole = Path { members: Vec::new(), ..path.clone() };
        let argument = Operand::Param(self.param(Value::Json(canonical(&literal_json(literal)))));
        Some(match self.term(&Rule::Path(whole), None) {
            Term::Stored(value) | Term::OfActor(value) => {
                Filter::Json { value, path: path.members.clone(), op: JsonOp::Compare(op), argument }
            }
            Term::Known(Value::Json(text)) | Term::NewField(Value::Json(text)) => {
                let value = Operand::Param(self.param(Value::Json(text)));
                Filter::Json { value, path: path.members.clone(), op: JsonOp::Compare(op), argument }
            }
            Term::Known(_) | Term::NewField(_) => Filter::Never,
        })
    }

    fn is_null(&mut self, operand: &Rule) -> Filter {
        if let Rule::Path(path) = operand
            && path.field.is_none()
        {
            if path.relations.is_empty() {
                let is_absent = path.root == PathRoot::Auth && self.actor.user().is_none();
                return Filter::constant(is_absent);
            }
            return Filter::not(self.some(path, |_| Filter::Always));
        }
        match self.term(operand, None) {
            Term::Known(value) | Term::NewField(value) => Filter::constant(value.is_null()),
            Term::Stored(operand) | Term::OfActor(operand) => Filter::IsNull(operand),
        }
    }

    fn membership(&mut self, value: &Rule, list: &Rule) -> Filter {
        // A list field gives its elements' type to a literal; a literal list takes the value's.
        let counterpart = if self.is_list_field(list) { Some(list) } else { None };
        let needle = self.term(value, counterpart);
        let list = self.term(list, Some(value));
        match (needle, list) {
            (Term::Known(value) | Term::NewField(value), Term::Known(list) | Term::NewField(list)) => {
                Filter::constant(compare::list(ListOp::Has, &list, Some(&value)))
            }
            (Term::Stored(value) | Term::OfActor(value), Term::Known(list) | Term::NewField(list)) => {
                match list {
                    Value::List(items) if !items.is_empty() => {
                        let items = items.into_iter().filter(|item| !item.is_null()).collect();
                        Filter::In { value, list: Operand::Param(self.param(Value::List(items))) }
                    }
                    _ => Filter::Never,
                }
            }
            (Term::Known(value) | Term::NewField(value), Term::Stored(list) | Term::OfActor(list)) => {
                if value.is_null() {
                    return Filter::Never;
                }
                Filter::In { value: Operand::Param(self.param(value)), list }
            }
            (Term::Stored(value) | Term::OfActor(value), Term::Stored(list) | Term::OfActor(list)) => {
                Filter::In { value, list }
            }
        }
    }

    fn text(&mut self, op: TextOp, value: &Rule, argument: &Rule, ignore_case: bool) -> Filter {
        if self.is_json(value) {
            return Filter::Never;
        }
        match (self.term(value, None), self.term(argument, None)) {
            (
                Term::Known(value) | Term::NewField(value),
                Term::Known(argument) | Term::NewField(argument),
            ) => Filter::constant(compare::text(op, &value, &argument, ignore_case)),
            (value, argument) => {
                let (Some(value), Some(argument)) = (self.operand(value), self.operand(argument)) else {
                    return Filter::Never;
                };
                Filter::Text { op, value, argument, ignore_case }
            }
        }
    }

    fn list(&mut self, op: ListOp, list: &Rule, argument: Option<&Rule>) -> Filter {
        let argument = argument.map(|argument| self.term(argument, Some(list)));
        let list = self.term(list, None);
        if let Term::Known(list) | Term::NewField(list) = &list {
            match &argument {
                None => return Filter::constant(compare::list(op, list, None)),
                Some(Term::Known(argument) | Term::NewField(argument)) => {
                    return Filter::constant(compare::list(op, list, Some(argument)));
                }
                Some(_) => {}
            }
        }
        let Some(list) = self.operand(list) else { return Filter::Never };
        match argument {
            None => Filter::List { op, list, argument: None },
            Some(term) => match self.operand(term) {
                Some(argument) => Filter::List { op, list, argument: Some(argument) },
                None => Filter::Never,
            },
        }
    }

    /// As an operand of the statement; a known null has none, for it makes its leaf false.
    fn operand(&mut self, term: Term) -> Option<Operand> {
        match term {
            Term::Known(Value::Null) | Term::NewField(Value::Null) => None,
            Term::Known(value) | Term::NewField(value) => Some(Operand::Param(self.param(value))),
            Term::Stored(operand) | Term::OfActor(operand) => Some(operand),
        }
    }

    fn collection(&mut self, quantifier: Quantifier, path: &Path, condition: &Condition) -> Filter {
        // With nobody signed in there is no collection to speak of: whatever is asked of it is false.
        if path.root == PathRoot::Auth && self.actor.user().is_none() {
            return Filter::Never;
        }
        match quantifier {
            Quantifier::Some => self.some(path, |guard| guard.condition(condition)),
            Quantifier::None => Filter::not(self.some(path, |guard| guard.condition(condition))),
            Quantifier::Every => {
                Filter::not(self.some(path, |guard| Filter::not(guard.condition(condition))))
            }
        }
    }

    fn check(&mut self, path: &Path, operation: PolicyOperation) -> Filter {
        if self.check_depth >= MAX_CHECK_DEPTH {
            tracing::error!("check() calls go in a circle; the rule counts as not fulfilled");
            return Filter::Never;
        }
        self.check_depth += 1;
        let model = path.model;
        let filter = self.some(path, |guard| {
            guard.alone(Scope::Stored { is_named: true }, |guard| guard.rules(model, operation))
        });
        self.check_depth -= 1;
        filter
    }

    /// Whether a row at the end of the path satisfies `inside`, which sees it as scope 0.
    fn some(&mut self, path: &Path, inside: impl FnOnce(&mut Self) -> Filter) -> Filter {
        let origin = match self.start(path) {
            Start::Nowhere => return Filter::Never,
            Start::Origin(origin) => origin,
        };
        self.follow(origin, path.root_model, &path.relations, inside)
    }

    fn follow(
        &mut self,
        origin: Origin,
        model: ModelId,
        relations: &[crate::schema::FieldId],
        inside: impl FnOnce(&mut Self) -> Filter,
    ) -> Filter {
        let Some((relation, rest)) = relations.split_first() else { return Filter::Never };
        let Some(target) =
            self.schema.model(model).field(*relation).relation().map(|relation| relation.target)
        else {
            return Filter::Never;
        };
        let condition = if rest.is_empty() {
            self.within(Scope::Stored { is_named: true }, inside)
        } else {
            self.within(Scope::Stored { is_named: false }, |guard| {
                guard.follow(Origin::ROW, target, rest, inside)
            })
        };
        if condition == Filter::Never {
            return Filter::Never;
        }
        Filter::Related {
            origin,
            model,
            relation: *relation,
            quantifier: Quantifier::Some,
            condition: Box::new(condition),
        }
    }
}

/// What the schema itself says, the same in every request.
fn is_constant(operand: &Rule) -> bool {
    matches!(operand, Rule::Literal(_) | Rule::EnumMember(..))
}

fn flipped(op: CompareOp) -> CompareOp {
    match op {
        CompareOp::Less => CompareOp::Greater,
        CompareOp::LessOrEqual => CompareOp::GreaterOrEqual,
        CompareOp::Greater => CompareOp::Less,
        CompareOp::GreaterOrEqual => CompareOp::LessOrEqual,
        CompareOp::Equal | CompareOp::NotEqual => op,
    }
}
