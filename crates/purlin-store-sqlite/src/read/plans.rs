//! Rendered statements by shape. The whole shape is compared, so no two requests can be
//! confused; the number kept is bounded, since clients choose filters.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use purlin_core::schema::Schema;
use purlin_core::statement::ReadShape;
use purlin_sql::dialect::Sqlite;
use purlin_sql::{ReadStatement, render_read};

/// From here on a read keeps others waiting too long to run among them.
const LONG: Duration = Duration::from_millis(2);

/// A rendered shape, and what was learnt about it.
#[derive(Debug)]
pub(crate) struct Plan {
    pub statement: ReadStatement,
    is_long: AtomicBool,
}

#[derive(Debug)]
pub(crate) struct Plans {
    known: HashMap<Arc<ReadShape>, Arc<Plan>, foldhash::fast::RandomState>,
    capacity: usize,
}

impl Plan {
    /// Whether it took long the last time, or has never run: anybody can think of a new shape.
    pub(crate) fn is_long(&self) -> bool {
        self.is_long.load(Ordering::Relaxed)
    }

    pub(crate) fn took(&self, time: Duration) {
        let is_long = time >= LONG;
        if is_long != self.is_long() {
            self.is_long.store(is_long, Ordering::Relaxed);
        }
    }
}

impl Plans {
    pub(crate) fn new(capacity: usize) -> Self {
        Self { known: HashMap::default(), capacity }
    }

    pub(crate) fn get(&mut self, schema: &Schema, shape: &Arc<ReadShape>) -> Arc<Plan> {
        if let Some(plan) = self.known.get(shape) {
            return Arc::clone(plan);
        }
        let statement = render_read(schema, &Sqlite, shape);
        let plan = Arc::new(Plan { statement, is_long: AtomicBool::new(true) });
        // Starting over is simple and, with an app's few shapes, never happens.
        if self.known.len() >= self.capacity {
            self.known.clear();
        }
        self.known.insert(Arc::clone(shape), Arc::clone(&plan));
        plan
    }
}
