//! A sink for reads that only ask whether there is a row.

use super::{RowSink, ValueRef};

#[derive(Debug, Default)]
pub struct NullSink;

impl RowSink for NullSink {
    fn begin_list(&mut self) {}
    fn end_list(&mut self) {}
    fn begin_object(&mut self) {}
    fn end_object(&mut self) {}
    fn key(&mut self, _name: &str) {}
    fn value(&mut self, _value: ValueRef<'_>) {}

    fn restart(&mut self) {}

    fn len(&self) -> usize {
        0
    }

    fn rewind(&mut self, _len: usize) -> bool {
        true
    }

    fn into_any(self: Box<Self>) -> Box<dyn std::any::Any + Send> {
        self
    }
}
