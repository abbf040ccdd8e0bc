//! The state of one pipeline in the making, and how its rows are named.
//!
//! Rows of a pipeline have a level: the collection that is read is at level 0, rows that a `$lookup` finds are
//! one above the row that it runs for. A pipeline sees its own row as `$column` and those further out as
//! `$$r0.column`: variables that each `$lookup` on the way hands on where something inside needs them.

use mongodb::bson::{Bson, Document, doc};
use purlin_core::schema::{FieldId, Schema};
use purlin_core::statement::{LoadSlot, ParamId};
use purlin_core::value::Value;

/// What parameters and loaded columns stand for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sources<'v> {
    pub params: &'v [Value],
    pub slots: &'v [(LoadSlot, Vec<(FieldId, Value)>)],
}

impl<'v> Sources<'v> {
    pub(crate) fn new(params: &'v [Value], slots: &'v [(LoadSlot, Vec<(FieldId, Value)>)]) -> Self {
        Self { params, slots }
    }

    /// Null for what is not there.
    pub(crate) fn param(&self, param: ParamId) -> &'v Value {
        usize::try_from(param.0).ok().and_then(|at| self.params.get(at)).unwrap_or(&Value::Null)
    }

    pub(crate) fn loaded(&self, slot: LoadSlot, field: FieldId) -> &'v Value {
        let row = self.slots.iter().find(|(known, _)| *known == slot);
        row.and_then(|(_, fields)| fields.iter().find(|(known, _)| *known == field))
            .map_or(&Value::Null, |(_, value)| value)
    }

    /// A limit or an offset.
    pub(crate) fn whole(&self, param: Option<ParamId>) -> Option<usize> {
        match self.param(param?) {
            Value::Int(number) => usize::try_from(*number).ok(),
            _ => None,
        }
    }
}

#[derive(Debug)]
pub(crate) struct Renderer<'a> {
    pub schema: &'a Schema,
    pub sources: Sources<'a>,
    fields: usize,
}

/// One pipeline, seen from the row that it is about.
#[derive(Debug, Default)]
pub(crate) struct Frame {
    pub level: usize,
    pub stages: Vec<Document>,
    /// A bit for each row further out that something inside names.
    pub(super) outer: u64,
}

impl Frame {
    pub(crate) fn at(level: usize) -> Self {
        Self { level, ..Self::default() }
    }

    pub(crate) fn push(&mut self, stage: Document) {
        self.stages.push(stage);
    }

    /// A column of the row at `level`, as an expression.
    pub(super) fn column(&mut self, level: usize, path: &str) -> Bson {
        if level == self.level {
            return reference(path);
        }
        self.outer |= 1 << level;
        Bson::String(format!("$${}.{path}", variable(level)))
    }

    /// `let` of a `$lookup` in this pipeline that runs `inner`.
    pub(super) fn variables(&mut self, inner: &Frame) -> Document {
        let mut variables = Document::new();
        for level in (0..inner.level).filter(|level| inner.outer & (1 << level) != 0) {
            if level == self.level {
                variables.insert(variable(level), "$$ROOT");
            } else {
                self.outer |= 1 << level;
                variables.insert(variable(level), format!("$${}", variable(level)));
            }
        }
        variables
    }
}

fn variable(level: usize) -> String {
    format!("r{level}")
}

/// A field of the pipeline's own row, as an expression.
pub(crate) fn reference(path: &str) -> Bson {
    Bson::String(format!("${path}"))
}

/// A value as an expression: texts might be taken for names, and documents for operators.
pub(super) fn literal(value: Bson) -> Bson {
    match value {
        Bson::String(_) | Bson::Document(_) | Bson::Array(_) => Bson::Document(doc! { "$literal": value }),
        other => other,
    }
}

/// Neither null nor absent.
pub(super) fn present(expression: &Bson) -> Bson {
    Bson::Document(doc! { "$gt": [expression.clone(), Bson::Null] })
}

/// Absent counts as null.
pub(super) fn or_null(expression: Bson) -> Bson {
    Bson::Document(doc! { "$ifNull": [expression, Bson::Null] })
}

/// No document.
pub(super) fn never() -> Document {
    doc! { "_id": { "$in": [] } }
}

impl<'a> Renderer<'a> {
    pub(crate) fn new(schema: &'a Schema, sources: Sources<'a>) -> Self {
        Self { schema, sources, fields: 0 }
    }

    /// A field of the pipeline's documents that no column has.
    pub(super) fn field_name(&mut self) -> String {
        let name = format!("_purlin{}", self.fields);
        self.fields += 1;
        name
    }
}
