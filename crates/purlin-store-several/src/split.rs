//! A read taken apart: what the database of its model is asked for, and what is read elsewhere for its rows. A
//! guard of an include that leaves becomes a guard of the key column that it follows: where the relation is
//! hidden, its key is null and leads nowhere.

use purlin_core::schema::{FieldId, ModelId, Schema};
use purlin_core::statement::{Column, Include, ReadShape};

/// The rows of one level as they come: the shown columns, others that are needed, the includes that stayed, and
/// the counts.
#[derive(Debug)]
pub(crate) struct Level {
    pub model: ModelId,
    pub shown: Vec<FieldId>,
    /// All columns.
    pub width: usize,
    /// In the order of the answer.
    pub members: Vec<Member>,
    pub counts: Vec<FieldId>,
}

#[derive(Debug)]
pub(crate) enum Member {
    Near {
        relation: FieldId,
        level: Level,
    },
    /// A position in the list of what is read elsewhere.
    Far {
        relation: FieldId,
        number: usize,
    },
}

/// An include that leaves the datasource.
#[derive(Debug)]
pub(crate) struct Far {
    /// Of the parents.
    pub model: ModelId,
    pub include: Include,
    pub keys: Vec<KeyPart>,
}

/// One field of the key that a relation follows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KeyPart {
    /// Where the parents' rows have it.
    pub position: usize,
    pub local: FieldId,
    pub target: FieldId,
}

#[derive(Debug)]
pub(crate) struct Split {
    /// What the one database is asked for.
    pub near: ReadShape,
    pub level: Level,
    pub fars: Vec<Far>,
    /// Where the columns are that were asked for besides.
    pub also: Vec<usize>,
}

/// `also` are columns that are needed and not shown.
pub(crate) fn split(schema: &Schema, mut shape: ReadShape, also: &[FieldId]) -> Split {
    let shown = shape.columns.iter().map(|column| column.field).collect();
    let also = also.iter().map(|field| place(&mut shape.columns, *field, None)).collect();
    let mut fars = Vec::new();
    let members = members(schema, shape.model, &mut shape.columns, &mut shape.includes, &mut fars);
    let counts = shape.counts.iter().map(|count| count.relation).collect();
    let level = Level { model: shape.model, shown, width: shape.columns.len(), members, counts };
    Split { near: shape, level, fars, also }
}

fn members(
    schema: &Schema,
    model: ModelId,
    columns: &mut Vec<Column>,
    includes: &mut Vec<Include>,
    fars: &mut Vec<Far>,
) -> Vec<Member> {
    let mut members = Vec::with_capacity(includes.len());
    for mut include in std::mem::take(includes) {
        let Some(relation) = schema.model(model).field(include.relation).relation() else { continue };
        if relation.is_split {
            let mut keys = Vec::new();
            for (local, target) in relation.pairs() {
                let position = place(columns, local, include.guard.clone());
                keys.push(KeyPart { position, local, target });
            }
            members.push(Member::Far { relation: include.relation, number: fars.len() });
            fars.push(Far { model, include, keys });
            continue;
        }
        let shape = &mut *include.shape;
        let shown = shape.columns.iter().map(|column| column.field).collect();
        let below = members_of(schema, relation.target, shape, fars);
        let counts = shape.counts.iter().map(|count| count.relation).collect();
        let level =
            Level { model: relation.target, shown, width: shape.columns.len(), members: below, counts };
        members.push(Member::Near { relation: include.relation, level });
        includes.push(include);
    }
    members
}

fn members_of(
    schema: &Schema,
    model: ModelId,
    shape: &mut purlin_core::statement::IncludeShape,
    fars: &mut Vec<Far>,
) -> Vec<Member> {
    members(schema, model, &mut shape.columns, &mut shape.includes, fars)
}

/// The position of a column, which is added if it is not asked for.
fn place(
    columns: &mut Vec<Column>,
    field: FieldId,
    guard: Option<Box<purlin_core::statement::Filter>>,
) -> usize {
    let wanted = Column { field, guard };
    columns.iter().position(|column| *column == wanted).unwrap_or_else(|| {
        columns.push(wanted);
        columns.len() - 1
    })
}
