//! Rendered reads by shape. The whole shape is compared, so no two requests can be confused; the number kept is
//! bounded, since clients choose filters.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use purlin_core::schema::Schema;
use purlin_core::statement::ReadShape;

use crate::dialect::Dialect;
use crate::read_statement::ReadStatement;
use crate::render::render_read;

#[derive(Debug)]
pub struct Plans {
    known: Mutex<Known>,
    capacity: usize,
}

#[derive(Debug, Default)]
struct Known {
    by_shape: HashMap<Arc<ReadShape>, Arc<ReadStatement>, foldhash::fast::RandomState>,
    /// Those of shapes that somebody keeps, by the address of the very shape, which stays theirs as long as it
    /// is held here.
    by_address: HashMap<usize, (Arc<ReadShape>, Arc<ReadStatement>), foldhash::fast::RandomState>,
}

impl Plans {
    pub fn new(capacity: usize) -> Self {
        Self { known: Mutex::default(), capacity }
    }

    pub fn get(&self, schema: &Schema, dialect: &dyn Dialect, shape: &Arc<ReadShape>) -> Arc<ReadStatement> {
        let address = Arc::as_ptr(shape).addr();
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((held, plan)) = known.by_address.get(&address)
            && Arc::ptr_eq(held, shape)
        {
            return Arc::clone(plan);
        }
        if let Some(plan) = known.by_shape.get(shape) {
            let plan = Arc::clone(plan);
            // More than the request itself holds it.
            if Arc::strong_count(shape) > 1 {
                if known.by_address.len() >= self.capacity {
                    known.by_address.clear();
                }
                known.by_address.insert(address, (Arc::clone(shape), Arc::clone(&plan)));
            }
            return plan;
        }
        drop(known);
        let plan = Arc::new(render_read(schema, dialect, shape));
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        // Starting over is simple and, with an app's few shapes, never happens.
        if known.by_shape.len() >= self.capacity {
            known.by_shape.clear();
        }
        known.by_shape.insert(Arc::clone(shape), Arc::clone(&plan));
        plan
    }
}
