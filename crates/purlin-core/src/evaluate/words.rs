//! Conditions as the schema writes them, for people. What the checker has turned into comparisons of keys stays so:
//! `auth() == author` reads `auth().id == authorId`.

use crate::schema::{
    Casing, CompareOp, Condition, FieldId, FormatKind, ListOp, Literal, ModelId, Operand, Path, PathRoot,
    Quantifier, Schema, TextOp,
};

/// A whole condition.
pub(super) fn condition(schema: &Schema, of: &Condition) -> String {
    match of {
        Condition::Constant(truth) => truth.to_string(),
        Condition::All(parts) => joined(schema, parts, " && "),
        Condition::Any(parts) => joined(schema, parts, " || "),
        Condition::Not(inner) => match &**inner {
            Condition::IsNull(value) => format!("{} != null", operand(schema, value)),
            inner => format!("!{}", grouped(schema, inner)),
        },
        Condition::Compare { op, left, right } => {
            format!("{} {} {}", operand(schema, left), comparison(*op), operand(schema, right))
        }
        Condition::IsNull(value) => format!("{} == null", operand(schema, value)),
        Condition::Truth(value) => operand(schema, value),
        Condition::In { value, list } => format!("{} in {}", operand(schema, value), operand(schema, list)),
        Condition::Text { op, value, argument, ignore_case } => {
            let name = match op {
                TextOp::Contains => "contains",
                TextOp::StartsWith => "startsWith",
                TextOp::EndsWith => "endsWith",
            };
            let case = if *ignore_case { ", true" } else { "" };
            format!("{name}({}, {}{case})", operand(schema, value), operand(schema, argument))
        }
        Condition::List { op, list, argument } => {
            let name = match op {
                ListOp::Has => "has",
                ListOp::HasSome => "hasSome",
                ListOp::HasEvery => "hasEvery",
                ListOp::IsEmpty => "isEmpty",
            };
            let argument = argument.as_ref().map(|value| format!(", {}", operand(schema, value)));
            format!("{name}({}{})", operand(schema, list), argument.unwrap_or_default())
        }
        Condition::Collection { quantifier, path: rows, condition: inner } => {
            let sign = match quantifier {
                Quantifier::Some => '?',
                Quantifier::Every => '!',
                Quantifier::None => '^',
            };
            format!("{}{sign}[{}]", path(schema, rows), condition(schema, inner))
        }
        Condition::Check { path: rows, operation } => {
            format!("check({}, '{}')", path(schema, rows), operation.as_str())
        }
        Condition::Format { kind, value } => {
            let name = match kind {
                FormatKind::Email => "isEmail",
                FormatKind::Url => "isUrl",
                FormatKind::Phone => "isPhone",
                FormatKind::Date => "isDate",
                FormatKind::Time => "isTime",
                FormatKind::DateTime => "isDateTime",
                FormatKind::Regex(_) => "regex",
            };
            format!("{name}({})", operand(schema, value))
        }
    }
}

fn joined(schema: &Schema, parts: &[Condition], between: &str) -> String {
    parts.iter().map(|part| grouped(schema, part)).collect::<Vec<_>>().join(between)
}

fn grouped(schema: &Schema, of: &Condition) -> String {
    let text = condition(schema, of);
    match of {
        Condition::All(_) | Condition::Any(_) | Condition::Compare { .. } | Condition::In { .. }
            if text.contains(" && ") || text.contains(" || ") =>
        {
            format!("({text})")
        }
        _ => text,
    }
}

fn comparison(op: CompareOp) -> &'static str {
    match op {
        CompareOp::Equal => "==",
        CompareOp::NotEqual => "!=",
        CompareOp::Less => "<",
        CompareOp::LessOrEqual => "<=",
        CompareOp::Greater => ">",
        CompareOp::GreaterOrEqual => ">=",
    }
}

pub(super) fn operand(schema: &Schema, of: &Operand) -> String {
    match of {
        Operand::Literal(value) => literal(value),
        Operand::EnumMember(id, position) => {
            let member = schema.enumeration(*id).values.get(usize::from(*position));
            member.map_or_else(String::new, |member| member.name.clone())
        }
        Operand::Path(of) => path(schema, of),
        Operand::Now => "now()".to_owned(),
        Operand::CurrentOperation(Casing::Original) => "currentOperation()".to_owned(),
        Operand::CurrentOperation(casing) => format!("currentOperation('{casing:?}')").to_lowercase(),
        Operand::Length(inner) => format!("length({})", operand(schema, inner)),
    }
}

fn literal(of: &Literal) -> String {
    match of {
        Literal::Null => "null".to_owned(),
        Literal::Boolean(truth) => truth.to_string(),
        Literal::Number(digits) => digits.clone(),
        Literal::String(text) => format!("'{text}'"),
        Literal::List(items) => format!("[{}]", items.iter().map(literal).collect::<Vec<_>>().join(", ")),
        Literal::Object(members) => {
            let member = |(name, value): &(String, Literal)| format!("{name}: {}", literal(value));
            format!("{{ {} }}", members.iter().map(member).collect::<Vec<_>>().join(", "))
        }
    }
}

/// `author.team.plan`, `auth().role`. Rows of an outer scope are called `this`, however far out they are.
pub(super) fn path(schema: &Schema, of: &Path) -> String {
    let mut parts = match of.root {
        PathRoot::Auth => vec!["auth()".to_owned()],
        PathRoot::Before => vec!["before()".to_owned()],
        PathRoot::Scope(0) => Vec::new(),
        PathRoot::Scope(_) => vec!["this".to_owned()],
    };
    let mut model = of.root_model;
    for relation in of.relations.iter().chain(&of.field) {
        parts.push(name(schema, model, *relation));
        if let Some(relation) = schema.model(model).field(*relation).relation() {
            model = relation.target;
        }
    }
    parts.extend(of.members.iter().cloned());
    if parts.is_empty() { "this".to_owned() } else { parts.join(".") }
}

fn name(schema: &Schema, model: ModelId, field: FieldId) -> String {
    schema.model(model).field(field).name.clone()
}
