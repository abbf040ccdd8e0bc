//! Rendered statements by shape. The whole shape is compared, so no two requests can be
//! confused; the number kept is bounded, since clients choose filters.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use purlin_core::schema::Schema;
use purlin_core::statement::ReadShape;
use purlin_sql::dialect::Sqlite;
use purlin_sql::{ReadStatement, render_read};

use super::pace::Debt;
use super::reader::lock;

/// A rendered shape, and what was learnt about it.
#[derive(Debug)]
pub(crate) struct Plan {
    pub statement: ReadStatement,
    pub debt: Debt,
}

#[derive(Debug)]
pub(crate) struct Plans {
    known: HashMap<Arc<ReadShape>, Arc<Plan>, foldhash::fast::RandomState>,
    /// Those of shapes that somebody keeps, by the address of the very shape, which stays theirs as long as it
    /// is held here.
    kept: HashMap<usize, (Arc<ReadShape>, Arc<Plan>), foldhash::fast::RandomState>,
    capacity: usize,
}

impl Plan {
    fn render(schema: &Schema, shape: &ReadShape) -> Arc<Self> {
        Arc::new(Self { statement: render_read(schema, &Sqlite, shape), debt: Debt::default() })
    }
}

impl Plans {
    pub(crate) fn new(capacity: usize) -> Self {
        Self { known: HashMap::default(), kept: HashMap::default(), capacity }
    }

    pub(crate) fn get(&mut self, schema: &Schema, shape: &Arc<ReadShape>) -> Arc<Plan> {
        self.get_or(shape, || Plan::render(schema, shape))
    }

    /// The plan that all readers share, so that what one has learnt of a shape the others know too.
    pub(crate) fn get_shared(
        &mut self,
        shared: &Mutex<Self>,
        schema: &Schema,
        shape: &Arc<ReadShape>,
    ) -> Arc<Plan> {
        self.get_or(shape, || {
            let known = lock(shared).known.get(shape).map(Arc::clone);
            known.unwrap_or_else(|| {
                let rendered = Plan::render(schema, shape);
                lock(shared).get_or(shape, || rendered)
            })
        })
    }

    fn get_or(&mut self, shape: &Arc<ReadShape>, plan: impl FnOnce() -> Arc<Plan>) -> Arc<Plan> {
        let address = Arc::as_ptr(shape).addr();
        if let Some((held, plan)) = self.kept.get(&address)
            && Arc::ptr_eq(held, shape)
        {
            return Arc::clone(plan);
        }
        if let Some(plan) = self.known.get(shape) {
            let plan = Arc::clone(plan);
            // More than the request itself holds it.
            if Arc::strong_count(shape) > 1 {
                if self.kept.len() >= self.capacity {
                    self.kept.clear();
                }
                self.kept.insert(address, (Arc::clone(shape), Arc::clone(&plan)));
            }
            return plan;
        }
        let plan = plan();
        // Starting over is simple and, with an app's few shapes, never happens.
        if self.known.len() >= self.capacity {
            self.known.clear();
        }
        self.known.insert(Arc::clone(shape), Arc::clone(&plan));
        plan
    }
}
