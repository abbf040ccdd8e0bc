//! Keys that lead to rows: each relation is asked for rows whose key leads nowhere.

use std::sync::Arc;

use purlin_core::Error;
use purlin_core::schema::{DatasourceId, Field, Model, Quantifier, Relation, Schema};
use purlin_core::sink::JsonSink;
use purlin_core::statement::{Filter, Guarded, Operand, Origin};
use purlin_core::store::Store;
use serde_json::{Map, Value as Json};

use super::REASON;
use super::counts::counting_read;
use super::pages::shown_key;
use crate::cli::Failure;

/// Rows that are shown of each relation.
const SHOWN: u64 = 5;

/// `place` is whose rows they are. Relations to other datasources are not the database's.
pub async fn require_references(
    store: &Arc<dyn Store>,
    schema: &Schema,
    datasource: DatasourceId,
    place: &str,
) -> Result<(), Failure> {
    let mut lines = Vec::new();
    for model in schema.models.iter().filter(|model| model.datasource == datasource && !model.is_view) {
        for field in &model.fields {
            let Some(relation) = field.relation().filter(|it| it.is_owning() && !it.is_split) else {
                continue;
            };
            let target = schema.model(relation.target);
            if target.is_view || target.datasource != datasource {
                continue;
            }
            let found = dangling(store, model, field, relation).await;
            let found = found.map_err(|error| {
                let cause =
                    std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
                let message = format!("{}.{} cannot be checked: {error}{cause}", model.name, field.name);
                Failure::problem("DATABASE", message)
            })?;
            if let Some((count, keys)) = found {
                let (rows, more) = if count == 1 { ("row", "") } else { ("rows", "s") };
                lines.push(format!(
                    "  - {}.{}: {count} {rows} lead to no {}, with the key{more} {keys}",
                    model.name, field.name, target.name
                ));
            }
        }
    }
    if lines.is_empty() {
        return Ok(());
    }
    let message = format!("in {place} rows refer to rows that are not there:\n{}", lines.join("\n"));
    Err(Failure::problem("DANGLING", message)
        .with_help("delete these rows where the data is now, or set their keys, and run it again"))
}

/// How many, and the keys of the first; `None` without any.
async fn dangling(
    store: &Arc<dyn Store>,
    model: &Model,
    field: &Field,
    relation: &Relation,
) -> Result<Option<(u64, String)>, Error> {
    let column =
        |field| Operand::Column { origin: Origin::ROW, model: model.id, relations: Vec::new(), field };
    let has_key = relation.pairs().map(|(local, _)| Filter::not(Filter::IsNull(column(local))));
    let leads_nowhere = Filter::Related {
        origin: Origin::ROW,
        model: model.id,
        relation: field.id,
        quantifier: Quantifier::None,
        condition: Box::new(Filter::Always),
    };
    let read = counting_read(model, Filter::all(has_key.chain([leads_nowhere])), SHOWN);
    let mut sink = JsonSink::default();
    let outcome = store.read(&Guarded::as_system(read, REASON), &mut sink).await?;
    let count = outcome.total.map_or(outcome.rows as u64, |total| total.rows);
    if count == 0 {
        return Ok(None);
    }
    let rows: Vec<Map<String, Json>> = serde_json::from_slice(&sink.into_bytes()).map_err(Error::internal)?;
    let key = |row: &Map<String, Json>| {
        let parts = model.key_fields().map(|key| row.get(&key.name).cloned().unwrap_or(Json::Null));
        shown_key(&parts.collect::<Vec<_>>())
    };
    let more = if count > rows.len() as u64 { " and others" } else { "" };
    Ok(Some((count, format!("{}{more}", rows.iter().map(key).collect::<Vec<_>>().join("; ")))))
}
