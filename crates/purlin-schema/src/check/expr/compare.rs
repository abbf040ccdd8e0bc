//! Comparisons and `in`: both sides get a common type, rows become their keys.

use super::env::Env;
use super::value::{Ty, Value};
use crate::ast::{BinaryOp, Expr};
use crate::check::literal::is_date_time;
use crate::check::shape::Kind;
use crate::diagnostic::{Diagnostic, codes};
use crate::model::{
    CompareOp, Condition, EnumId, FieldId, Literal, ModelId, Operand, Path, PathRoot, Scalar,
};
use crate::source::Span;
use crate::suggest::closest;

impl<'e> Env<'_, '_, 'e> {
    pub(super) fn comparison(
        &mut self,
        op: BinaryOp,
        left: &'e Expr,
        right: &'e Expr,
        span: Span,
    ) -> Option<Condition> {
        let (left_value, right_value) = (self.value(left), self.value(right));
        let (left_value, right_value) = (left_value?, right_value?);
        let op = compare_op(op);
        match (&left_value, &right_value) {
            (Value::Null, other) => self.null_check(op, other, right.span),
            (other, Value::Null) => self.null_check(op, other, left.span),
            (Value::Path { path: a, ty: ta }, Value::Path { path: b, ty: tb })
                if is_row(*ta) && is_row(*tb) =>
            {
                self.rows(op, a, b, span)
            }
            _ => {
                let (a, b) = self.unify(op, (left_value, left.span), (right_value, right.span))?;
                let (a, b) = (self.member_constant(&a, &b), self.member_constant(&b, &a));
                for (operand, other) in [(&a, &b), (&b, &a)] {
                    if let (Operand::Path(path), false) = (operand, matches!(other, Operand::Literal(_))) {
                        self.refuse_member(path, span)?;
                    }
                }
                Some(guarded(op, a, b))
            }
        }
    }

    /// Inside a stored value an enum's member is its name.
    fn member_constant(&self, operand: &Operand, other: &Operand) -> Operand {
        let is_member = matches!(other, Operand::Path(path) if !path.members.is_empty());
        match self.constant(operand) {
            Some(literal) if is_member => Operand::Literal(literal),
            _ => operand.clone(),
        }
    }

    /// Access rules become part of a statement of the database, and there a part of a
    /// stored value can only be compared with a constant.
    pub(super) fn refuse_member(&mut self, path: &Path, span: Span) -> Option<()> {
        if path.members.is_empty() || !self.is_policy() {
            return Some(());
        }
        self.report(
            Diagnostic::error(
                codes::MEMBER_IN_RULE,
                span,
                format!(
                    "`{}` lies inside a stored value: here it can only be compared with a constant",
                    path.members.join(".")
                ),
            )
            .help("make it a field of the model to use it freely in rules"),
        )
    }

    fn null_check(&mut self, op: CompareOp, value: &Value<'e>, span: Span) -> Option<Condition> {
        let operand = match value {
            Value::Path { ty, .. } if ty.is_list => {
                return self.report(
                    Diagnostic::error(codes::TYPE_MISMATCH, span, "a list is never null")
                        .help("use isEmpty(list), or ^[true] for related rows"),
                );
            }
            Value::Path { path, .. } => {
                self.refuse_member(path, span)?;
                Operand::Path(path.clone())
            }
            other => {
                let message = format!("{} is never null", other.describe(self.outline));
                return self.error(codes::TYPE_MISMATCH, span, message);
            }
        };
        match op {
            CompareOp::Equal => Some(Condition::IsNull(operand)),
            CompareOp::NotEqual => Some(Condition::Not(Box::new(Condition::IsNull(operand)))),
            _ => self.error(codes::TYPE_MISMATCH, span, "null has no order: compare it with == or !="),
        }
    }

    /// Two rows are the same when their keys are. One of them must be the signed-in user
    /// or the rule's own row, as other pairs are almost always a mistake.
    fn rows(&mut self, op: CompareOp, a: &Path, b: &Path, span: Span) -> Option<Condition> {
        let is_plain = |path: &Path| {
            path.relations.is_empty()
                && (path.root == PathRoot::Auth || matches!(path.root, PathRoot::Scope(_)))
        };
        let is_equality = matches!(op, CompareOp::Equal | CompareOp::NotEqual);
        if a.model != b.model || !is_equality || !(is_plain(a) || is_plain(b)) {
            let message = if !is_equality {
                "rows have no order".to_owned()
            } else if a.model == b.model {
                "two related rows cannot be compared".to_owned()
            } else {
                let name =
                    |model: ModelId| self.outline.model(model).map_or("", |shape| shape.name()).to_owned();
                format!("a row of `{}` is never a row of `{}`", name(a.model), name(b.model))
            };
            return self.report(
                Diagnostic::error(codes::MODEL_COMPARISON, span, message)
                    .help("compare their ids, or one of them with auth() or this"),
            );
        }
        let key = self.key_of(a.model);
        if key.is_empty() {
            return self.error(codes::MODEL_COMPARISON, span, "these rows have no key to compare");
        }
        let pairs: Vec<(Operand, Operand)> =
            key.into_iter().map(|field| (self.key_path(a, field), self.key_path(b, field))).collect();
        let mut equal: Vec<Condition> = Vec::new();
        for (left, right) in &pairs {
            // Nobody is signed in, or there is no related row: then nothing is the same.
            for side in [left, right] {
                if may_be_null(side) {
                    equal.push(not_null(side.clone()));
                }
            }
        }
        equal.extend(pairs.into_iter().map(|(left, right)| Condition::Compare {
            op: CompareOp::Equal,
            left,
            right,
        }));
        let equal = Condition::All(equal);
        Some(if op == CompareOp::Equal { equal } else { Condition::Not(Box::new(equal)) })
    }

    fn key_of(&self, model: ModelId) -> Vec<FieldId> {
        self.outline.model(model).map_or(Vec::new(), crate::check::keys::key_fields)
    }

    /// The key of the row at the end of a path; the foreign key itself where it stands on
    /// the row before, which saves a join.
    fn key_path(&self, path: &Path, key: FieldId) -> Operand {
        let mut path = path.clone();
        if let Some(&last) = path.relations.last() {
            let before = self.model_before_last(&path);
            let link = before.and_then(|model| Some((model, self.relations.get(model, last)?)));
            if let Some((model, relation)) = link
                && relation.is_owning()
                && let Some((own, _)) = relation.pairs().find(|(_, target)| *target == key)
            {
                path.relations.pop();
                path.model = model;
                path.field = Some(own);
                return Operand::Path(path);
            }
        }
        path.field = Some(key);
        Operand::Path(path)
    }

    fn model_before_last(&self, path: &Path) -> Option<ModelId> {
        let mut model = path.root_model;
        for &relation in path.relations.split_last()?.1 {
            match self.outline.model(model)?.kind(relation) {
                Kind::Model(next) => model = next,
                _ => return None,
            }
        }
        Some(model)
    }

    /// Gives both sides a common type, or reports why there is none.
    pub(super) fn unify(
        &mut self,
        op: CompareOp,
        (left, left_span): (Value<'e>, Span),
        (right, right_span): (Value<'e>, Span),
    ) -> Option<(Operand, Operand)> {
        let span = left_span.to(right_span);
        for (value, span) in [(&left, left_span), (&right, right_span)] {
            if let Value::Path { ty, .. } | Value::Computed { ty, .. } = value
                && (ty.is_list || matches!(ty.kind, Kind::Model(_) | Kind::Composite(_)))
            {
                let help = match ty.kind {
                    Kind::Model(_) if !ty.is_list => "name a field of it, such as its id",
                    Kind::Composite(_) if !ty.is_list => "name a field of it",
                    Kind::Model(_) => "ask about its elements with ?[…]",
                    _ => "use has(list, value) or `value in list`",
                };
                let message = format!("{} is no single value", ty.describe(self.outline));
                return self.report(Diagnostic::error(codes::TYPE_MISMATCH, span, message).help(help));
            }
            if matches!(value, Value::List(_)) {
                return self.report(
                    Diagnostic::error(codes::TYPE_MISMATCH, span, "a list cannot be compared")
                        .help("use `in`"),
                );
            }
        }
        let ty = match (type_of(&left), type_of(&right)) {
            (Some(a), Some(b)) if are_comparable(a.kind, b.kind) => a,
            (Some(a), None) => a,
            (None, Some(b)) => b,
            (Some(_), Some(_)) => return self.mismatch(&left, &right, span),
            (None, None) => {
                return self.report(
                    Diagnostic::error(codes::TYPE_MISMATCH, span, "two constants are compared")
                        .help("write true or false"),
                );
            }
        };
        let has_order = matches!(
            ty.kind,
            Kind::Scalar(
                Scalar::Int
                    | Scalar::BigInt
                    | Scalar::Float
                    | Scalar::Decimal
                    | Scalar::DateTime
                    | Scalar::String
            )
        );
        if !has_order && !matches!(op, CompareOp::Equal | CompareOp::NotEqual) {
            let message = format!("{} has no order", ty.describe(self.outline));
            return self.error(codes::TYPE_MISMATCH, span, message);
        }
        if matches!(ty.kind, Kind::Scalar(Scalar::Json | Scalar::Bytes) | Kind::Unsupported) {
            let message = format!("{} can only be compared with null", ty.describe(self.outline));
            return self.error(codes::TYPE_MISMATCH, span, message);
        }
        let left = self.operand(left, ty, left_span)?;
        let right = self.operand(right, ty, right_span)?;
        Some((left, right))
    }

    fn mismatch<T>(&mut self, left: &Value<'e>, right: &Value<'e>, span: Span) -> Option<T> {
        let (left, right) = (left.describe(self.outline), right.describe(self.outline));
        self.error(codes::TYPE_MISMATCH, span, format!("{left} cannot be compared with {right}"))
    }

    /// A value as an operand of the given type.
    pub(super) fn operand(&mut self, value: Value<'e>, ty: Ty, span: Span) -> Option<Operand> {
        if let Kind::Enum(id) = ty.kind {
            match value {
                Value::Word(name) | Value::Literal(Literal::String(name)) => {
                    return self.enum_member(id, &name, span);
                }
                Value::Member(of, name) if of == id => return self.enum_member(id, &name, span),
                Value::Path { path, .. } => return Some(Operand::Path(path)),
                other => return self.wrong(&other, ty, span),
            }
        }
        let fits = match (&value, ty.kind) {
            (Value::Path { ty: own, .. } | Value::Computed { ty: own, .. }, kind) => {
                are_comparable(own.kind, kind)
            }
            (Value::Literal(literal), Kind::Scalar(scalar)) => literal_fits(literal, scalar),
            _ => false,
        };
        if !fits {
            return self.wrong(&value, ty, span);
        }
        Some(match value {
            Value::Path { path, .. } => Operand::Path(path),
            Value::Computed { operand, .. } => operand,
            Value::Literal(literal) => Operand::Literal(literal),
            _ => return None,
        })
    }

    fn wrong<T>(&mut self, value: &Value<'e>, ty: Ty, span: Span) -> Option<T> {
        let wanted = ty.describe(self.outline);
        let help = match (ty.kind, value) {
            (Kind::Scalar(Scalar::DateTime), Value::Literal(Literal::String(_))) => {
                Some("write a date such as '2024-01-31T00:00:00Z', or now()".to_owned())
            }
            (Kind::Scalar(Scalar::String), Value::Word(word)) => {
                Some(format!("write it in quotes: '{word}'"))
            }
            _ => None,
        };
        let message = format!("{} is no {wanted}", value.describe(self.outline));
        self.report(Diagnostic::error(codes::TYPE_MISMATCH, span, message).maybe_help(help))
    }

    fn enum_member(&mut self, id: EnumId, name: &str, span: Span) -> Option<Operand> {
        let it = self.outline.enumeration(id)?;
        let position = it.values.iter().position(|value| value.name.text == name);
        if let Some(position) = position.and_then(|position| u16::try_from(position).ok()) {
            return Some(Operand::EnumMember(id, position));
        }
        let near = closest(name, it.values.iter().map(|value| value.name.as_str()));
        let message = format!("`{}` has no value `{name}`", it.name.text);
        self.report(
            Diagnostic::error(codes::TYPE_MISMATCH, span, message)
                .maybe_help(near.map(|near| format!("did you mean `{near}`?"))),
        )
    }
}

fn compare_op(op: BinaryOp) -> CompareOp {
    match op {
        BinaryOp::NotEqual => CompareOp::NotEqual,
        BinaryOp::Less => CompareOp::Less,
        BinaryOp::LessEqual => CompareOp::LessOrEqual,
        BinaryOp::Greater => CompareOp::Greater,
        BinaryOp::GreaterEqual => CompareOp::GreaterOrEqual,
        // `in` has its own way.
        BinaryOp::Equal | BinaryOp::In => CompareOp::Equal,
    }
}

fn is_row(ty: Ty) -> bool {
    matches!(ty.kind, Kind::Model(_)) && !ty.is_list
}

/// Everything below `auth()` is null for a stranger, and a stranger must not match rows
/// whose field is null too.
pub(super) fn guarded(op: CompareOp, left: Operand, right: Operand) -> Condition {
    let is_auth = |operand: &Operand| matches!(operand, Operand::Path(path) if path.root == PathRoot::Auth);
    let is_path = |operand: &Operand| matches!(operand, Operand::Path(_));
    let auth = match (is_auth(&left), is_auth(&right)) {
        (true, false) if is_path(&right) => Some(left.clone()),
        (false, true) if is_path(&left) => Some(right.clone()),
        _ => None,
    };
    let compare = Condition::Compare { op, left, right };
    match auth {
        Some(auth) if op == CompareOp::Equal => Condition::All(vec![not_null(auth), compare]),
        _ => compare,
    }
}

fn not_null(operand: Operand) -> Condition {
    Condition::Not(Box::new(Condition::IsNull(operand)))
}

/// The rule's own key is never null; what is reached through others may be.
fn may_be_null(operand: &Operand) -> bool {
    !matches!(operand, Operand::Path(path) if matches!(path.root, PathRoot::Scope(_)))
}

/// The type that a value has by itself; constants take that of the other side.
pub(super) fn type_of(value: &Value<'_>) -> Option<Ty> {
    match value {
        Value::Path { ty, .. } | Value::Computed { ty, .. } => Some(*ty),
        Value::Member(id, _) => Some(Ty { kind: Kind::Enum(*id), is_list: false }),
        _ => None,
    }
}

fn are_comparable(a: Kind, b: Kind) -> bool {
    let is_number =
        |kind| matches!(kind, Kind::Scalar(Scalar::Int | Scalar::BigInt | Scalar::Float | Scalar::Decimal));
    a == b || is_number(a) && is_number(b)
}

fn literal_fits(literal: &Literal, scalar: Scalar) -> bool {
    match (literal, scalar) {
        (Literal::Boolean(_), Scalar::Boolean)
        | (Literal::String(_), Scalar::String)
        | (Literal::Number(_), Scalar::Float | Scalar::Decimal) => true,
        (Literal::Number(text), Scalar::Int | Scalar::BigInt) => text.parse::<f64>().is_ok(),
        (Literal::String(text), Scalar::DateTime) => is_date_time(text),
        _ => false,
    }
}
