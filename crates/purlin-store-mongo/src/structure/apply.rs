//! Making the collections and indexes that are not there yet.

use std::collections::BTreeSet;

use mongodb::bson::Document;
use mongodb::options::IndexOptions;
use mongodb::{Database, IndexModel};

use super::wanted::{Collection, Index};
use crate::config::Config;
use crate::connect::{Opened, open};
use crate::error::{Error, code_of};

const COLLECTION_EXISTS: i32 = 48;

/// Makes what is missing, of a database that nothing need have been made in, and says what that was. Again it changes
/// nothing.
pub async fn apply(config: &Config, wanted: &[Collection]) -> Result<Vec<String>, Error> {
    let Opened { database, servers, .. } = open(config).await?;
    apply_to(&database, &servers, wanted, Change::Make).await
}

/// What [`apply`] would make.
pub async fn missing(config: &Config, wanted: &[Collection]) -> Result<Vec<String>, Error> {
    let Opened { database, servers, .. } = open(config).await?;
    apply_to(&database, &servers, wanted, Change::Nothing).await
}

/// Which of these collections are there.
pub async fn present(config: &Config, wanted: &[Collection]) -> Result<Vec<String>, Error> {
    let Opened { database, servers, .. } = open(config).await?;
    let known = database.list_collection_names().await;
    let known = known.map_err(|error| Error::Server { servers, detail: error.to_string() })?;
    Ok(wanted.iter().map(|collection| collection.name.clone()).filter(|name| known.contains(name)).collect())
}

/// Takes a collection away, with all that it holds.
pub async fn drop_collection(config: &Config, name: &str) -> Result<(), Error> {
    let Opened { database, servers, .. } = open(config).await?;
    let dropped = database.collection::<Document>(name).drop().await;
    dropped.map_err(|error| Error::Server { servers, detail: error.to_string() })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Make,
    /// Only look.
    Nothing,
}

pub(crate) async fn apply_to(
    database: &Database,
    servers: &str,
    wanted: &[Collection],
    change: Change,
) -> Result<Vec<String>, Error> {
    let mut steps = Vec::new();
    let failed = |error: mongodb::error::Error| Error::Server {
        servers: servers.to_owned(),
        detail: error.to_string(),
    };
    let known: BTreeSet<String> =
        database.list_collection_names().await.map_err(failed)?.into_iter().collect();
    for collection in wanted {
        let is_known = known.contains(&collection.name);
        if !is_known {
            steps.push(format!("create collection \"{}\"", collection.name));
        }
        if !is_known && change == Change::Make {
            match database.create_collection(&collection.name).await {
                // Somebody else was quicker.
                Err(error) if code_of(&error) == Some(COLLECTION_EXISTS) => {}
                result => result.map_err(failed)?,
            }
        }
        // Those of a new collection come with it.
        let made = make_indexes(database, collection, is_known, change).await?;
        steps.extend(made.into_iter().filter(|_| is_known));
    }
    Ok(steps)
}

async fn make_indexes(
    database: &Database,
    wanted: &Collection,
    is_known: bool,
    change: Change,
) -> Result<Vec<String>, Error> {
    let mut steps = Vec::new();
    let collection = database.collection::<Document>(&wanted.name);
    let failed = |index: &str, detail: String| Error::Index {
        collection: wanted.name.clone(),
        index: index.to_owned(),
        detail,
    };
    let mut there: Vec<IndexModel> = Vec::new();
    if is_known {
        let mut cursor =
            collection.list_indexes().await.map_err(|error| failed("(all)", error.to_string()))?;
        while cursor.advance().await.map_err(|error| failed("(all)", error.to_string()))? {
            there.push(cursor.deserialize_current().map_err(|error| failed("(all)", error.to_string()))?);
        }
    }
    let missing = wanted.indexes.iter().filter(|index| !there.iter().any(|known| serves(known, index)));
    for index in missing {
        steps.push(format!("create index \"{}\" on \"{}\"", index.name, wanted.name));
        if change == Change::Nothing {
            continue;
        }
        let options = IndexOptions::builder()
            .name(index.name.clone())
            .unique(index.is_unique.then_some(true))
            .partial_filter_expression(index.partial.clone())
            .build();
        let model = IndexModel::builder().keys(keys(index)).options(options).build();
        collection.create_index(model).await.map_err(|error| {
            let detail = match code_of(&error) {
                Some(11000) => "rows that are there already have equal values".to_owned(),
                Some(85 | 86) => "there is another index of this name or with these fields".to_owned(),
                _ => error.to_string(),
            };
            failed(&index.name, detail)
        })?;
    }
    Ok(steps)
}

fn keys(index: &Index) -> Document {
    index.keys.iter().map(|(path, direction)| (path.clone(), (*direction).into())).collect()
}

/// An index under another name does as well, if it promises as much.
fn serves(known: &IndexModel, wanted: &Index) -> bool {
    let is_unique = known.options.as_ref().is_some_and(|options| options.unique == Some(true));
    let is_same = known.keys.len() == wanted.keys.len()
        && known.keys.iter().zip(&wanted.keys).all(|((path, direction), (other, wanted))| {
            path == other && crate::value::bson_key(direction) == crate::value::bson_key(&(*wanted).into())
        });
    is_same && (is_unique || !wanted.is_unique)
}

#[cfg(test)]
mod tests {
    use mongodb::bson::doc;

    use super::*;

    #[test]
    fn indexes_of_other_tools_are_taken() {
        let wanted = Index {
            name: "posts_slug_key".to_owned(),
            keys: vec![("slug".to_owned(), 1)],
            is_unique: true,
            partial: None,
        };
        let known = |keys: Document, unique: bool| {
            let options = IndexOptions::builder().name("theirs".to_owned()).unique(unique).build();
            IndexModel::builder().keys(keys).options(options).build()
        };
        assert!(serves(&known(doc! { "slug": 1 }, true), &wanted));
        // Shells write numbers as doubles.
        assert!(serves(&known(doc! { "slug": 1.0 }, true), &wanted));
        assert!(!serves(&known(doc! { "slug": 1 }, false), &wanted));
        assert!(!serves(&known(doc! { "slug": -1 }, true), &wanted));
        assert!(!serves(&known(doc! { "slug": 1, "id": 1 }, true), &wanted));
    }
}
