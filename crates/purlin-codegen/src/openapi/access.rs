//! What the policies say about everybody, before any row is known: whether nobody, only signed-in
//! actors, or anyone may try an operation. Used for `security`, for words, and to know where an answer
//! can be null; it decides nothing at run time.

use purlin_schema::model::{CompareOp, Condition, Effect, Field, FieldOperation, Model, Operand, PathRoot};
use purlin_schema::model::{Policy, PolicyOperation, Quantifier};

use super::options::DefaultAccess;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Access {
    /// No rule allows it.
    Closed,
    SignedIn,
    Anyone,
}

/// Who may try `operation` on rows of `model`.
pub(super) fn access(model: &Model, operation: PolicyOperation, default: DefaultAccess) -> Access {
    if model.policies.is_empty() {
        return match default {
            DefaultAccess::Deny => Access::Closed,
            DefaultAccess::Authenticated => Access::SignedIn,
            DefaultAccess::Public => Access::Anyone,
        };
    }
    let denied_to_nobody =
        rules(model, operation, Effect::Deny).any(|rule| without_actor(&rule.condition) == Truth::Yes);
    let mut found = Access::Closed;
    for rule in rules(model, operation, Effect::Allow) {
        let one = match without_actor(&rule.condition) {
            _ if rule.condition == Condition::Constant(false) => Access::Closed,
            Truth::No => Access::SignedIn,
            Truth::Yes | Truth::Maybe if denied_to_nobody => Access::SignedIn,
            Truth::Yes | Truth::Maybe => Access::Anyone,
        };
        found = found.max(one);
    }
    found
}

/// Whether every row of `model` may be read by whoever could get at it: then an answer never has
/// null in its place.
pub(super) fn is_always_readable(model: &Model, default: DefaultAccess) -> bool {
    if model.policies.is_empty() {
        return default == DefaultAccess::Public;
    }
    rules(model, PolicyOperation::Read, Effect::Allow).any(|rule| rule.condition == Condition::Constant(true))
        && rules(model, PolicyOperation::Read, Effect::Deny)
            .all(|rule| rule.condition == Condition::Constant(false))
}

/// Whether users always see their own row of the auth model.
pub(super) fn is_readable_by_self(model: &Model, default: DefaultAccess) -> bool {
    if model.policies.is_empty() {
        return default != DefaultAccess::Deny;
    }
    rules(model, PolicyOperation::Read, Effect::Allow).any(|rule| holds_for_self(model, &rule.condition))
        && rules(model, PolicyOperation::Read, Effect::Deny)
            .all(|rule| rule.condition == Condition::Constant(false))
}

/// `true`, `auth() == this`, `auth() != null`, or one of these among others with `||`.
fn holds_for_self(model: &Model, condition: &Condition) -> bool {
    match condition {
        Condition::Constant(holds) => *holds,
        Condition::Any(parts) => parts.iter().any(|part| holds_for_self(model, part)),
        Condition::All(parts) => parts.iter().all(|part| holds_for_self(model, part)),
        Condition::Compare { op: CompareOp::Equal, left, right } => {
            is_key(model, left, PathRoot::Auth) && is_key(model, right, PathRoot::Scope(0))
                || is_key(model, left, PathRoot::Scope(0)) && is_key(model, right, PathRoot::Auth)
        }
        // A comparison with `auth()` brings along that its key is there.
        Condition::Not(part) => match &**part {
            Condition::IsNull(operand) => {
                is_key(model, operand, PathRoot::Auth)
                    || matches!(operand, Operand::Path(path)
                        if path.root == PathRoot::Auth && path.relations.is_empty() && path.field.is_none())
            }
            _ => false,
        },
        _ => false,
    }
}

/// The single key of the row or of who asks.
fn is_key(model: &Model, operand: &Operand, root: PathRoot) -> bool {
    let mut keys = model.key_fields();
    let (Some(key), None) = (keys.next(), keys.next()) else { return false };
    matches!(operand, Operand::Path(path)
        if path.root == root && path.relations.is_empty() && path.field == Some(key.id))
}

/// Whether a rule may hide this field's value from someone.
pub(super) fn has_read_rule(field: &Field) -> bool {
    field.policies.iter().any(|policy| policy.operations.contains(&FieldOperation::Read))
}

fn rules(model: &Model, operation: PolicyOperation, effect: Effect) -> impl Iterator<Item = &Policy> {
    model
        .policies
        .iter()
        .filter(move |policy| policy.effect == effect && policy.operations.contains(&operation))
}

/// What a condition is for nobody in particular: rows are unknown, `auth()` is null.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Truth {
    Yes,
    No,
    Maybe,
}

impl Truth {
    fn of(known: bool) -> Self {
        if known { Self::Yes } else { Self::No }
    }
}

fn without_actor(condition: &Condition) -> Truth {
    match condition {
        Condition::Constant(known) => Truth::of(*known),
        Condition::All(parts) => combine(parts, Truth::No, Truth::Yes),
        Condition::Any(parts) => combine(parts, Truth::Yes, Truth::No),
        Condition::Not(inner) => match without_actor(inner) {
            Truth::Yes => Truth::No,
            Truth::No => Truth::Yes,
            Truth::Maybe => Truth::Maybe,
        },
        Condition::Compare { left, right, .. } => false_if(is_auth(left) || is_auth(right)),
        Condition::IsNull(operand) if is_auth(operand) => Truth::Yes,
        Condition::Truth(operand) | Condition::Format { value: operand, .. } => false_if(is_auth(operand)),
        Condition::In { value, list } => false_if(is_auth(value) || is_auth(list)),
        Condition::Text { value, argument, .. } => false_if(is_auth(value) || is_auth(argument)),
        Condition::List { list, argument, .. } => {
            false_if(is_auth(list) || argument.as_ref().is_some_and(is_auth))
        }
        Condition::Collection { quantifier: Quantifier::Some, path, .. } => {
            false_if(path.root == PathRoot::Auth)
        }
        Condition::Check { path, .. } => false_if(path.root == PathRoot::Auth),
        Condition::IsNull(_) | Condition::Collection { .. } => Truth::Maybe,
    }
}

/// `deciding` in one part decides; all parts `otherwise` gives that.
fn combine(parts: &[Condition], deciding: Truth, otherwise: Truth) -> Truth {
    let mut result = otherwise;
    for part in parts {
        match without_actor(part) {
            truth if truth == deciding => return deciding,
            Truth::Maybe => result = Truth::Maybe,
            _ => {}
        }
    }
    result
}

fn false_if(compares_with_nobody: bool) -> Truth {
    if compares_with_nobody { Truth::No } else { Truth::Maybe }
}

fn is_auth(operand: &Operand) -> bool {
    match operand {
        Operand::Path(path) => path.root == PathRoot::Auth,
        Operand::Length(inner) => is_auth(inner),
        _ => false,
    }
}
