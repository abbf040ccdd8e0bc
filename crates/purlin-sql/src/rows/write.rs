//! One result row as an object.

use super::cell::{Cell, Cells};
use super::emit::emit;
use super::tree::Tree;
use crate::decode::OutputColumn;
use crate::read_statement::{RelatedSource, RowPlan};
use purlin_core::sink::{RowSink, ValueRef};

/// `tree` is where rows below this one are found; a plan without children has none.
pub fn write_row(plan: &RowPlan, row: &dyn Cells, tree: Option<&Tree<'_>>, sink: &mut dyn RowSink) {
    sink.begin_object();
    write_columns(&plan.columns, row, sink);
    for related in &plan.related {
        sink.key(&related.key);
        match &related.source {
            RelatedSource::Joined { present, row: inner } => {
                if matches!(row.cell(*present), Cell::Null) {
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
    for (name, members) in &plan.objects {
        sink.key(name);
        sink.begin_object();
        write_columns(members, row, sink);
        sink.end_object();
    }
    sink.end_object();
}

pub fn write_columns(columns: &[OutputColumn], row: &dyn Cells, sink: &mut dyn RowSink) {
    for column in columns {
        sink.key(&column.key);
        match row.cell(column.position) {
            Cell::Null if column.is_guarded => sink.value(ValueRef::Null),
            cell => emit(&column.decode, cell, sink),
        }
    }
}
