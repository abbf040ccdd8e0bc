//! How a document of a pipeline becomes an object: which of its fields go where.

use mongodb::bson::{Bson, Document, doc};
use purlin_core::schema::{Link, ModelId};
use purlin_core::statement::{Column, Include, RelationCount};

use super::renderer::{Frame, Renderer, literal, reference};
use crate::names::path;
use crate::value::{Element, Kind};

/// The last stage of a pipeline: values at numbered places.
#[derive(Debug, Default)]
pub(crate) struct Projection {
    values: Vec<Bson>,
}

impl Projection {
    /// The place of a value; equal ones share one.
    pub(crate) fn add(&mut self, value: Bson) -> usize {
        if let Some(place) = self.values.iter().position(|known| *known == value) {
            return place;
        }
        self.values.push(value);
        self.values.len() - 1
    }

    pub(crate) fn stage(self) -> Document {
        let mut fields = doc! { "_id": 0 };
        for (place, value) in self.values.into_iter().enumerate() {
            // A bare number or truth would be taken for a sign to keep the field.
            let value = match value {
                Bson::String(_) | Bson::Document(_) => value,
                other => doc! { "$literal": other }.into(),
            };
            fields.insert(format!("c{place}"), value);
        }
        if fields.len() == 1 {
            fields.insert("c0", literal(Bson::String(String::new())));
        }
        doc! { "$project": fields }
    }
}

#[derive(Debug)]
pub(crate) struct RowPlan<'s> {
    pub columns: Vec<Output<'s>>,
    pub related: Vec<Related<'s>>,
    /// Objects of numbers, such as `_count`, by name.
    pub objects: Vec<(&'static str, Vec<Output<'s>>)>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Output<'s> {
    pub key: &'s str,
    pub place: usize,
    pub kind: Kind<'s>,
    /// Null may mean hidden, also of a list.
    pub is_guarded: bool,
}

/// A relation that is answered.
#[derive(Debug)]
pub(crate) struct Related<'s> {
    pub key: &'s str,
    /// The position among the children.
    pub child: usize,
}

/// Rows of an include, which are read for all parents at once when the parents are there.
#[derive(Clone, Debug)]
pub(crate) struct Child<'s> {
    /// Of the parent.
    pub model: ModelId,
    pub include: &'s Include,
    /// Where the parts of the parent's key stand.
    pub parent_keys: Vec<usize>,
    /// What must be true for the relation to be shown.
    pub shown: Option<usize>,
    /// Written as a list; else the first row or null.
    pub is_list: bool,
}

/// What is asked of each row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted<'s> {
    pub columns: &'s [Column],
    pub includes: &'s [Include],
    pub counts: &'s [RelationCount],
}

impl<'a> Renderer<'a> {
    pub(super) fn row_plan(
        &mut self,
        model: ModelId,
        wanted: Wanted<'a>,
        projection: &mut Projection,
        frame: &mut Frame,
    ) -> (RowPlan<'a>, Vec<Child<'a>>) {
        let schema = self.schema;
        let described = schema.model(model);
        let columns = wanted
            .columns
            .iter()
            .map(|column| {
                let field = described.field(column.field);
                let value = self.guarded(path(described, column.field), column.guard.as_deref(), frame);
                Output {
                    key: &field.name,
                    place: projection.add(value),
                    kind: Kind::of(schema, field),
                    is_guarded: column.guard.is_some(),
                }
            })
            .collect();
        let mut children = Vec::new();
        let mut related = Vec::new();
        for include in wanted.includes {
            let field = described.field(include.relation);
            let Some(relation) = field.relation() else { continue };
            let own = match &relation.link {
                Link::Owning { fields, .. } | Link::Inverse { fields, .. } => fields.clone(),
                Link::Join(table) => vec![table.local_key],
            };
            let parent_keys =
                own.iter().map(|field| projection.add(reference(path(described, *field)))).collect();
            let shown = include.guard.as_ref().map(|guard| {
                let guard = self.expression(guard, frame);
                projection.add(guard)
            });
            related.push(Related { key: &field.name, child: children.len() });
            children.push(Child { model, include, parent_keys, shown, is_list: field.is_list() });
        }
        let counts: Vec<Output<'a>> = wanted
            .counts
            .iter()
            .filter_map(|count| {
                let number = self.count_of(frame, model, count.relation, &count.filter)?;
                Some(Output {
                    key: &described.field(count.relation).name,
                    place: projection.add(number),
                    kind: Kind { element: Element::Int, is_list: false },
                    is_guarded: false,
                })
            })
            .collect();
        let objects = if counts.is_empty() { Vec::new() } else { vec![("_count", counts)] };
        (RowPlan { columns, related, objects }, children)
    }
}
