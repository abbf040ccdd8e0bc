//! What the server refused, in terms of the schema: which fields collide, which relation leads nowhere, which rows
//! still refer to the one that should go. Never with which value.

use purlin_core::error::{Error, FieldErrors};
use purlin_core::schema::{Field, FieldId, FieldKind, Link, Model, ModelId, Quantifier, Scalar};
use purlin_core::statement::{Change, Filter, Insert, Origin, Update};
use purlin_core::value::Value;

use super::connection::{Connection, Refusal};
use super::plan::Context;
use crate::binding::Source;
use crate::render::{render_exists, render_load};
use crate::rows::{Cells, value_of};
use crate::sources::Sources;

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

/// The same refusal, in words for whoever asked, if it has to do with their data.
pub(super) async fn explain<C: Connection>(
    context: &mut Context<'_, C>,
    sources: Sources<'_>,
    attempt: &Attempt<'_>,
    refusal: Refusal,
) -> Refusal {
    let error = match refusal {
        Refusal::Unique { table, index } => {
            if let Err(refusal) = context.connection.recover().await {
                return refusal;
            }
            let columns = context.connection.index_columns(&table, &index).await;
            taken(context, &table, &columns)
        }
        Refusal::ForeignKey { table, columns } => {
            if let Err(refusal) = context.connection.recover().await {
                return refusal;
            }
            dangling(context, sources, attempt, &table, &columns).await
        }
        Refusal::NotNull { column } => match field_of(context, attempt, &column) {
            Some(name) => Error::invalid(name, "is required"),
            None => Error::invalid("", "a required value is missing"),
        },
        Refusal::TooLong { column } => {
            let field = column.and_then(|column| field_of(context, attempt, &column)).unwrap_or_default();
            Error::invalid(field, "is longer than the database can hold")
        }
        Refusal::Check { rule } => Error::invalid("", format!("breaks the rule `{rule}` of the database")),
        refusal @ (Refusal::OutOfRange | Refusal::DivisionByZero) => {
            if let Err(refusal) = context.connection.recover().await {
                return refusal;
            }
            calculation(context, sources, attempt, &refusal).await
        }
        refusal => return refusal,
    };
    Refusal::Core(error)
}

fn conflict<'a>(message: &str, fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> Error {
    let mut errors = FieldErrors::default();
    for (field, text) in fields {
        errors.add(field, text);
    }
    Error::Conflict { message: message.to_owned(), fields: errors }
}

fn model_of_table<'s, C>(context: &'s Context<'_, C>, table: &str) -> Option<&'s Model> {
    let named = |model: &&Model| {
        let name = context.database.dialect.table_name(model);
        // Some servers tell the table without its schema.
        *name == *table || model.table == table
    };
    context.schema().models.iter().find(named)
}

fn taken<C>(context: &Context<'_, C>, table: &str, columns: &[String]) -> Error {
    let found = model_of_table(context, table).and_then(|model| {
        let fields: Option<Vec<&Field>> =
            columns.iter().map(|column| model.columns().find(|field| field.column == *column)).collect();
        fields.filter(|fields| !fields.is_empty()).map(|fields| (model, fields))
    });
    let Some((model, fields)) = found else { return conflict("such a row already exists", []) };
    let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
    let article = if model.name.starts_with(['A', 'E', 'I', 'O']) { "an" } else { "a" };
    conflict(
        &format!("{article} {} with this {} already exists", model.name, names.join(" and ")),
        names.iter().map(|name| (*name, "is already taken")),
    )
}

/// The field of the row that is written which stands in this column.
fn field_of<C>(context: &Context<'_, C>, attempt: &Attempt<'_>, column: &str) -> Option<String> {
    let model = match attempt {
        Attempt::Insert(insert) => insert.model,
        Attempt::Update(update) => update.model,
        Attempt::Delete { .. } | Attempt::Link { .. } | Attempt::Other => return None,
    };
    let field = context.schema().model(model).columns().find(|field| field.column == column)?;
    Some(field.name.clone())
}

/// Servers do not say which calculation it was: the row as it is tells.
async fn calculation<C: Connection>(
    context: &mut Context<'_, C>,
    sources: Sources<'_>,
    attempt: &Attempt<'_>,
    refusal: &Refusal,
) -> Error {
    let is_by_zero = matches!(refusal, Refusal::DivisionByZero);
    let found = match attempt {
        Attempt::Update(update) => calculated(context, sources, update).await,
        _ => Vec::new(),
    };
    let fails = |calculation: &&Calculation<'_>| calculation.fails(is_by_zero);
    let Some(culprit) = found.iter().find(fails).or_else(|| found.first()) else {
        return Error::invalid("", "a value lies outside of what its column holds");
    };
    let reason = if is_by_zero {
        "cannot be divided by zero"
    } else if matches!(culprit.field.kind, FieldKind::Scalar(Scalar::Int)) {
        "the result must lie between -2147483648 and 2147483647"
    } else {
        "the result is too large"
    };
    Error::invalid(culprit.field.name.clone(), reason)
}

/// A number that an update changes, with what the row and the request hold.
struct Calculation<'s> {
    field: &'s Field,
    change: Change,
    old: Value,
    by: Value,
}

impl Calculation<'_> {
    fn fails(&self, by_zero: bool) -> bool {
        match (&self.old, &self.by, &self.change) {
            (_, Value::Int(0), Change::Divide(_)) => by_zero,
            (_, Value::Float(by), Change::Divide(_)) if *by == 0.0 => by_zero,
            _ if by_zero => matches!(self.change, Change::Divide(_)) && self.by.is_null(),
            (Value::Int(old), Value::Int(by), change) => {
                let result = match change {
                    Change::Increment(_) => old.checked_add(*by),
                    Change::Decrement(_) => old.checked_sub(*by),
                    Change::Multiply(_) => old.checked_mul(*by),
                    _ => old.checked_div(*by),
                };
                let is_int = matches!(self.field.kind, FieldKind::Scalar(Scalar::Int));
                result.is_none_or(|result| is_int && i32::try_from(result).is_err())
            }
            _ => false,
        }
    }
}

async fn calculated<'c, C: Connection>(
    context: &mut Context<'c, C>,
    sources: Sources<'_>,
    update: &Update,
) -> Vec<Calculation<'c>> {
    let schema = context.database.schema;
    let model = schema.model(update.model);
    let mut found = Vec::new();
    for (field, change) in &update.changes {
        let (Change::Increment(by) | Change::Decrement(by) | Change::Multiply(by) | Change::Divide(by)) =
            change
        else {
            continue;
        };
        let by = sources.value(&Source::Param(*by)).cloned().unwrap_or(Value::Null);
        found.push(Calculation { field: model.field(*field), change: change.clone(), old: Value::Null, by });
    }
    let fields: Vec<FieldId> = found.iter().map(|calculation| calculation.field.id).collect();
    let load = render_load(schema, context.database.dialect, update.model, &fields, &update.filter);
    let mut each = |row: &dyn Cells| {
        for (position, (calculation, column)) in found.iter_mut().zip(&load.returning).enumerate() {
            calculation.old = value_of(&column.decode, row.cell(position));
        }
        true
    };
    // Only to say more about a failure: a failure of its own says nothing.
    drop(context.connection.run(&load.text, &load.bindings, sources, &mut each).await);
    found
}

async fn dangling<C: Connection>(
    context: &mut Context<'_, C>,
    sources: Sources<'_>,
    attempt: &Attempt<'_>,
    table: &str,
    columns: &[String],
) -> Error {
    let fallback = || conflict("rows that refer to each other would no longer fit", []);
    let found = match attempt {
        Attempt::Insert(insert) => missing_target(context, insert.model, table, columns),
        Attempt::Update(update) => match missing_target(context, update.model, table, columns) {
            Some(error) => Some(error),
            None => still_referred(context, update.model, &update.filter, sources).await,
        },
        Attempt::Delete { model, filter } => still_referred(context, *model, filter, sources).await,
        Attempt::Link { model, relation } => {
            let field = context.schema().model(*model).field(*relation);
            Some(conflict(
                "one of the two rows does not exist",
                [(field.name.as_str(), "refers to a row that does not exist")],
            ))
        }
        Attempt::Other => None,
    };
    found.unwrap_or_else(fallback)
}

/// The relation of the written row whose key the server named.
fn missing_target<C>(
    context: &Context<'_, C>,
    model: ModelId,
    table: &str,
    columns: &[String],
) -> Option<Error> {
    let model = context.schema().model(model);
    if model_of_table(context, table)?.id != model.id {
        return None;
    }
    let field = model.fields.iter().find(|field| {
        let relation = field.relation().filter(|it| it.is_owning() && !it.is_split);
        relation.is_some_and(|relation| {
            relation.pairs().map(|(own, _)| &model.field(own).column).eq(columns.iter())
        })
    })?;
    let relation = field.relation()?;
    let target = &context.schema().model(relation.target).name;
    let own: Vec<&str> = relation.pairs().map(|(own, _)| model.field(own).name.as_str()).collect();
    Some(conflict(
        &format!("the {target} that `{}` refers to does not exist", field.name),
        own.into_iter().map(|name| (name, "refers to a row that does not exist")),
    ))
}

/// The first relation through which rows still refer to the ones to change.
async fn still_referred<C: Connection>(
    context: &mut Context<'_, C>,
    model: ModelId,
    filter: &Filter,
    sources: Sources<'_>,
) -> Option<Error> {
    let schema = context.database.schema;
    let described = schema.model(model);
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
        if exists(context, model, &Filter::all([filter.clone(), referred]), sources).await {
            let other = &schema.model(relation.target).name;
            return Some(conflict(
                &format!("a {other} still refers to this {} (`{}`)", described.name, field.name),
                [(field.name.as_str(), "still refers to it")],
            ));
        }
    }
    None
}

/// Only to say more about a failure: a failure of its own says nothing.
async fn exists<C: Connection>(
    context: &mut Context<'_, C>,
    model: ModelId,
    filter: &Filter,
    sources: Sources<'_>,
) -> bool {
    let statement = render_exists(context.database.schema, context.database.dialect, model, filter);
    let mut is_there = false;
    let mut each = |_: &dyn Cells| {
        is_there = true;
        true
    };
    let ran = context.connection.run(&statement.text, &statement.bindings, sources, &mut each).await;
    ran.is_ok() && is_there
}
