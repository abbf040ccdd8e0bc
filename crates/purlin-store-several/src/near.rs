//! Whether one database can answer a read; most reads, so this allocates nothing.

use purlin_core::error::Error;
use purlin_core::schema::{DatasourceId, FieldId, ModelId, Schema};
use purlin_core::statement::{Column, Include, ReadShape, RelationCount, SortKey, SortTarget};

use crate::looks::{apart, require_near};

/// `false` where an include leaves the datasource; refuses whatever else does.
pub(crate) fn stays(schema: &Schema, shape: &ReadShape) -> Result<bool, Error> {
    let level = Level { schema, model: shape.model, home: schema.model(shape.model).datasource };
    require_near(schema, &shape.filter, level.home)?;
    if let Some(from) = &shape.from {
        require_near(schema, from, level.home)?;
    }
    level.order(&shape.order)?;
    for column in shape.aggregate.iter().flat_map(|aggregate| aggregate.keys.iter().chain(&aggregate.values))
    {
        if let Some(guard) = column.guard.as_deref() {
            require_near(schema, guard, level.home)?;
        }
    }
    level.row(&shape.columns, &shape.includes, &shape.counts)
}

#[derive(Clone, Copy)]
struct Level<'s> {
    schema: &'s Schema,
    model: ModelId,
    home: DatasourceId,
}

impl Level<'_> {
    fn row(self, columns: &[Column], includes: &[Include], counts: &[RelationCount]) -> Result<bool, Error> {
        for guard in columns.iter().filter_map(|column| column.guard.as_deref()) {
            require_near(self.schema, guard, self.home)?;
        }
        for count in counts {
            self.target(count.relation)?;
            require_near(self.schema, &count.filter, self.home)?;
        }
        let mut stays = true;
        for include in includes {
            if let Some(guard) = include.guard.as_deref() {
                require_near(self.schema, guard, self.home)?;
            }
            // What is behind a relation that leaves is judged by whoever follows it.
            let Ok(target) = self.target(include.relation) else {
                stays = false;
                continue;
            };
            let shape = &include.shape;
            let below = Level { model: target, ..self };
            require_near(self.schema, &shape.filter, self.home)?;
            below.order(&shape.order)?;
            stays &= below.row(&shape.columns, &shape.includes, &shape.counts)?;
        }
        Ok(stays)
    }

    fn order(self, order: &[SortKey]) -> Result<(), Error> {
        for key in order {
            match &key.target {
                SortTarget::Column { relations, guard, .. } => {
                    let mut at = self;
                    for hop in relations {
                        at.model = at.target(hop.relation)?;
                        require_near(self.schema, &hop.filter, self.home)?;
                    }
                    if let Some(guard) = guard {
                        require_near(self.schema, guard, self.home)?;
                    }
                }
                SortTarget::Sum(parts) => {
                    for (filter, _) in parts {
                        require_near(self.schema, filter, self.home)?;
                    }
                }
                SortTarget::Count { relation, filter } => {
                    self.target(*relation)?;
                    require_near(self.schema, filter, self.home)?;
                }
            }
        }
        Ok(())
    }

    /// Where a relation leads, unless it leaves.
    fn target(self, relation: FieldId) -> Result<ModelId, Error> {
        match self.schema.model(self.model).field(relation).relation() {
            Some(found) if !found.is_split => Ok(found.target),
            _ => Err(apart(self.schema, self.model, relation)),
        }
    }
}
