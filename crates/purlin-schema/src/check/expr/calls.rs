//! The functions that rules may call.

use super::compare::type_of;
use super::env::{Env, Rule};
use super::value::{Ty, Value};
use crate::ast::{Arg, Expr, ExprKind, Ident};
use crate::check::shape::Kind;
use crate::diagnostic::{Diagnostic, codes};
use crate::model::{
    Casing, CompareOp, Condition, FormatKind, ListOp, Literal, Operand, PolicyOperation, Scalar, TextOp,
};
use crate::source::Span;
use crate::suggest::closest;

/// Functions that are true or false, with how many arguments they take.
const CONDITIONS: &[(&str, usize, usize)] = &[
    ("contains", 2, 3),
    ("startsWith", 2, 3),
    ("endsWith", 2, 3),
    ("has", 2, 2),
    ("hasSome", 2, 2),
    ("hasEvery", 2, 2),
    ("isEmpty", 1, 1),
    ("check", 1, 2),
    ("regex", 2, 2),
    ("isEmail", 1, 1),
    ("isUrl", 1, 1),
    ("isPhone", 1, 1),
    ("isDate", 1, 1),
    ("isTime", 1, 2),
    ("isDateTime", 1, 1),
    ("email", 1, 1),
    ("url", 1, 1),
    ("datetime", 1, 1),
];

/// Functions that give a value.
const VALUES: &[(&str, usize, usize)] = &[
    ("auth", 0, 0),
    ("before", 0, 0),
    ("now", 0, 0),
    ("currentModel", 0, 1),
    ("currentOperation", 0, 1),
    ("length", 1, 3),
];

pub(super) fn is_condition_call(name: &Ident) -> bool {
    // The older `length(field, min, max)` is a condition.
    CONDITIONS.iter().any(|(known, ..)| *known == name.text) || name.text == "length"
}

impl<'e> Env<'_, '_, 'e> {
    fn check_count(&mut self, name: &Ident, args: &[Arg], span: Span) -> Option<()> {
        let &(_, least, most) = CONDITIONS.iter().chain(VALUES).find(|(known, ..)| *known == name.text)?;
        if (least..=most).contains(&args.len()) {
            return Some(());
        }
        let wanted = match (least, most) {
            (0, 0) => "no arguments".to_owned(),
            (a, b) if a == b => format!("{a} argument{}", if a == 1 { "" } else { "s" }),
            (a, b) => format!("{a} to {b} arguments"),
        };
        self.error(codes::BAD_CALL, span, format!("{}() takes {wanted}, not {}", name.text, args.len()))
    }

    pub(super) fn call_value(&mut self, name: &Ident, args: &'e [Arg], span: Span) -> Option<Value<'e>> {
        let is_known = VALUES.iter().any(|(known, ..)| *known == name.text);
        if !is_known {
            return self.unknown_function(name);
        }
        self.check_count(name, args, span)?;
        match name.as_str() {
            "auth" => self.auth(span),
            "before" => self.before(span),
            "now" => Some(Value::Computed { operand: Operand::Now, ty: Ty::one(Scalar::DateTime) }),
            "currentModel" if self.is_policy() => {
                let casing = self.casing(args)?;
                let model = self.own_model().and_then(|model| self.outline.model(model))?;
                Some(Value::Literal(Literal::String(cased(model.name(), casing))))
            }
            "currentOperation" if self.is_policy() => {
                let operand = Operand::CurrentOperation(self.casing(args)?);
                Some(Value::Computed { operand, ty: Ty::one(Scalar::String) })
            }
            "length" if matches!(self.rule, Rule::Validation) => {
                let operand = self.length(args.first().map(|arg| &arg.value)?)?;
                Some(Value::Computed { operand, ty: Ty::one(Scalar::Int) })
            }
            other => self.error(codes::UNKNOWN_FUNCTION, name.span, format!("{other}() cannot be used here")),
        }
    }

    fn unknown_function<T>(&mut self, name: &Ident) -> Option<T> {
        let help = match name.as_str() {
            "future" => Some(
                "write a rule for 'post-update': there names mean the new row and before() the old"
                    .to_owned(),
            ),
            other if CONDITIONS.iter().any(|(known, ..)| *known == other) => {
                Some(format!("{other}() is a condition by itself"))
            }
            other => closest(other, CONDITIONS.iter().chain(VALUES).map(|(known, ..)| *known))
                .map(|near| format!("did you mean {near}()?")),
        };
        let message = format!("rules have no function {}()", name.text);
        self.report(Diagnostic::error(codes::UNKNOWN_FUNCTION, name.span, message).maybe_help(help))
    }

    pub(super) fn call_condition(&mut self, name: &Ident, args: &'e [Arg], span: Span) -> Option<Condition> {
        self.check_count(name, args, span)?;
        let arg = |position: usize| args.get(position).map(|arg| &arg.value);
        let first = arg(0)?;
        match name.as_str() {
            "contains" => self.text_call(TextOp::Contains, first, arg(1)?, arg(2)),
            "startsWith" => self.text_call(TextOp::StartsWith, first, arg(1)?, arg(2)),
            "endsWith" => self.text_call(TextOp::EndsWith, first, arg(1)?, arg(2)),
            "has" => self.list_call(ListOp::Has, first, arg(1)),
            "hasSome" => self.list_call(ListOp::HasSome, first, arg(1)),
            "hasEvery" => self.list_call(ListOp::HasEvery, first, arg(1)),
            "isEmpty" => self.list_call(ListOp::IsEmpty, first, None),
            "check" => self.check_call(first, arg(1), span),
            _ if !matches!(self.rule, Rule::Validation) => self.report(
                Diagnostic::error(
                    codes::UNKNOWN_FUNCTION,
                    name.span,
                    format!("{}() belongs into @@validate", name.text),
                )
                .help("access rules compare; formats are checked by @@validate and field attributes"),
            ),
            "length" if args.len() == 1 => self.report(
                Diagnostic::error(codes::NOT_A_CONDITION, span, "a length is neither true nor false")
                    .help("compare it: length(field) > 3"),
            ),
            "length" => self.length_between(first, arg(1), arg(2)),
            "regex" => {
                let value = self.text_operand(first)?;
                let ExprKind::String(pattern) = &arg(1)?.kind else {
                    return self.error(codes::BAD_CALL, arg(1)?.span, "the pattern must be a text in quotes");
                };
                crate::check::validations::check_pattern(self.checker, pattern, arg(1)?.span);
                Some(Condition::Format { kind: FormatKind::Regex(pattern.clone()), value })
            }
            other => {
                let kind = match other {
                    "isEmail" | "email" => FormatKind::Email,
                    "isUrl" | "url" => FormatKind::Url,
                    "isPhone" => FormatKind::Phone,
                    "isDate" => FormatKind::Date,
                    "isTime" => FormatKind::Time,
                    _ => FormatKind::DateTime,
                };
                let value = self.text_operand(first)?;
                Some(Condition::Format { kind, value })
            }
        }
    }

    fn text_operand(&mut self, expr: &'e Expr) -> Option<Operand> {
        let value = self.value(expr)?;
        if matches!(&value, Value::Path { ty, .. } if ty.is_list) {
            return self.report(
                Diagnostic::error(codes::BAD_CALL, expr.span, "this is a list, not a text")
                    .help("use has(list, value)"),
            );
        }
        if let Value::Path { path, .. } = &value {
            self.refuse_member(path, expr.span)?;
        }
        self.operand(value, Ty::one(Scalar::String), expr.span)
    }

    fn text_call(
        &mut self,
        op: TextOp,
        value: &'e Expr,
        argument: &'e Expr,
        ignore_case: Option<&'e Expr>,
    ) -> Option<Condition> {
        let (value, argument) = (self.text_operand(value), self.text_operand(argument));
        let ignore_case = match ignore_case.map(|expr| (&expr.kind, expr.span)) {
            None => false,
            Some((ExprKind::Bool(flag), _)) => *flag,
            Some((_, span)) => return self.error(codes::BAD_CALL, span, "this must be true or false"),
        };
        Some(Condition::Text { op, value: value?, argument: argument?, ignore_case })
    }

    fn list_call(&mut self, op: ListOp, list: &'e Expr, argument: Option<&'e Expr>) -> Option<Condition> {
        let (path, ty) = match self.value(list)? {
            Value::Path { path, ty } if ty.is_list && !matches!(ty.kind, Kind::Model(_)) => (path, ty),
            other => {
                let help = match &other {
                    Value::Path { ty, .. } if ty.is_list => "for related rows use ?[…], ![…] or ^[…]",
                    _ => "its first argument is a field such as `tags String[]`",
                };
                let message = format!("{} is no list of values", other.describe(self.outline));
                return self.report(Diagnostic::error(codes::BAD_CALL, list.span, message).help(help));
            }
        };
        self.refuse_member(&path, list.span)?;
        let element = Ty { is_list: false, ..ty };
        let argument = match argument {
            None => None,
            Some(expr) => {
                let value = self.value(expr)?;
                Some(match (op, value) {
                    (ListOp::HasSome | ListOp::HasEvery, Value::List(items)) => {
                        let items: Vec<_> = items
                            .iter()
                            .map(|item| {
                                let value = self.value(item)?;
                                let operand = self.operand(value, element, item.span)?;
                                let literal = self.constant(&operand);
                                if literal.is_none() {
                                    self.checker.error(
                                        codes::BAD_CALL,
                                        item.span,
                                        "the list must hold constants",
                                    );
                                }
                                literal
                            })
                            .collect();
                        Operand::Literal(Literal::List(items.into_iter().collect::<Option<_>>()?))
                    }
                    (ListOp::HasSome | ListOp::HasEvery, value) if type_of(&value) == Some(ty) => match value
                    {
                        Value::Path { path, .. } => Operand::Path(path),
                        _ => return None,
                    },
                    (ListOp::HasSome | ListOp::HasEvery, _) => {
                        return self.error(codes::BAD_CALL, expr.span, "the second argument must be a list");
                    }
                    (_, value) => self.operand(value, element, expr.span)?,
                })
            }
        };
        Some(Condition::List { op, list: Operand::Path(path), argument })
    }

    fn check_call(
        &mut self,
        relation: &'e Expr,
        operation: Option<&'e Expr>,
        span: Span,
    ) -> Option<Condition> {
        if !self.is_policy() {
            return self.error(codes::UNKNOWN_FUNCTION, span, "check() can be used in access rules only");
        }
        let path = match self.value(relation)? {
            Value::Path { path, ty }
                if matches!(ty.kind, Kind::Model(_)) && !ty.is_list && !path.relations.is_empty() =>
            {
                path
            }
            other => {
                let message = format!(
                    "check() follows a relation to one row; {} is none",
                    other.describe(self.outline)
                );
                return self.error(codes::BAD_CALL, relation.span, message);
            }
        };
        let operation = match operation {
            None => *self.operations().first()?,
            Some(expr) => {
                let word = crate::check::shape::text(expr).unwrap_or("");
                match crate::check::policies::operation(word) {
                    Some(operation) if operation != PolicyOperation::PostUpdate => operation,
                    _ => {
                        return self.report(
                            Diagnostic::error(
                                codes::BAD_OPERATION,
                                expr.span,
                                "check() has no such operation",
                            )
                            .help("write 'read', 'create', 'update' or 'delete'"),
                        );
                    }
                }
            }
        };
        Some(Condition::Check { path, operation })
    }

    fn length(&mut self, expr: &'e Expr) -> Option<Operand> {
        match self.value(expr)? {
            Value::Path { path, ty } if ty.is_list || ty.kind == Kind::Scalar(Scalar::String) => {
                Some(Operand::Length(Box::new(Operand::Path(path))))
            }
            other => {
                let message = format!("{} has no length", other.describe(self.outline));
                self.error(codes::BAD_CALL, expr.span, message)
            }
        }
    }

    /// `length(field, min, max)`
    fn length_between(
        &mut self,
        field: &'e Expr,
        min: Option<&'e Expr>,
        max: Option<&'e Expr>,
    ) -> Option<Condition> {
        let length = self.length(field)?;
        let mut bounds = Vec::new();
        for (op, bound) in [(CompareOp::GreaterOrEqual, min), (CompareOp::LessOrEqual, max)] {
            let Some(bound) = bound else { continue };
            let value = self.value(bound)?;
            let right = self.operand(value, Ty::one(Scalar::Int), bound.span)?;
            bounds.push(Condition::Compare { op, left: length.clone(), right });
        }
        Some(Condition::All(bounds))
    }

    fn casing(&mut self, args: &'e [Arg]) -> Option<Casing> {
        let Some(arg) = args.first() else { return Some(Casing::Original) };
        match crate::check::shape::text(&arg.value) {
            Some("original") => Some(Casing::Original),
            Some("upper") => Some(Casing::Upper),
            Some("lower") => Some(Casing::Lower),
            Some("capitalize") => Some(Casing::Capitalize),
            Some("uncapitalize") => Some(Casing::Uncapitalize),
            _ => self.report(
                Diagnostic::error(codes::BAD_CALL, arg.span, "there is no such casing")
                    .help("write 'original', 'upper', 'lower', 'capitalize' or 'uncapitalize'"),
            ),
        }
    }
}

fn cased(text: &str, casing: Casing) -> String {
    let first = |change: fn(char) -> String| {
        let mut chars = text.chars();
        chars.next().map_or(String::new(), |c| change(c) + chars.as_str())
    };
    match casing {
        Casing::Original => text.to_owned(),
        Casing::Upper => text.to_uppercase(),
        Casing::Lower => text.to_lowercase(),
        Casing::Capitalize => first(|c| c.to_uppercase().collect()),
        Casing::Uncapitalize => first(|c| c.to_lowercase().collect()),
    }
}
