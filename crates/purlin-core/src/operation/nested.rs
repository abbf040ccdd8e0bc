//! Writes to the rows of a relation, inside the write of a row: Prisma's nested writes.

use super::{Data, Key, Where};

/// One kind of change to related rows. Several stand in the order in which they happen.
#[derive(Clone, Debug)]
pub enum Nested {
    Create {
        rows: Vec<Data>,
        /// Rows whose unique key is taken are left out.
        skip_duplicates: bool,
    },
    Connect(Vec<Key>),
    ConnectOrCreate(Vec<(Key, Data)>),
    /// Rows that are not connected stay as they are.
    Disconnect(Vec<Pick>),
    /// These rows and no others.
    Set(Vec<Key>),
    Update(Vec<(Pick, Data)>),
    /// The rows that the actor may change.
    UpdateMany(Vec<(Where, Data)>),
    Upsert(Vec<Upsert>),
    Delete(Vec<Pick>),
    /// The rows that the actor may delete.
    DeleteMany(Vec<Where>),
}

#[derive(Clone, Debug)]
pub struct Upsert {
    pub pick: Pick,
    pub create: Data,
    pub update: Data,
}

/// A related row.
#[derive(Clone, Debug, PartialEq)]
pub enum Pick {
    /// Of a to-many relation.
    Key(Key),
    /// That of a to-one relation, if it satisfies the filter.
    Only(Where),
}

impl Nested {
    /// What is written to rows, with whether a row is made of it.
    pub fn data(&self) -> Vec<(&Data, bool)> {
        match self {
            Self::Create { rows, .. } => rows.iter().map(|data| (data, true)).collect(),
            Self::ConnectOrCreate(rows) => rows.iter().map(|(_, data)| (data, true)).collect(),
            Self::Update(rows) => rows.iter().map(|(_, data)| (data, false)).collect(),
            Self::UpdateMany(rows) => rows.iter().map(|(_, data)| (data, false)).collect(),
            Self::Upsert(rows) => {
                rows.iter().flat_map(|row| [(&row.create, true), (&row.update, false)]).collect()
            }
            Self::Connect(_) | Self::Disconnect(_) | Self::Set(_) | Self::Delete(_) | Self::DeleteMany(_) => {
                Vec::new()
            }
        }
    }

    /// The same, to be changed.
    pub fn data_mut(&mut self) -> Vec<(&mut Data, bool)> {
        match self {
            Self::Create { rows, .. } => rows.iter_mut().map(|data| (data, true)).collect(),
            Self::ConnectOrCreate(rows) => rows.iter_mut().map(|(_, data)| (data, true)).collect(),
            Self::Update(rows) => rows.iter_mut().map(|(_, data)| (data, false)).collect(),
            Self::UpdateMany(rows) => rows.iter_mut().map(|(_, data)| (data, false)).collect(),
            Self::Upsert(rows) => {
                rows.iter_mut().flat_map(|row| [(&mut row.create, true), (&mut row.update, false)]).collect()
            }
            Self::Connect(_) | Self::Disconnect(_) | Self::Set(_) | Self::Delete(_) | Self::DeleteMany(_) => {
                Vec::new()
            }
        }
    }
}
