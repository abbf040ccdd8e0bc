//! A look at every value of the source before anything is written: how many rows there are, and what the target could
//! not hold.

use std::collections::BTreeMap;
use std::sync::Arc;

use purlin_core::schema::{FieldId, ModelId, Schema};
use purlin_core::statement::Heap;
use purlin_core::store::Store;
use purlin_core::value::Value;
use purlin_migrate::physical;

use super::counts::Given;
use super::pages::{Page, Pages};
use super::parts::Part;
use super::problems::{Misfit, Misfits};
use crate::cli::Failure;
use crate::wire::Database;

/// How many rows each part has, in their order.
#[derive(Debug, Default)]
pub struct Survey {
    pub rows: Vec<u64>,
}

impl Survey {
    pub fn total(&self) -> u64 {
        self.rows.iter().sum()
    }
}

/// `progress` hears of each part before it, with its number.
pub async fn survey(
    source: &Arc<dyn Store>,
    schema: &Arc<Schema>,
    parts: &[Part],
    target: &Database,
    mut progress: impl FnMut(&str, usize),
) -> Result<Survey, Failure> {
    let lengths = Lengths::of(schema, target)?;
    let (mut survey, mut misfits) = (Survey::default(), Misfits::default());
    for (number, part) in parts.iter().enumerate() {
        progress(&part.label, number);
        let mut pages = Pages::new(source, schema, part, None);
        let (mut rows, mut given) = (0, Given::default());
        loop {
            let mut page = pages.next().await.map_err(|error| unreadable(part, &error))?;
            rows += page.count;
            given.add(&page);
            std::mem::take(&mut page.misfits).into_iter().for_each(|misfit| misfits.add(misfit));
            lengths.check(schema, part, &page, &mut misfits);
            if page.is_last {
                break;
            }
        }
        given.require_all_rows(source, schema, part).await?;
        given.find_lost(source, schema, part, &mut misfits).await?;
        survey.rows.push(rows);
    }
    if misfits.is_empty() {
        return Ok(survey);
    }
    let what = format!("{} could not hold these values; nothing was written:", target.place);
    Err(misfits
        .failure("DATA_DOES_NOT_FIT", &what)
        .with_help("correct them where they are, and run it again"))
}

/// The parts that hold rows.
pub async fn occupied(
    store: &Arc<dyn Store>,
    schema: &Arc<Schema>,
    parts: &[Part],
) -> Result<Vec<String>, Failure> {
    let mut found = Vec::new();
    for part in parts {
        let page = Pages::new(store, schema, part, None).next().await;
        if page.map_err(|error| unreadable(part, &error))?.count > 0 {
            found.push(part.label.clone());
        }
    }
    Ok(found)
}

pub(super) fn unreadable(part: &Part, error: &purlin_core::Error) -> Failure {
    let cause = std::error::Error::source(error).map(|cause| format!(": {cause}")).unwrap_or_default();
    Failure::problem("DATABASE", format!("{} cannot be read: {error}{cause}", part.label))
}

/// Columns of the target that hold only so many characters or bytes.
struct Lengths(BTreeMap<(ModelId, FieldId), usize>);

impl Lengths {
    fn of(schema: &Schema, target: &Database) -> Result<Self, Failure> {
        let Some(dialect) = target.place.dialect() else { return Ok(Self(BTreeMap::new())) };
        let physical = physical(schema, target.datasource, dialect)
            .map_err(|error| crate::cli::migration_failure(&error))?;
        let mut found = BTreeMap::new();
        for table in &physical.tables {
            let model =
                table.model.as_ref().and_then(|name| schema.models.iter().find(|model| model.name == *name));
            let Some(model) = model else { continue };
            for column in table.columns.iter().filter(|column| !column.is_list) {
                let field = model.columns().find(|field| field.column == column.name);
                if let (Some(field), Some(length)) = (field, length(&column.column_type)) {
                    found.insert((model.id, field.id), length);
                }
            }
        }
        Ok(Self(found))
    }

    fn check(&self, schema: &Schema, part: &Part, page: &Page, misfits: &mut Misfits) {
        let Heap::Model(id) = part.heap else { return };
        let model = schema.model(id);
        for (position, field) in page.rows.fields.iter().enumerate() {
            let Some(most) = self.0.get(&(id, *field)) else { continue };
            for row in page.rows.values.chunks(page.rows.width().max(1)) {
                let is_long = match row.get(position) {
                    Some(Value::String(text)) => text.chars().count() > *most,
                    Some(Value::Bytes(bytes)) => bytes.len() > *most,
                    _ => false,
                };
                if is_long {
                    misfits.add(Misfit {
                        part: part.label.clone(),
                        field: model.field(*field).name.clone(),
                        key: key_of(model, page, row),
                        message: format!("is longer than {most}, which is all that its column holds there"),
                    });
                }
            }
        }
    }
}

/// `varchar(191)`, `char(3)`, `varbinary(191)`.
fn length(column_type: &str) -> Option<usize> {
    let (name, rest) = column_type.split_once('(')?;
    let is_text = matches!(name.to_ascii_lowercase().as_str(), "varchar" | "char" | "varbinary" | "binary");
    is_text.then(|| rest.split_once(')')?.0.parse().ok()).flatten()
}

/// Of a row of the page, as people name it.
pub(super) fn key_of(model: &purlin_core::schema::Model, page: &Page, row: &[Value]) -> String {
    let part = |key: &purlin_core::schema::Field| {
        let position = page.rows.fields.iter().position(|field| *field == key.id)?;
        Some(shown(row.get(position)?))
    };
    model.key_fields().map(|key| part(key).unwrap_or_default()).collect::<Vec<_>>().join(", ")
}

fn shown(value: &Value) -> String {
    match value {
        Value::Int(number) => number.to_string(),
        Value::Decimal(number) => format!("\"{number}\""),
        Value::String(text) => serde_json::Value::from(text.as_str()).to_string(),
        Value::DateTime(time) => format!("\"{time}\""),
        other => format!("{other:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::length;

    #[test]
    fn lengths_of_columns() {
        let rows = [
            ("varchar(191)", Some(191)),
            ("VARCHAR(20) COLLATE \"C\"", Some(20)),
            ("varbinary(8)", Some(8)),
            ("decimal(65,30)", None),
            ("longtext", None),
            ("varchar", None),
        ];
        for (text, expected) in rows {
            assert_eq!(length(text), expected, "{text}");
        }
    }
}
