//! Rendered steps by what they are, values aside. The whole step is compared, so no two can be confused;
//! the number kept is bounded, since clients choose filters.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use purlin_core::schema::{FieldId, ModelId, Schema};
use purlin_core::statement::{Change, Filter, Insert, WriteValue};

use crate::dialect::Dialect;
use crate::render::{
    render_check, render_delete, render_insert, render_inserts, render_load, render_unlink, render_update,
};
use crate::write_statement::WriteStatement;

/// What a statement is rendered from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum StepShape<'s> {
    /// Locked where a later step changes what it reads.
    Load {
        model: ModelId,
        fields: Cow<'s, [FieldId]>,
        filter: Cow<'s, Filter>,
        is_locked: bool,
    },
    Check(Cow<'s, Filter>),
    Insert(Cow<'s, Insert>),
    /// So many plans of one insert each.
    Inserts {
        insert: Cow<'s, Insert>,
        rows: usize,
    },
    Update {
        model: ModelId,
        changes: Cow<'s, [(FieldId, Change)]>,
        filter: Cow<'s, Filter>,
    },
    Delete {
        model: ModelId,
        filter: Cow<'s, Filter>,
    },
    Unlink {
        model: ModelId,
        relation: FieldId,
        local: WriteValue,
        filter: Cow<'s, Filter>,
    },
}

#[derive(Debug)]
pub struct Statements {
    known: HashMap<StepShape<'static>, Arc<WriteStatement>, foldhash::fast::RandomState>,
    capacity: usize,
}

impl Statements {
    pub fn new(capacity: usize) -> Self {
        Self { known: HashMap::default(), capacity }
    }

    pub fn get(
        &mut self,
        schema: &Schema,
        dialect: &dyn Dialect,
        shape: StepShape<'_>,
    ) -> Arc<WriteStatement> {
        let known: &HashMap<StepShape<'_>, _, _> = &self.known;
        if let Some(statement) = known.get(&shape) {
            return Arc::clone(statement);
        }
        let statement = Arc::new(render(schema, dialect, &shape));
        if self.known.len() >= self.capacity {
            self.known.clear();
        }
        self.known.insert(shape.into_owned(), Arc::clone(&statement));
        statement
    }
}

fn render(schema: &Schema, dialect: &dyn Dialect, shape: &StepShape<'_>) -> WriteStatement {
    match shape {
        StepShape::Load { model, fields, filter, is_locked } => {
            let mut statement = render_load(schema, dialect, *model, fields, filter);
            if *is_locked {
                statement.text.push_str(dialect.lock_clause());
            }
            statement
        }
        StepShape::Check(filter) => render_check(schema, dialect, filter),
        StepShape::Insert(insert) => render_insert(schema, dialect, insert),
        StepShape::Inserts { insert, rows } => render_inserts(schema, dialect, insert, *rows),
        StepShape::Update { model, changes, filter } => {
            render_update(schema, dialect, *model, changes, filter)
        }
        StepShape::Delete { model, filter } => render_delete(schema, dialect, *model, filter),
        StepShape::Unlink { model, relation, local, filter } => {
            render_unlink(schema, dialect, (*model, *relation), local, filter)
        }
    }
}

impl StepShape<'_> {
    fn into_owned(self) -> StepShape<'static> {
        fn own<T: ToOwned + ?Sized>(part: Cow<'_, T>) -> Cow<'static, T> {
            Cow::Owned(part.into_owned())
        }
        match self {
            Self::Load { model, fields, filter, is_locked } => {
                StepShape::Load { model, fields: own(fields), filter: own(filter), is_locked }
            }
            Self::Check(filter) => StepShape::Check(own(filter)),
            Self::Insert(insert) => StepShape::Insert(own(insert)),
            Self::Inserts { insert, rows } => StepShape::Inserts { insert: own(insert), rows },
            Self::Update { model, changes, filter } => {
                StepShape::Update { model, changes: own(changes), filter: own(filter) }
            }
            Self::Delete { model, filter } => StepShape::Delete { model, filter: own(filter) },
            Self::Unlink { model, relation, local, filter } => {
                StepShape::Unlink { model, relation, local, filter: own(filter) }
            }
        }
    }
}
