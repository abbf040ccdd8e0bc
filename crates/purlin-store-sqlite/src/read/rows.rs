//! One result row as an object.

use purlin_core::sink::{RowSink, ValueRef};
use purlin_sql::{OutputColumn, RelatedSource, RowPlan};

use super::buffer::Cells;
use super::tree::Tree;
use crate::value::emit;

/// `tree` is where rows below this one are found; a plan without children has none.
pub(super) fn write_row(plan: &RowPlan, row: &dyn Cells, tree: Option<&Tree<'_>>, sink: &mut dyn RowSink) {
    sink.begin_object();
    write_columns(&plan.columns, row, sink);
    for related in &plan.related {
        sink.key(&related.key);
        match &related.source {
            RelatedSource::Joined { present, row: inner } => {
                if row.cell(*present) == rusqlite::types::ValueRef::Null {
                    sink.value(ValueRef::Null);
                } else {
                    write_row(inner, row, tree, sink);
                }
            }
            RelatedSource::Child(number) => match tree {
                Some(tree) => tree.write_child(*number, row, sink),
                None => sink.value(ValueRef::Null),
            },
        }
    }
    if !plan.counts.is_empty() {
        sink.key("_count");
        sink.begin_object();
        write_columns(&plan.counts, row, sink);
        sink.end_object();
    }
    sink.end_object();
}

pub(crate) fn write_columns(columns: &[OutputColumn], row: &dyn Cells, sink: &mut dyn RowSink) {
    for column in columns {
        sink.key(&column.key);
        match row.cell(column.position) {
            rusqlite::types::ValueRef::Null if column.is_guarded => sink.value(ValueRef::Null),
            cell => emit(&column.decode, cell, sink),
        }
    }
}
