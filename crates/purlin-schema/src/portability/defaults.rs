//! Values that the database makes: numbers that are counted, and `dbgenerated("…")`.

use super::Engine;
use super::scope::{Found, Scope};
use crate::model::{DefaultFunction, DefaultValue, Field, Model};

pub(super) fn is_counted(field: &Field) -> bool {
    matches!(
        field.default,
        Some(DefaultValue::Function(DefaultFunction::Autoincrement | DefaultFunction::Sequence))
    )
}

/// Counted fields that the engine does not count. Asked of SQLite, which counts the key only, and of MySQL, which
/// counts one field of a table, and what a key begins with.
pub(super) fn counted(scope: &Scope<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    for model in scope.models() {
        let counted: Vec<&Field> = model.fields.iter().filter(|field| is_counted(field)).collect();
        let is_single_key = |field: &Field| field.is_id && model.primary_key.fields.len() == 1;
        for (number, field) in counted.iter().enumerate() {
            let of_field = Found::of_field(model, field);
            match scope.engine {
                Engine::Sqlite if !is_single_key(field) => {
                    found.push(of_field.detail("only the key of one field is counted"));
                }
                Engine::MySql if number > 0 => {
                    found.push(of_field.detail("only one field of a model is counted"));
                }
                Engine::MySql if !leads(model, field) => {
                    found.push(of_field.detail("only a field that a key or an index begins with is counted"));
                }
                _ => {}
            }
        }
    }
    found
}

fn leads(model: &Model, field: &Field) -> bool {
    let begins =
        |parts: &[crate::model::IndexField]| parts.first().is_some_and(|part| part.field == field.id);
    field.is_unique
        || begins(&model.primary_key.fields)
        || model.uniques.iter().any(|unique| begins(&unique.fields))
        || model.indexes.iter().any(|index| begins(&index.fields))
}

/// What an engine makes of the text of `dbgenerated("…")`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Made {
    /// The same value as elsewhere.
    Known,
    /// What was to be reckoned from the time of the write is left away.
    JustNow,
    AsWritten,
    Nothing,
}

pub(super) fn as_written(scope: &Scope<'_>) -> Vec<Found> {
    generated(scope, |model, _, made| made == Made::AsWritten && !scope.is_home(model))
}

/// Beside the key, where no value means null.
pub(super) fn dropped(scope: &Scope<'_>) -> Vec<Found> {
    generated(scope, |_, field, made| made == Made::Nothing && !field.is_id)
}

pub(super) fn dropped_key(scope: &Scope<'_>) -> Vec<Found> {
    generated(scope, |_, field, made| made == Made::Nothing && field.is_id)
}

/// `now() + interval '7 days'`, which no other engine understands.
pub(super) fn reckoned(scope: &Scope<'_>) -> Vec<Found> {
    generated(scope, |_, _, made| made == Made::JustNow)
}

/// `dbgenerated()` without a text.
pub(super) fn by_trigger(scope: &Scope<'_>) -> Vec<Found> {
    let is_it = |field: &Field| {
        matches!(field.default, Some(DefaultValue::Function(DefaultFunction::Dbgenerated(None))))
    };
    scope
        .columns()
        .filter(|(_, field)| is_it(field))
        .map(|(model, field)| Found::of_field(model, field))
        .collect()
}

fn generated(scope: &Scope<'_>, is_it: impl Fn(&Model, &Field, Made) -> bool) -> Vec<Found> {
    let mut found = Vec::new();
    for (model, field) in scope.columns() {
        let Some(DefaultValue::Function(DefaultFunction::Dbgenerated(Some(sql)))) = &field.default else {
            continue;
        };
        if is_it(model, field, made(scope.engine, sql)) {
            found.push(Found::of_field(model, field).detail(format!("dbgenerated({sql:?})")));
        }
    }
    found
}

/// As the dialects' `default_value` and the store of MongoDB read it.
fn made(engine: Engine, sql: &str) -> Made {
    let sql = sql.trim();
    let lower = sql.to_ascii_lowercase();
    if let Some(rest) = lower.strip_prefix("now()").or_else(|| lower.strip_prefix("current_timestamp")) {
        let is_reckoned = rest.contains(['+', '-']) || rest.contains(" on update ");
        return match engine {
            _ if !is_reckoned => Made::Known,
            Engine::Postgres => Made::AsWritten,
            _ => Made::JustNow,
        };
    }
    let is_truth = lower == "true" || lower == "false";
    if matches!(engine, Engine::MongoDb) {
        return if is_truth || lower.is_empty() || lower == "null" { Made::Known } else { Made::Nothing };
    }
    let is_uuid = matches!(lower.as_str(), "gen_random_uuid()" | "uuid()" | "(uuid())");
    let value = sql.split("::").next().unwrap_or(sql).trim();
    let is_text = value.len() >= 2 && value.starts_with('\'') && value.ends_with('\'');
    let is_number = value.parse::<f64>().is_ok_and(f64::is_finite);
    if is_uuid || is_text || is_number || is_truth || lower.is_empty() || lower == "null" {
        return Made::Known;
    }
    match engine {
        // An extension's name, which every other engine knows to be a UUID.
        Engine::Postgres => Made::AsWritten,
        _ if lower == "uuid_generate_v4()" => Made::Known,
        _ if lower.contains("::") || lower.starts_with("nextval(") => Made::Nothing,
        _ => Made::AsWritten,
    }
}
