//! Rendered statements by shape. The whole shape is compared, so no two requests can be
//! confused; the number kept is bounded, since clients choose filters.

use std::collections::HashMap;
use std::sync::Arc;

use purlin_core::schema::Schema;
use purlin_core::statement::ReadShape;
use purlin_sql::dialect::Sqlite;
use purlin_sql::{ReadStatement, render_read};

#[derive(Debug)]
pub(crate) struct Plans {
    known: HashMap<Arc<ReadShape>, Arc<ReadStatement>, foldhash::fast::RandomState>,
    capacity: usize,
}

impl Plans {
    pub(crate) fn new(capacity: usize) -> Self {
        Self { known: HashMap::default(), capacity }
    }

    pub(crate) fn get(&mut self, schema: &Schema, shape: &Arc<ReadShape>) -> Arc<ReadStatement> {
        if let Some(statement) = self.known.get(shape) {
            return Arc::clone(statement);
        }
        let statement = Arc::new(render_read(schema, &Sqlite, shape));
        // Starting over is simple and, with an app's few shapes, never happens.
        if self.known.len() >= self.capacity {
            self.known.clear();
        }
        self.known.insert(Arc::clone(shape), Arc::clone(&statement));
        statement
    }
}
