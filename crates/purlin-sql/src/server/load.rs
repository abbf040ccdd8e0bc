//! Rows that are put into tables as they are, in the transaction that its connection is in.

use std::collections::HashMap;
use std::sync::Mutex;

use purlin_core::error::Error;
use purlin_core::schema::FieldId;
use purlin_core::statement::{Heap, Insert, Load, ParamId, Rows, WriteValue};
use purlin_core::value::Value;

use super::conflict::{Attempt, explain};
use super::connection::{Connection, Database, Refusal};
use super::plan::Context;
use crate::render::{LoadStatement, render_counting, render_emptying, render_rows};
use crate::sources::Sources;
use crate::statements::Statements;

/// Values of one statement at most: engines know limits from 32,766.
const MOST_VALUES: usize = 16_000;
const MOST_ROWS: usize = 256;

/// After an `Err` the transaction must be rolled back.
pub async fn run_load<C: Connection>(
    connection: &mut C,
    database: Database<'_>,
    statements: &Mutex<Statements>,
    load: &Load,
) -> Result<(), Refusal> {
    for heap in &load.emptied {
        if let Some(emptying) = render_emptying(database.schema, database.dialect, *heap) {
            run(connection, &emptying, &[]).await?;
        }
    }
    for rows in &load.rows {
        let mut rendered = HashMap::new();
        for chunk in chunks(rows) {
            let statement = match rendered.entry(chunk.len()) {
                std::collections::hash_map::Entry::Occupied(known) => known.into_mut(),
                std::collections::hash_map::Entry::Vacant(place) => {
                    place.insert(insert(database, rows, chunk)?)
                }
            };
            if let Err(refusal) = run(connection, statement, chunk).await {
                return Err(explained(connection, database, statements, rows, chunk, refusal).await);
            }
        }
        count_on(connection, database, rows).await?;
    }
    Ok(())
}

/// The values of as many rows as one statement takes. Their numbers are powers of two, so that few statements are
/// ever prepared.
pub fn chunks(rows: &Rows) -> impl Iterator<Item = &[Value]> {
    let width = rows.width().max(1);
    let most = (MOST_VALUES / width).clamp(1, MOST_ROWS);
    let mut rest = rows.values.as_slice();
    std::iter::from_fn(move || {
        let left = (rest.len() / width).min(most);
        let count = 1 << left.checked_ilog2()?;
        let (chunk, after) = rest.split_at_checked(count * width)?;
        rest = after;
        Some(chunk)
    })
}

/// The largest number of each column that may have to count on.
fn largest(rows: &Rows) -> impl Iterator<Item = (FieldId, i64)> + '_ {
    rows.fields.iter().enumerate().filter_map(|(position, field)| {
        let numbers = rows.values.iter().skip(position).step_by(rows.width().max(1));
        let number = numbers.filter_map(|value| match value {
            Value::Int(number) => Some(*number),
            _ => None,
        });
        Some((*field, number.max()?))
    })
}

fn insert(database: Database<'_>, rows: &Rows, chunk: &[Value]) -> Result<LoadStatement, Refusal> {
    let count = chunk.len() / rows.width().max(1);
    render_rows(database.schema, database.dialect, rows.heap, &rows.fields, count)
        .ok_or_else(|| Error::internal("pairs of a relation without a join table").into())
}

async fn run<C: Connection>(
    connection: &mut C,
    statement: &LoadStatement,
    values: &[Value],
) -> Result<u64, Refusal> {
    let sources = Sources::new(values, &[]);
    connection.run(&statement.text, &statement.bindings, sources, &mut |_| true).await
}

async fn count_on<C: Connection>(
    connection: &mut C,
    database: Database<'_>,
    rows: &Rows,
) -> Result<(), Refusal> {
    for (field, number) in largest(rows) {
        let counting = render_counting(database.schema, database.dialect, rows.heap, field);
        if let Some(counting) = counting {
            run(connection, &counting, &[Value::Int(number)]).await?;
        }
    }
    Ok(())
}

/// As an insert of one of the rows would be explained.
async fn explained<C: Connection>(
    connection: &mut C,
    database: Database<'_>,
    statements: &Mutex<Statements>,
    rows: &Rows,
    chunk: &[Value],
    refusal: Refusal,
) -> Refusal {
    let mut context = Context { connection, database, statements, plans: None };
    let sources = Sources::new(chunk, &[]);
    let Heap::Model(model) = rows.heap else {
        return explain(&mut context, sources, &Attempt::Other, refusal).await;
    };
    let value = |(position, field): (usize, &FieldId)| {
        (*field, WriteValue::Param(ParamId(u32::try_from(position).unwrap_or(u32::MAX))))
    };
    let values = rows.fields.iter().enumerate().map(value).collect();
    let insert = Insert {
        model,
        values,
        slot: None,
        returning: Vec::new(),
        shown: Vec::new(),
        skips_duplicates: false,
    };
    explain(&mut context, sources, &Attempt::Insert(&insert), refusal).await
}
