//! Rows that are put into collections as they are.

use std::time::{Duration, Instant};

use mongodb::ClientSession;
use mongodb::bson::{Document, doc};
use mongodb::error::Error as DriverError;
use mongodb::options::ReadConcern;
use purlin_core::error::Error;
use purlin_core::schema::{Field, FieldId, Link, ModelId, Schema};
use purlin_core::statement::{Heap, Load, LoadOutcome, Rows};
use purlin_core::value::Value;

use super::conflict::explain;
use super::counters::{counter_id, counts_up};
use super::insert::compound_id;
use crate::error::Failure;
use crate::names::{COUNTERS, collection, path, single_key};
use crate::shared::Shared;
use crate::value::{Element, encode};

/// A server keeps a transaction whose client is gone for a minute.
const LONGEST_WAIT: Duration = Duration::from_secs(90);
const PAUSE: Duration = Duration::from_millis(100);

pub(crate) async fn load(shared: &Shared, load: Load) -> Result<(), Error> {
    if !shared.has_transactions {
        let text = "rows are moved in transactions, for which MongoDB must run as a replica set";
        return Err(Error::Unsupported(text.to_owned()));
    }
    let (started, limit) = (Instant::now(), shared.config.write_timeout);
    loop {
        match run(shared, &load).await {
            Err(failure) if failure.is_transient() && started.elapsed() < LONGEST_WAIT.min(limit) => {
                tokio::time::sleep(PAUSE).await;
            }
            loaded => return loaded.map_err(|failure| failure.into_core(limit)),
        }
    }
}

async fn run(shared: &Shared, load: &Load) -> Result<(), Failure> {
    let mut session = shared.client.start_session().await?;
    session.start_transaction().read_concern(ReadConcern::snapshot()).await?;
    let written = write(shared, &mut session, load).await;
    if written.is_err() || load.outcome == LoadOutcome::Undone {
        // Where the server does not hear of it, it does so by itself.
        let _ = session.abort_transaction().await;
        return written;
    }
    // Before the rows are there: a gap does no harm, a number that is given twice does.
    for rows in &load.rows {
        count_on(shared, rows).await?;
    }
    super::transaction::commit(&mut session, Instant::now() + shared.config.write_timeout).await
}

async fn write(shared: &Shared, session: &mut ClientSession, load: &Load) -> Result<(), Failure> {
    for heap in &load.emptied {
        let name = name_of(&shared.schema, *heap)?;
        shared.database.collection::<Document>(&name).delete_many(doc! {}).session(&mut *session).await?;
    }
    for rows in load.rows.iter().filter(|rows| !rows.values.is_empty()) {
        let name = name_of(&shared.schema, rows.heap)?;
        let documents =
            rows.values.chunks(rows.width().max(1)).map(|row| document(&shared.schema, rows, row));
        let documents: Vec<Document> = documents.collect();
        let into = shared.database.collection::<Document>(&name);
        let inserted = into.insert_many(documents).session(&mut *session).await;
        inserted.map_err(|error| explained(&shared.schema, rows.heap, error))?;
    }
    Ok(())
}

fn name_of(schema: &Schema, heap: Heap) -> Result<String, Error> {
    match heap {
        Heap::Model(model) => Ok(collection(schema.model(model)).into_owned()),
        Heap::Pairs(model, relation) => {
            match schema.model(model).field(relation).relation().map(|it| &it.link) {
                Some(Link::Join(join)) => Ok(join.table.clone()),
                _ => Err(Error::internal("pairs of a relation without a join table")),
            }
        }
    }
}

fn document(schema: &Schema, rows: &Rows, row: &[Value]) -> Document {
    match rows.heap {
        Heap::Model(model) => {
            let model = schema.model(model);
            let mut document = Document::new();
            for (field, value) in rows.fields.iter().zip(row) {
                let element = Element::of(schema, model.field(*field));
                document.insert(path(model, *field), encode(value, Some(element)));
            }
            if single_key(model).is_none() {
                document.insert("_id", compound_id(model, &document));
            }
            document
        }
        Heap::Pairs(model, relation) => pair(schema, (model, relation), row).unwrap_or_default(),
    }
}

fn pair(schema: &Schema, (model, relation): (ModelId, FieldId), row: &[Value]) -> Option<Document> {
    let near = schema.model(model);
    let relation = near.field(relation).relation()?;
    let Link::Join(join) = &relation.link else { return None };
    let far = schema.model(relation.target);
    let ends =
        [(&join.local_column, near.field(join.local_key)), (&join.target_column, far.field(join.target_key))];
    let member = |((column, key), value): ((&String, &Field), &Value)| {
        (column.clone(), encode(value, Some(Element::of(schema, key))))
    };
    Some(ends.into_iter().zip(row).map(member).collect())
}

async fn count_on(shared: &Shared, rows: &Rows) -> Result<(), Failure> {
    let Heap::Model(model) = rows.heap else { return Ok(()) };
    let model = shared.schema.model(model);
    for (position, field) in
        rows.fields.iter().enumerate().filter(|(_, field)| counts_up(model.field(**field)))
    {
        let numbers = rows.values.iter().skip(position).step_by(rows.width().max(1));
        let last =
            numbers.filter_map(|value| if let Value::Int(number) = value { Some(*number) } else { None });
        let Some(last) = last.max() else { continue };
        let counters = shared.database.collection::<Document>(COUNTERS);
        let (id, raise) = (doc! { "_id": counter_id(model, *field) }, doc! { "$max": { "last": last } });
        counters.update_one(id, raise).upsert(true).await?;
    }
    Ok(())
}

fn explained(schema: &Schema, heap: Heap, error: DriverError) -> Failure {
    match heap {
        Heap::Model(model) => explain(schema, model, error.into()),
        Heap::Pairs(..) => error.into(),
    }
}
