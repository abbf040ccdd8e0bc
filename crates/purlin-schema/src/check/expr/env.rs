//! Where an expression stands: which rule, on which model, inside which collections.

use crate::ast::Expr;
use crate::check::checker::Checker;
use crate::check::outline::Outline;
use crate::check::relations::Relations;
use crate::check::shape::Shape;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{ModelId, Path, PathRoot, PolicyOperation};
use crate::source::Span;

/// The model that a rule or default belongs to.
#[derive(Debug, Clone, Copy)]
pub(in crate::check) struct Place {
    pub(in crate::check) model: ModelId,
}

impl Place {
    pub(in crate::check) fn of(shape: &Shape<'_>, outline: &Outline<'_>) -> Option<Self> {
        outline.model_ids.get(shape.name()).map(|&model| Place { model })
    }
}

/// What the expression is for: it decides which functions and relations it may use.
#[derive(Debug, Clone, Copy)]
pub(in crate::check) enum Rule<'a> {
    /// `@@allow` and `@@deny`, `@allow` and `@deny`, for these operations.
    Policy(&'a [PolicyOperation]),
    /// `@@validate`
    Validation,
    /// `@default(auth().x)`
    Default,
}

/// The rows of one level: the rule's own, or the elements of a collection.
#[derive(Debug, Clone)]
pub(super) struct Scope<'e> {
    pub(super) model: ModelId,
    pub(super) binding: Option<&'e str>,
}

pub(super) struct Env<'c, 'o, 'e> {
    pub(super) checker: &'c mut Checker,
    pub(super) outline: &'c Outline<'o>,
    pub(super) relations: &'c Relations,
    pub(super) rule: Rule<'e>,
    /// The rule's own row first, the innermost collection last.
    pub(super) scopes: Vec<Scope<'e>>,
}

impl<'c, 'o, 'e> Env<'c, 'o, 'e> {
    pub(super) fn new(
        checker: &'c mut Checker,
        outline: &'c Outline<'o>,
        relations: &'c Relations,
        place: Place,
        rule: Rule<'e>,
    ) -> Self {
        let scopes = vec![Scope { model: place.model, binding: None }];
        Env { checker, outline, relations, rule, scopes }
    }

    pub(super) fn is_policy(&self) -> bool {
        matches!(self.rule, Rule::Policy(_))
    }

    pub(super) fn operations(&self) -> &'e [PolicyOperation] {
        match self.rule {
            Rule::Policy(operations) => operations,
            _ => &[],
        }
    }

    pub(super) fn own_model(&self) -> Option<ModelId> {
        self.scopes.first().map(|scope| scope.model)
    }

    pub(super) fn innermost(&self) -> Option<ModelId> {
        self.scopes.last().map(|scope| scope.model)
    }

    /// The row of a scope, counted from the rule's own (0).
    pub(super) fn row(&self, position: usize) -> Option<Path> {
        let scope = self.scopes.get(position)?;
        let distance = self.scopes.len().checked_sub(position + 1)?;
        let root = PathRoot::Scope(u8::try_from(distance).ok()?);
        Some(row_path(root, scope.model))
    }

    /// Whether a path starts at the rule's own row, from however deep inside.
    pub(super) fn is_own(&self, path: &Path) -> bool {
        matches!(path.root, PathRoot::Scope(distance) if usize::from(distance) + 1 == self.scopes.len())
    }

    pub(super) fn error<T>(&mut self, code: Code, span: Span, message: impl Into<String>) -> Option<T> {
        self.checker.error(code, span, message);
        None
    }

    pub(super) fn report<T>(&mut self, diagnostic: Diagnostic) -> Option<T> {
        self.checker.report(diagnostic);
        None
    }
}

pub(super) fn row_path(root: PathRoot, model: ModelId) -> Path {
    Path { root, root_model: model, relations: Vec::new(), model, field: None, members: Vec::new() }
}

/// Whether `check(relation)` stands in the expression without an operation of its own:
/// it then means a different thing for each operation of its rule.
pub(in crate::check) fn has_implicit_check(expr: &Expr) -> bool {
    use crate::ast::ExprKind as E;
    match &expr.kind {
        E::Call { name, args } => {
            name.text == "check" && args.len() == 1 || args.iter().any(|arg| has_implicit_check(&arg.value))
        }
        E::Not(inner) | E::Member { target: inner, .. } => has_implicit_check(inner),
        E::Binary { left, right, .. } => has_implicit_check(left) || has_implicit_check(right),
        E::Logic { operands, .. } => operands.iter().any(has_implicit_check),
        E::Collection { condition, .. } => has_implicit_check(condition),
        _ => false,
    }
}
