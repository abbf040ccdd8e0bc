//! Following relations: a `$lookup` into a field of the row that is followed from.

use mongodb::bson::{Bson, Document, doc};
use purlin_core::schema::{FieldId, Link, ModelId, Quantifier, Relation};
use purlin_core::statement::{Filter, Origin};
use purlin_core::value::Value;

use super::renderer::{Frame, Renderer, never, present, reference};
use crate::names::{collection, path};
use crate::value::{Element, encode};

/// The row from which a relation is followed.
#[derive(Clone, Debug)]
pub(super) enum Side {
    Level(usize),
    /// The values of this side's fields.
    Values(Vec<Value>),
}

impl Renderer<'_> {
    /// Appends a `$lookup` of the related rows into the field `into`. `build` fills the pipeline that they go
    /// through. Without `needs_row` it must not look at them: then a join table's pairs are enough. `None` when
    /// the field is no relation.
    pub(super) fn lookup(
        &mut self,
        frame: &mut Frame,
        (model, relation): (ModelId, FieldId),
        side: &Side,
        needs_row: bool,
        into: &str,
        build: impl FnOnce(&mut Self, &mut Frame),
    ) -> Option<()> {
        let schema = self.schema;
        let described = schema.model(model);
        let field = described.field(relation).relation()?;
        let mut inner = Frame::at(frame.level + 1);
        let mut stage = Document::new();
        match &field.link {
            Link::Owning { .. } | Link::Inverse { .. } => {
                stage.insert("from", collection(schema.model(field.target)).into_owned());
                self.join_directly(frame, &mut inner, (model, field), side, &mut stage);
            }
            Link::Join(table) => {
                stage.insert("from", table.table.as_str());
                let own = path(described, table.local_key);
                match side {
                    Side::Level(level) if *level == frame.level => {
                        stage.insert("localField", own);
                        stage.insert("foreignField", table.local_column.as_str());
                    }
                    Side::Level(level) => {
                        let outer = inner.column(*level, own);
                        inner.push(equal(&table.local_column, &outer));
                    }
                    Side::Values(values) => {
                        let element = Element::of(schema, described.field(table.local_key));
                        inner.push(is_value(&table.local_column, values.first(), element));
                    }
                }
                if needs_row {
                    let target = schema.model(field.target);
                    inner.stages.extend(joined_rows(
                        &collection(target),
                        &table.target_column,
                        path(target, table.target_key),
                    ));
                }
            }
        }
        build(self, &mut inner);
        let variables = frame.variables(&inner);
        if !variables.is_empty() {
            stage.insert("let", variables);
        }
        stage.insert("pipeline", inner.stages);
        stage.insert("as", into);
        frame.push(doc! { "$lookup": stage });
        Some(())
    }

    fn join_directly(
        &self,
        frame: &Frame,
        inner: &mut Frame,
        (model, field): (ModelId, &Relation),
        side: &Side,
        stage: &mut Document,
    ) {
        let (near, far) = (self.schema.model(model), self.schema.model(field.target));
        for (position, (own, other)) in field.pairs().enumerate() {
            let (own_path, other_path) = (path(near, own), path(far, other));
            match side {
                // An index serves this form only.
                Side::Level(level) if position == 0 && *level == frame.level => {
                    stage.insert("localField", own_path);
                    stage.insert("foreignField", other_path);
                    if !near.field(own).is_required() && !far.field(other).is_required() {
                        // It takes null for equal to null.
                        inner.push(doc! { "$match": { other_path: { "$ne": Bson::Null } } });
                    }
                }
                Side::Level(level) => {
                    let outer = inner.column(*level, own_path);
                    inner.push(equal(other_path, &outer));
                }
                Side::Values(values) => {
                    let element = Element::of(self.schema, far.field(other));
                    inner.push(is_value(other_path, values.get(position), element));
                }
            }
        }
    }

    /// A field that holds a row where the filter (`Related` or `Exists`) finds one, and whether it must.
    pub(super) fn existence(&mut self, filter: &Filter, frame: &mut Frame) -> Option<(String, bool)> {
        let found = self.field_name();
        match filter {
            Filter::Exists { model, condition } => {
                let mut inner = Frame::at(frame.level + 1);
                self.filter_stages(condition, &mut inner);
                first_key(&mut inner);
                let from = collection(self.schema.model(*model));
                let variables = frame.variables(&inner);
                let mut stage = doc! { "from": &*from, "pipeline": inner.stages, "as": found.as_str() };
                if !variables.is_empty() {
                    stage.insert("let", variables);
                }
                frame.push(doc! { "$lookup": stage });
                Some((found, true))
            }
            Filter::Related { origin, model, relation, quantifier, condition } => {
                let (condition, wanted) = match quantifier {
                    Quantifier::Some => (condition.as_ref().clone(), true),
                    Quantifier::None => (condition.as_ref().clone(), false),
                    Quantifier::Every => (Filter::not(condition.as_ref().clone()), false),
                };
                self.related(frame, origin, (*model, *relation), &condition, &found)?;
                Some((found, wanted))
            }
            _ => None,
        }
    }

    fn related(
        &mut self,
        frame: &mut Frame,
        origin: &Origin,
        relation: (ModelId, FieldId),
        condition: &Filter,
        found: &str,
    ) -> Option<()> {
        let side = self.side(origin, frame)?;
        let needs_row = *condition != Filter::Always;
        self.lookup(frame, relation, &side, needs_row, found, |renderer, inner| {
            renderer.filter_stages(condition, inner);
            first_key(inner);
        })
    }

    /// The number of related rows that satisfy the filter, as an expression.
    pub(super) fn count_of(
        &mut self,
        frame: &mut Frame,
        model: ModelId,
        relation: FieldId,
        filter: &Filter,
    ) -> Option<Bson> {
        let found = self.field_name();
        let side = Side::Level(frame.level);
        let needs_row = *filter != Filter::Always;
        self.lookup(frame, (model, relation), &side, needs_row, &found, |renderer, inner| {
            renderer.filter_stages(filter, inner);
            inner.push(doc! { "$group": { "_id": Bson::Null, "n": { "$sum": 1 } } });
        })?;
        let number = super::operand::first_of(&found, "n");
        Some(Bson::Document(doc! { "$ifNull": [number, 0] }))
    }
}

/// From pairs of a join table to the rows that they lead to.
pub(super) fn joined_rows(target: &str, column: &str, key: &str) -> [Document; 3] {
    [
        doc! { "$lookup": { "from": target, "localField": column, "foreignField": key, "as": "row" } },
        doc! { "$unwind": "$row" },
        doc! { "$replaceRoot": { "newRoot": "$row" } },
    ]
}

fn first_key(inner: &mut Frame) {
    inner.push(doc! { "$limit": 1 });
    inner.push(doc! { "$project": { "_id": 1 } });
}

fn equal(column: &str, outer: &Bson) -> Document {
    doc! { "$match": { "$expr": { "$and": [{ "$eq": [reference(column), outer.clone()] }, present(outer)] } } }
}

fn is_value(column: &str, value: Option<&Value>, element: Element<'_>) -> Document {
    match value {
        None | Some(Value::Null) => doc! { "$match": never() },
        Some(value) => doc! { "$match": { column: encode(value, Some(element)) } },
    }
}
