//! One document as an object.

use mongodb::bson::{RawBsonRef, RawDocument};
use purlin_core::sink::{RowSink, ValueRef};

use super::tree::Tree;
use crate::render::Output;
use crate::value::emit;

/// The values of a document at their numbered places.
#[derive(Debug)]
pub(crate) struct Cells<'d>(Vec<Option<RawBsonRef<'d>>>);

impl<'d> Cells<'d> {
    pub(crate) fn of(document: &'d RawDocument) -> Self {
        let mut cells = Vec::new();
        for (name, value) in document.into_iter().flatten() {
            let Some(place) = name.as_str().strip_prefix('c').and_then(|place| place.parse::<usize>().ok())
            else {
                continue;
            };
            if cells.len() <= place {
                cells.resize(place + 1, None);
            }
            if let Some(cell) = cells.get_mut(place) {
                *cell = Some(value);
            }
        }
        Self(cells)
    }

    pub(crate) fn get(&self, place: usize) -> Option<RawBsonRef<'d>> {
        self.0.get(place).copied().flatten()
    }

    pub(crate) fn is_null(&self, place: usize) -> bool {
        matches!(self.get(place), None | Some(RawBsonRef::Null | RawBsonRef::Undefined))
    }

    pub(super) fn is_true(&self, place: usize) -> bool {
        matches!(self.get(place), Some(RawBsonRef::Boolean(true)))
    }
}

pub(super) fn write_row(tree: &Tree<'_>, number: usize, sink: &mut dyn RowSink) {
    let cells = Cells::of(tree.row(number));
    let plan = tree.plan();
    sink.begin_object();
    write_outputs(&plan.columns, &cells, sink);
    for related in &plan.related {
        sink.key(related.key);
        tree.write_child(related.child, &cells, sink);
    }
    for (name, members) in &plan.objects {
        sink.key(name);
        sink.begin_object();
        write_outputs(members, &cells, sink);
        sink.end_object();
    }
    sink.end_object();
}

fn write_outputs(outputs: &[Output<'_>], cells: &Cells<'_>, sink: &mut dyn RowSink) {
    for output in outputs {
        sink.key(output.key);
        if output.is_guarded && cells.is_null(output.place) {
            sink.value(ValueRef::Null);
        } else {
            emit(output.kind, cells.get(output.place), sink);
        }
    }
}
