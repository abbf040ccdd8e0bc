//! What the database refused, in terms of the schema: which fields collide, which relation
//! leads nowhere, which rows still refer to the one that should go. Never with which value.

use purlin_core::error::{Error, FieldErrors};
use purlin_core::schema::{Field, FieldId, Link, Model, ModelId, Quantifier, Relation};
use purlin_core::statement::{Change, Filter, Insert, Origin, Update, WriteValue};
use purlin_core::value::Value;
use purlin_sql::dialect::Sqlite;
use purlin_sql::{Dialect, Source, render_exists};
use rusqlite::ErrorCode;
use rusqlite::ffi;

use super::failure::engine_error;
use super::plan::PlanContext;
use crate::connection::ARITHMETIC_PREFIX;
use crate::value::bind_all;
use purlin_sql::Sources;

/// What was tried.
#[derive(Clone, Copy, Debug)]
pub(super) enum Attempt<'a> {
    Insert(&'a Insert),
    Update(&'a Update),
    Delete {
        model: ModelId,
        filter: &'a Filter,
    },
    Link {
        model: ModelId,
        relation: FieldId,
    },
    /// Nothing that constraints can stop.
    Other,
}

impl Attempt<'_> {
    pub(super) fn explain(
        &self,
        context: &PlanContext<'_>,
        sources: Sources<'_>,
        error: rusqlite::Error,
    ) -> Error {
        let limit = context.time_limit.limit();
        let rusqlite::Error::SqliteFailure(code, Some(message)) = &error else {
            return engine_error(error, limit);
        };
        if let Some((field, reason)) =
            message.strip_prefix(ARITHMETIC_PREFIX).and_then(|rest| rest.split_once(": "))
        {
            return Error::invalid(field, reason);
        }
        if code.code != ErrorCode::ConstraintViolation {
            return engine_error(error, limit);
        }
        match code.extended_code {
            ffi::SQLITE_CONSTRAINT_UNIQUE
            | ffi::SQLITE_CONSTRAINT_PRIMARYKEY
            | ffi::SQLITE_CONSTRAINT_ROWID => taken(context, message),
            ffi::SQLITE_CONSTRAINT_NOTNULL => absent(context, message),
            ffi::SQLITE_CONSTRAINT_CHECK => {
                let rule = message.rsplit(": ").next().unwrap_or_default();
                Error::invalid("", format!("breaks the rule `{rule}` of the database"))
            }
            _ if message.contains("FOREIGN KEY") => self.dangling(context, sources),
            // Strict tables, triggers.
            _ => Error::invalid("", format!("the database refuses it: {message}")),
        }
    }

    fn dangling(&self, context: &PlanContext<'_>, sources: Sources<'_>) -> Error {
        let found = match self {
            Self::Insert(insert) => {
                let given = |field| {
                    let found = insert.values.iter().find(|(known, _)| *known == field);
                    found.and_then(|(_, value)| known_value(value, sources))
                };
                missing_target(context, insert.model, given)
            }
            Self::Update(update) => {
                let given = |field| {
                    let found = update.changes.iter().find(|(known, _)| *known == field);
                    found.and_then(|(_, change)| match change {
                        Change::Set(value) => known_value(value, sources),
                        _ => None,
                    })
                };
                missing_target(context, update.model, given)
                    .or_else(|| still_referred(context, update.model, &update.filter, sources))
            }
            Self::Delete { model, filter } => still_referred(context, *model, filter, sources),
            Self::Link { model, relation } => {
                let field = context.schema.model(*model).field(*relation);
                Some(conflict(
                    "one of the two rows does not exist",
                    [(field.name.as_str(), "refers to a row that does not exist")],
                ))
            }
            Self::Other => None,
        };
        found.unwrap_or_else(|| conflict("rows that refer to each other would no longer fit", []))
    }
}

fn conflict<'a>(message: &str, fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> Error {
    let mut errors = FieldErrors::default();
    for (field, text) in fields {
        errors.add(field, text);
    }
    Error::Conflict { message: message.to_owned(), fields: errors }
}

/// `UNIQUE constraint failed: Post.slug, Post.authorId`.
fn taken(context: &PlanContext<'_>, message: &str) -> Error {
    let Some((model, fields)) = named_columns(context, message) else {
        return conflict("such a row already exists", []);
    };
    let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
    let article = if model.name.starts_with(['A', 'E', 'I', 'O']) { "an" } else { "a" };
    conflict(
        &format!("{article} {} with this {} already exists", model.name, names.join(" and ")),
        names.iter().map(|name| (*name, "is already taken")),
    )
}

/// `NOT NULL constraint failed: Post.title`.
fn absent(context: &PlanContext<'_>, message: &str) -> Error {
    let mut errors = FieldErrors::default();
    match named_columns(context, message) {
        Some((_, fields)) => fields.iter().for_each(|field| errors.add(&field.name, "is required")),
        None => errors.add("", "a required value is missing"),
    }
    Error::Invalid(errors)
}

/// The model and the fields that SQLite names by table and column.
fn named_columns<'s>(context: &PlanContext<'s>, message: &str) -> Option<(&'s Model, Vec<&'s Field>)> {
    let (_, list) = message.split_once("failed: ")?;
    context.schema.models.iter().find_map(|model| {
        let table = Sqlite.table_name(model);
        let columns: Option<Vec<&str>> = list
            .split(", ")
            .map(|column| column.strip_prefix(&*table).and_then(|rest| rest.strip_prefix('.')))
            .collect();
        let columns = columns?;
        let fields: Option<Vec<&Field>> =
            columns.iter().map(|column| model.columns().find(|field| field.column == *column)).collect();
        Some((model, fields?))
    })
}

fn known_value(value: &WriteValue, sources: Sources<'_>) -> Option<Value> {
    let source = match value {
        WriteValue::Param(param) => Source::Param(*param),
        WriteValue::Loaded { slot, field } => Source::Loaded(*slot, *field),
    };
    sources.value(&source).cloned()
}

/// The first relation whose written key leads nowhere.
fn missing_target(
    context: &PlanContext<'_>,
    model: ModelId,
    given: impl Fn(FieldId) -> Option<Value>,
) -> Option<Error> {
    let model = context.schema.model(model);
    for field in &model.fields {
        let Some(relation) = field.relation().filter(|it| it.is_owning() && !it.is_split) else { continue };
        let values: Option<Vec<Value>> = relation.pairs().map(|(own, _)| given(own)).collect();
        let Some(values) = values else { continue };
        if values.iter().any(Value::is_null) || target_exists(context, relation, &values) {
            continue;
        }
        let target = &context.schema.model(relation.target).name;
        let own: Vec<&str> = relation.pairs().map(|(own, _)| model.field(own).name.as_str()).collect();
        return Some(conflict(
            &format!("the {target} that `{}` refers to does not exist", field.name),
            own.into_iter().map(|name| (name, "refers to a row that does not exist")),
        ));
    }
    None
}

fn target_exists(context: &PlanContext<'_>, relation: &Relation, values: &[Value]) -> bool {
    use purlin_core::schema::CompareOp;
    use purlin_core::statement::{Operand, ParamId};
    let parts = relation.pairs().zip(0..).map(|((_, other), number)| Filter::Compare {
        op: CompareOp::Equal,
        left: Operand::Column {
            origin: Origin::ROW,
            model: relation.target,
            relations: Vec::new(),
            field: other,
        },
        right: Operand::Param(ParamId(number)),
    });
    exists(context, relation.target, &Filter::all(parts), Sources::new(values, &[]))
}

/// The first relation through which rows still refer to the ones to change.
fn still_referred(
    context: &PlanContext<'_>,
    model: ModelId,
    filter: &Filter,
    sources: Sources<'_>,
) -> Option<Error> {
    let described = context.schema.model(model);
    for field in &described.fields {
        let Some(relation) = field.relation() else { continue };
        if relation.is_split || !matches!(relation.link, Link::Inverse { .. }) {
            continue;
        }
        let referred = Filter::Related {
            origin: Origin::ROW,
            model,
            relation: field.id,
            quantifier: Quantifier::Some,
            condition: Box::new(Filter::Always),
        };
        if exists(context, model, &Filter::all([filter.clone(), referred]), sources) {
            let other = &context.schema.model(relation.target).name;
            return Some(conflict(
                &format!("a {other} still refers to this {} (`{}`)", described.name, field.name),
                [(field.name.as_str(), "still refers to it")],
            ));
        }
    }
    None
}

/// Only to say more about a failure: a failure of its own says nothing.
fn exists(context: &PlanContext<'_>, model: ModelId, filter: &Filter, sources: Sources<'_>) -> bool {
    let statement = render_exists(context.schema, &Sqlite, model, filter);
    let found = context.connection.prepare_cached(&statement.text).and_then(|mut prepared| {
        bind_all(&mut prepared, &statement.bindings, sources)?;
        let found = prepared.raw_query().next()?.is_some();
        Ok(found)
    });
    found.unwrap_or(false)
}
