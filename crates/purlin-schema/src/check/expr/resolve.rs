//! Names and member chains: `owner.team.plan`, `this.id`, `auth().role`, `ADMIN`.

use super::env::{Env, Rule, row_path};
use super::value::{Ty, Value};
use crate::ast::{Arity, Expr, ExprKind, Ident};
use crate::check::shape::Kind;
use crate::diagnostic::{Diagnostic, codes};
use crate::model::{FieldId, Literal, ModelId, Path, PathRoot, PolicyOperation};
use crate::source::Span;
use crate::suggest::closest;

impl<'e> Env<'_, '_, 'e> {
    /// What an expression stands for; `None` after a report.
    pub(super) fn value(&mut self, expr: &'e Expr) -> Option<Value<'e>> {
        match &expr.kind {
            ExprKind::Null => Some(Value::Null),
            ExprKind::Bool(value) => Some(Value::Literal(Literal::Boolean(*value))),
            ExprKind::Number(text) => {
                Some(Value::Literal(Literal::Number(crate::check::defaults::number(text))))
            }
            ExprKind::String(text) => Some(Value::Literal(Literal::String(text.clone()))),
            ExprKind::Array(items) => Some(Value::List(items)),
            ExprKind::This => {
                let row = self.row(0)?;
                Some(row_value(row))
            }
            ExprKind::Name(name) => self.name(name, expr.span),
            ExprKind::Member { target, member } => self.member(target, member),
            ExprKind::Call { name, args } => self.call_value(name, args, expr.span),
            ExprKind::Missing => None,
            ExprKind::Object(_) => {
                self.error(codes::TYPE_MISMATCH, expr.span, "an object cannot stand in a rule")
            }
            ExprKind::Not(_)
            | ExprKind::Logic { .. }
            | ExprKind::Binary { .. }
            | ExprKind::Collection { .. } => self.report(
                Diagnostic::error(codes::TYPE_MISMATCH, expr.span, "a condition cannot be compared")
                    .help("combine conditions with `&&`, `||` and `!`"),
            ),
        }
    }

    fn name(&mut self, name: &str, span: Span) -> Option<Value<'e>> {
        let bound = self.scopes.iter().rposition(|scope| scope.binding == Some(name));
        if let Some(position) = bound {
            let row = self.row(position)?;
            return Some(row_value(row));
        }
        let model = self.innermost()?;
        let shape = self.outline.model(model)?;
        if let Some(field) = shape.field(name) {
            let row = self.row(self.scopes.len() - 1)?;
            return self.extend(row, field, span);
        }
        let is_member = |it: &&crate::ast::Enum| it.values.iter().any(|value| value.name.text == name);
        if self.outline.enums.iter().copied().any(|it| is_member(&it)) {
            return Some(Value::Word(name.to_owned()));
        }
        self.unknown(name, span)
    }

    fn unknown(&mut self, name: &str, span: Span) -> Option<Value<'e>> {
        let shape = self.outline.model(self.innermost()?)?;
        let own = self.outline.model(self.own_model()?)?;
        let members =
            self.outline.enums.iter().flat_map(|it| it.values.iter().map(|value| value.name.as_str()));
        let help = if self.scopes.len() > 1 && own.field(name).is_some() {
            Some(format!(
                "inside the brackets names mean `{}`; for the rule's own row write `this.{name}`",
                shape.name()
            ))
        } else if name == "auth" || name == "now" {
            Some(format!("write {name}()"))
        } else {
            closest(name, shape.field_names().chain(members)).map(|near| format!("did you mean `{near}`?"))
        };
        let message = format!("`{}` has no field `{name}`", shape.name());
        self.report(Diagnostic::error(codes::UNKNOWN_NAME, span, message).maybe_help(help))
    }

    fn member(&mut self, target: &'e Expr, member: &Ident) -> Option<Value<'e>> {
        if let ExprKind::Name(name) = &target.kind
            && let Some(&id) = self.outline.enum_ids.get(name.as_str())
            && self.innermost().and_then(|model| self.outline.model(model)?.field(name)).is_none()
        {
            let it = self.outline.enumeration(id)?;
            if it.values.iter().any(|value| value.name.text == member.text) {
                return Some(Value::Member(id, member.text.clone()));
            }
            let near = closest(&member.text, it.values.iter().map(|value| value.name.as_str()));
            let message = format!("`{name}` has no value `{}`", member.text);
            return self.report(
                Diagnostic::error(codes::UNKNOWN_NAME, member.span, message)
                    .maybe_help(near.map(|near| format!("did you mean `{near}`?"))),
            );
        }
        let Value::Path { path, ty } = self.value(target)? else {
            return self.error(
                codes::UNKNOWN_NAME,
                member.span,
                format!("this has no field `{}`", member.text),
            );
        };
        match ty.kind {
            Kind::Model(_) if ty.is_list => self.report(
                Diagnostic::error(codes::LIST_ACCESS, target.span, "this is a list of rows, not one row")
                    .help(format!(
                        "ask about its elements: ?[{m} …] some, ![{m} …] all, ^[{m} …] none",
                        m = member.text
                    )),
            ),
            Kind::Model(model) => {
                let shape = self.outline.model(model)?;
                if let Some(field) = shape.field(&member.text) {
                    return self.extend(path, field, member.span);
                }
                let near = closest(&member.text, shape.field_names());
                let message = format!("`{}` has no field `{}`", shape.name(), member.text);
                self.report(
                    Diagnostic::error(codes::UNKNOWN_NAME, member.span, message)
                        .maybe_help(near.map(|near| format!("did you mean `{near}`?"))),
                )
            }
            Kind::Composite(id) if !ty.is_list => self.composite_member(path, id, member),
            _ => {
                let message = format!("{} has no fields", ty.describe(self.outline));
                self.error(codes::UNKNOWN_NAME, member.span, message)
            }
        }
    }

    fn composite_member(
        &mut self,
        mut path: Path,
        id: crate::model::TypeId,
        member: &Ident,
    ) -> Option<Value<'e>> {
        let shape = self.outline.composite(id)?;
        let Some(field) = shape.field(&member.text) else {
            let near = closest(&member.text, shape.field_names());
            let message = format!("`{}` has no field `{}`", shape.name(), member.text);
            return self.report(
                Diagnostic::error(codes::UNKNOWN_NAME, member.span, message)
                    .maybe_help(near.map(|near| format!("did you mean `{near}`?"))),
            );
        };
        path.members.push(member.text.clone());
        let ty = Ty { kind: shape.kind(field), is_list: shape.arity(field) == Arity::List };
        Some(Value::Path { path, ty })
    }

    /// One field further along a path.
    fn extend(&mut self, mut path: Path, field: FieldId, span: Span) -> Option<Value<'e>> {
        let shape = self.outline.model(path.model)?;
        let kind = shape.kind(field);
        let is_list = shape.arity(field) == Arity::List;
        match kind {
            Kind::Unknown => return None,
            Kind::Model(target) => {
                self.check_relation(&path, field, span)?;
                path.relations.push(field);
                path.model = target;
            }
            _ => {
                if shape
                    .ast_of(field)
                    .is_some_and(|it| it.attributes.iter().any(|it| it.name.text == "password"))
                {
                    return self.error(
                        codes::TYPE_MISMATCH,
                        span,
                        "a password hash cannot be part of a rule",
                    );
                }
                path.field = Some(field);
            }
        }
        Some(Value::Path { path, ty: Ty { kind, is_list } })
    }

    /// Whether a rule may follow this relation.
    fn check_relation(&mut self, path: &Path, field: FieldId, span: Span) -> Option<()> {
        if matches!(self.rule, Rule::Validation) {
            return self.report(
                Diagnostic::error(
                    codes::UNKNOWN_NAME,
                    span,
                    "@@validate sees only the fields of its own row",
                )
                .help("use @@allow for conditions on other rows"),
            );
        }
        if path.root == PathRoot::Before {
            return self.report(
                Diagnostic::error(codes::BAD_BEFORE, span, "before() has only the plain fields of the row")
                    .help("compare the field that holds the key of the relation"),
            );
        }
        let is_first = path.relations.is_empty() && self.is_own(path);
        let is_owning = self.relations.get(path.model, field).is_none_or(crate::model::Relation::is_owning);
        if is_first && !is_owning && self.operations().contains(&PolicyOperation::Create) {
            return self.report(
                Diagnostic::error(
                    codes::CREATE_REACHES_OUT,
                    span,
                    "a rule for `create` cannot look at rows that refer to the new one: there are none yet",
                )
                .help("give `create` a rule of its own, and use this one for 'read,update,delete'"),
            );
        }
        Some(())
    }

    /// `auth()`
    pub(super) fn auth(&mut self, span: Span) -> Option<Value<'e>> {
        if matches!(self.rule, Rule::Validation) {
            return self.error(codes::BAD_AUTH, span, "@@validate does not know who is signed in");
        }
        let Some(model) = self.outline.auth_model else {
            return self.report(
                Diagnostic::error(codes::BAD_AUTH, span, "auth() needs a model of users, and there is none")
                    .help("name it `User`, or mark it @@auth"),
            );
        };
        Some(row_value(row_path(PathRoot::Auth, model)))
    }

    /// `before()`
    pub(super) fn before(&mut self, span: Span) -> Option<Value<'e>> {
        if self.operations() != [PolicyOperation::PostUpdate] {
            return self.report(
                Diagnostic::error(codes::BAD_BEFORE, span, "before() exists only in rules for 'post-update'")
                    .help("rules for 'update' see the row before the update anyway"),
            );
        }
        let model: ModelId = self.own_model()?;
        Some(row_value(row_path(PathRoot::Before, model)))
    }
}

/// A whole row as a value.
fn row_value<'e>(path: Path) -> Value<'e> {
    let ty = Ty { kind: Kind::Model(path.model), is_list: false };
    Value::Path { path, ty }
}
