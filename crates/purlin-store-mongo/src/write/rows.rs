//! Rows that a step is about, as documents with the columns that it needs.

use mongodb::bson::{Bson, Document, doc};
use purlin_core::error::Error;
use purlin_core::schema::{FieldId, Model};

use super::plan::PlanContext;
use crate::error::Failure;
use crate::names::{collection, path};

/// The key of a document, and some of its columns.
pub(super) fn projection(model: &Model, fields: impl IntoIterator<Item = FieldId>) -> Document {
    let mut projection = doc! { "_id": 1 };
    for field in fields {
        projection.insert(path(model, field), 1);
    }
    projection
}

/// What a pipeline over the model's collection gives.
pub(super) async fn rows_of(
    context: &mut PlanContext<'_>,
    model: &Model,
    pipeline: Vec<Document>,
) -> Result<Vec<Document>, Failure> {
    let rows = context.work.rows(&collection(model), pipeline).await?;
    let document = |row: &mongodb::bson::RawDocumentBuf| Document::try_from(&**row).map_err(Error::internal);
    Ok(rows.iter().map(document).collect::<Result<_, _>>()?)
}

/// Rows with one of these values at the paths.
pub(super) async fn rows_with(
    context: &mut PlanContext<'_>,
    model: &Model,
    condition: Document,
    fields: impl IntoIterator<Item = FieldId>,
) -> Result<Vec<Document>, Failure> {
    let stages = vec![doc! { "$match": condition }, doc! { "$project": projection(model, fields) }];
    rows_of(context, model, stages).await
}

pub(super) async fn exists(
    context: &mut PlanContext<'_>,
    model: &Model,
    condition: Document,
) -> Result<bool, Failure> {
    let stages = vec![doc! { "$match": condition }, doc! { "$limit": 1 }, doc! { "$project": { "_id": 1 } }];
    Ok(!context.work.rows(&collection(model), stages).await?.is_empty())
}

/// The paths hold one of these keys, each a value for each path.
pub(super) fn among(paths: &[&str], keys: &[Vec<Bson>]) -> Document {
    if let [only] = paths {
        let keys: Vec<Bson> = keys.iter().flatten().cloned().collect();
        return doc! { *only: { "$in": keys } };
    }
    let key = |key: &Vec<Bson>| -> Document {
        paths.iter().map(|path| (*path).to_owned()).zip(key.iter().cloned()).collect()
    };
    if keys.is_empty() {
        doc! { "_id": { "$in": [] } }
    } else {
        doc! { "$or": keys.iter().map(key).collect::<Vec<_>>() }
    }
}

pub(super) fn id_of(row: &Document) -> Bson {
    row.get("_id").cloned().unwrap_or(Bson::Null)
}

/// The values at the paths; `None` where one is null, which refers to nothing.
pub(super) fn key_at(row: &Document, paths: &[&str]) -> Option<Vec<Bson>> {
    paths.iter().map(|path| row.get(path).filter(|value| **value != Bson::Null).cloned()).collect()
}
