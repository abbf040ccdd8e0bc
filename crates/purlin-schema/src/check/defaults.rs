//! `@default(…)`: constants, generators and `auth()`, checked against the field's type.

use super::attributes::find;
use super::checker::Checker;
use super::expr::{Place, default_operand};
use super::literal::{is_base64, is_date_time, is_decimal};
use super::outline::Outline;
use super::relations::Relations;
use super::shape::{Kind, Shape, scalar_name};
use crate::ast::{self, Arg, Arity, Expr, ExprKind};
use crate::diagnostic::{Diagnostic, codes};
use crate::model::{DefaultFunction, DefaultValue, EnumId, Literal, Scalar};
use crate::suggest::closest;

/// A constant; `None` for anything that has to be computed.
pub(super) fn literal(expr: &Expr) -> Option<Literal> {
    Some(match &expr.kind {
        ExprKind::Null => Literal::Null,
        ExprKind::Bool(value) => Literal::Boolean(*value),
        ExprKind::Number(text) => Literal::Number(number(text)),
        ExprKind::String(text) | ExprKind::Name(text) => Literal::String(text.clone()),
        ExprKind::Array(items) => Literal::List(items.iter().map(literal).collect::<Option<_>>()?),
        ExprKind::Object(fields) => {
            let fields = fields.iter().map(|field| Some((field.key.text.clone(), literal(&field.value)?)));
            Literal::Object(fields.collect::<Option<_>>()?)
        }
        _ => return None,
    })
}

/// `+5` is `5`.
pub(super) fn number(text: &str) -> String {
    text.strip_prefix('+').unwrap_or(text).to_owned()
}

pub(super) fn build(
    checker: &mut Checker,
    outline: &Outline<'_>,
    shape: &Shape<'_>,
    field: &ast::Field,
    kind: Kind,
    relations: &Relations,
) -> Option<DefaultValue> {
    let attribute = find(&field.attributes, "default")?;
    let value = &attribute.args.first()?.value;
    if matches!(kind, Kind::Model(_)) {
        checker.report(
            Diagnostic::error(codes::BAD_DEFAULT, attribute.span, "a relation has no default value")
                .help("put the default on the field that holds its key"),
        );
        return None;
    }
    if let Some(place) = Place::of(shape, outline)
        && starts_with_auth(value)
    {
        return default_operand(checker, outline, relations, place, value, field, kind)
            .map(DefaultValue::Auth);
    }
    if let ExprKind::Call { name, args } = &value.kind {
        return function(checker, field, kind, name, args).map(DefaultValue::Function);
    }
    let constant = if field.ty.arity == Arity::List {
        list(checker, outline, kind, value)
    } else {
        constant(checker, outline, kind, value)
    };
    constant.map(DefaultValue::Literal)
}

fn starts_with_auth(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Member { target, .. } => starts_with_auth(target),
        ExprKind::Call { name, .. } => name.text == "auth",
        _ => false,
    }
}

fn list(checker: &mut Checker, outline: &Outline<'_>, kind: Kind, value: &Expr) -> Option<Literal> {
    let ExprKind::Array(items) = &value.kind else {
        checker.report(
            Diagnostic::error(codes::BAD_DEFAULT, value.span, "the default of a list must be a list")
                .help("write @default([])"),
        );
        return None;
    };
    let items: Vec<_> = items.iter().map(|item| constant(checker, outline, kind, item)).collect();
    items.into_iter().collect::<Option<Vec<_>>>().map(Literal::List)
}

/// A constant that fits a field of this kind, or a report.
pub(super) fn constant(
    checker: &mut Checker,
    outline: &Outline<'_>,
    kind: Kind,
    value: &Expr,
) -> Option<Literal> {
    let (fits, wanted) = match kind {
        Kind::Unknown | Kind::Model(_) => return None,
        Kind::Enum(id) => return enum_member(checker, outline, id, value),
        Kind::Composite(_) => (matches!(value.kind, ExprKind::Object(_)), "an object such as { key: value }"),
        Kind::Unsupported => (false, "dbgenerated(\"…\"): the type is known to the database only"),
        Kind::Scalar(scalar) => (scalar_fits(scalar, value), wanted(scalar)),
    };
    if !fits {
        let name = match kind {
            Kind::Scalar(scalar) => scalar_name(scalar),
            _ => "this type",
        };
        checker.report(
            Diagnostic::error(codes::BAD_DEFAULT, value.span, format!("this is no value of {name}"))
                .help(format!("write {wanted}")),
        );
        return None;
    }
    match (kind, &value.kind) {
        (Kind::Scalar(Scalar::Decimal), ExprKind::String(text)) => Some(Literal::Number(number(text))),
        _ => literal(value),
    }
}

fn scalar_fits(scalar: Scalar, value: &Expr) -> bool {
    match (scalar, &value.kind) {
        (Scalar::String, ExprKind::String(_))
        | (Scalar::Boolean, ExprKind::Bool(_))
        | (Scalar::Float | Scalar::Decimal, ExprKind::Number(_))
        | (Scalar::Json, ExprKind::Object(_) | ExprKind::Array(_) | ExprKind::Null) => true,
        (Scalar::Decimal, ExprKind::String(text)) => is_decimal(text),
        (Scalar::DateTime, ExprKind::String(text)) => is_date_time(text),
        (Scalar::Bytes, ExprKind::String(text)) => is_base64(text),
        (Scalar::Int, ExprKind::Number(text)) => text.parse::<i32>().is_ok(),
        (Scalar::BigInt, ExprKind::Number(text)) => text.parse::<i64>().is_ok(),
        (Scalar::Json, ExprKind::String(text)) => serde_json::from_str::<serde_json::Value>(text).is_ok(),
        _ => false,
    }
}

fn wanted(scalar: Scalar) -> &'static str {
    match scalar {
        Scalar::String => "a text in quotes",
        Scalar::Boolean => "true or false",
        Scalar::Int => "a whole number of 32 bits",
        Scalar::BigInt => "a whole number of 64 bits",
        Scalar::Float | Scalar::Decimal => "a number",
        Scalar::DateTime => "now() or a date such as \"2024-01-31T00:00:00Z\"",
        Scalar::Json => "JSON in quotes such as \"{}\"",
        Scalar::Bytes => "base64 in quotes",
    }
}

fn enum_member(checker: &mut Checker, outline: &Outline<'_>, id: EnumId, value: &Expr) -> Option<Literal> {
    let it = outline.enumeration(id)?;
    let name = match &value.kind {
        ExprKind::Name(name) => name,
        ExprKind::Member { target, member } if target.kind == ExprKind::Name(it.name.text.clone()) => {
            &member.text
        }
        _ => "",
    };
    if it.values.iter().any(|value| value.name.text == name) {
        return Some(Literal::String(name.to_owned()));
    }
    let names: Vec<&str> = it.values.iter().map(|value| value.name.as_str()).collect();
    let help = match closest(name, names.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("write one of: {}", names.join(", ")),
    };
    let message = format!("this is no value of `{}`", it.name.text);
    checker.report(Diagnostic::error(codes::BAD_DEFAULT, value.span, message).help(help));
    None
}

const FUNCTIONS: &[&str] =
    &["autoincrement", "now", "uuid", "cuid", "nanoid", "ulid", "dbgenerated", "auto", "sequence"];

fn function(
    checker: &mut Checker,
    field: &ast::Field,
    kind: Kind,
    name: &ast::Ident,
    args: &[Arg],
) -> Option<DefaultFunction> {
    let is_int = matches!(kind, Kind::Scalar(Scalar::Int | Scalar::BigInt));
    let is_text = kind == Kind::Scalar(Scalar::String);
    let is_bytes = kind == Kind::Scalar(Scalar::Bytes);
    let is_list = field.ty.arity == Arity::List;
    let format = text_of(args, "format", usize::MAX).map(str::to_owned);
    let first = number_of(args, if name.text == "nanoid" { "length" } else { "version" }, 0);
    let (made, fits) = match name.as_str() {
        "autoincrement" => (DefaultFunction::Autoincrement, is_int),
        "sequence" => (DefaultFunction::Sequence, is_int),
        "now" => (DefaultFunction::Now, kind == Kind::Scalar(Scalar::DateTime)),
        "uuid" => {
            let version = number_in(checker, field, first, 7, &[4, 7])?;
            (DefaultFunction::Uuid { version, format }, is_text || is_bytes)
        }
        "cuid" => {
            let version = number_in(checker, field, first, 1, &[1, 2])?;
            (DefaultFunction::Cuid { version, format }, is_text)
        }
        "nanoid" => {
            let lengths: Vec<u32> = (2..=255).collect();
            let length = number_in(checker, field, first, 21, &lengths)?;
            (DefaultFunction::Nanoid { length, format }, is_text)
        }
        "ulid" => {
            let format = format.or_else(|| text_of(args, "format", 0).map(str::to_owned));
            (DefaultFunction::Ulid { format }, is_text)
        }
        "auto" => (DefaultFunction::Auto, is_text || is_bytes),
        "dbgenerated" => {
            let sql = text_of(args, "expr", 0).map(str::to_owned);
            return Some(DefaultFunction::Dbgenerated(sql));
        }
        other => {
            let near = closest(other, FUNCTIONS.iter().copied());
            let help = match near {
                Some(near) => format!("did you mean {near}()?"),
                None => format!("defaults have: {}", FUNCTIONS.join(", ")),
            };
            let message = format!("there is no function {other}() for default values");
            checker.report(Diagnostic::error(codes::UNKNOWN_FUNCTION, name.span, message).help(help));
            return None;
        }
    };
    if !fits || is_list {
        let message = format!("{}() makes no value for `{}`", name.text, field.name.text);
        let help = match name.as_str() {
            "autoincrement" | "sequence" => "it makes Int and BigInt",
            "now" => "it makes DateTime",
            _ => "it makes String",
        };
        checker.report(Diagnostic::error(codes::BAD_DEFAULT, name.span, message).help(help));
        return None;
    }
    if let Some(arg) = args.iter().find(|arg| arg.name.as_ref().is_some_and(|it| it.text == "format"))
        && text_of(args, "format", usize::MAX).is_none_or(|format| format.matches("%s").count() != 1)
    {
        checker.report(
            Diagnostic::error(codes::BAD_DEFAULT, arg.span, "the format must be a text with one `%s`")
                .help("write format: \"usr_%s\""),
        );
    }
    Some(made)
}

fn arg_of<'a>(args: &'a [Arg], name: &str, position: usize) -> Option<&'a Expr> {
    let named = args.iter().find(|arg| arg.name.as_ref().is_some_and(|it| it.text == name));
    let placed = || args.iter().filter(|arg| arg.name.is_none()).nth(position);
    named.or_else(placed).map(|arg| &arg.value)
}

fn text_of<'a>(args: &'a [Arg], name: &str, position: usize) -> Option<&'a str> {
    super::shape::text(arg_of(args, name, position)?)
}

fn number_of<'a>(args: &'a [Arg], name: &str, position: usize) -> Option<&'a Expr> {
    arg_of(args, name, position)
}

/// The number given, or the usual one; `None`, with a report, if it is none of those allowed.
fn number_in(
    checker: &mut Checker,
    field: &ast::Field,
    given: Option<&Expr>,
    usual: u8,
    allowed: &[u32],
) -> Option<u8> {
    let Some(expr) = given else { return Some(usual) };
    let number = match &expr.kind {
        ExprKind::Number(text) => text.parse::<u32>().ok(),
        _ => None,
    };
    if let Some(number) = number.filter(|number| allowed.contains(number)) {
        return u8::try_from(number).ok();
    }
    let (first, last) = (allowed.first().copied().unwrap_or(0), allowed.last().copied().unwrap_or(0));
    let choice =
        if allowed.len() > 2 { format!("from {first} to {last}") } else { format!("{first} or {last}") };
    let message = format!("the default of `{}` takes a number {choice}", field.name.text);
    checker.error(codes::BAD_DEFAULT, expr.span, message);
    None
}

/// The `@default` of a field, whether sound or not.
pub(super) fn attribute(field: &ast::Field) -> Option<&ast::Attribute> {
    find(&field.attributes, "default")
}
