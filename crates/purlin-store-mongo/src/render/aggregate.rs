//! Measures of rows as a `$group`. Keys are `k0…` of its `_id`, measures `m0…`, and for each measured column `n0…` is
//! how many of its values are not null: without any, its sum is null too.

use mongodb::bson::{Bson, Document, doc};
use purlin_core::operation::{Function, MeasureType, Nulls};
use purlin_core::schema::{CompareOp, Field, Model, Scalar, SortOrder};
use purlin_core::statement::{
    AggregateShape, Cardinality, Column, GroupFilter, GroupSort, Measured, Member, ReadShape, Term,
};

use super::expression::operator;
use super::order::SortTerm;
use super::read::{Many, ReadPlan, Select, page, rows};
use super::renderer::{Frame, Renderer, never, or_null, present, reference};
use super::row::{Output, Projection, RowPlan};
use crate::names::{collection, path};
use crate::value::{Element, Kind, encode};

/// Of an average of decimals, on every engine.
const PLACES: i32 = 16;

pub(super) fn aggregate_plan<'a>(
    renderer: &mut Renderer<'a>,
    shape: &'a ReadShape,
    aggregate: &'a AggregateShape,
) -> ReadPlan<'a> {
    let making = Making { model: renderer.schema.model(shape.model), aggregate };
    let mut frame = Frame::default();
    renderer.filter_stages(&shape.filter, &mut frame);
    let offset = renderer.sources.whole(shape.offset).unwrap_or(0);
    let limit = shape.limit.map(rows);
    let is_grouped = shape.cardinality == Cardinality::Many;
    if !is_grouped {
        let terms = renderer.sort_terms(&shape.order, shape.model, &mut frame);
        renderer.sort_stages(&terms, &mut frame);
        page(&mut frame, offset, limit);
    }
    making.group(renderer, &mut frame);
    let many = is_grouped.then(|| Many {
        limit: limit.unwrap_or(usize::MAX),
        offset,
        is_keyset: false,
        is_backward: false,
    });
    if let Some(many) = many {
        if !aggregate.having.is_always() {
            let condition = making.having(renderer, &aggregate.having);
            frame.push(doc! { "$match": condition });
        }
        let terms: Vec<SortTerm<'_>> = aggregate.order.iter().map(sort_term).collect();
        renderer.sort_stages(&terms, &mut frame);
        page(&mut frame, many.offset, many.limit.checked_add(1));
    }
    let (row, mut projection) = making.row(renderer);
    let of_no_rows = (!is_grouped).then(|| making.of_no_rows(&mut projection));
    frame.push(projection.stage());
    let collection = collection(making.model).into_owned();
    ReadPlan {
        select: Select { collection, pipeline: frame.stages, row, children: Vec::new() },
        many,
        last_keys: None,
        of_no_rows,
    }
}

struct Making<'a> {
    model: &'a Model,
    aggregate: &'a AggregateShape,
}

impl<'a> Making<'a> {
    fn group(&self, renderer: &mut Renderer<'a>, frame: &mut Frame) {
        let mut column = |column: &Column| {
            or_null(renderer.guarded(path(self.model, column.field), column.guard.as_deref(), frame))
        };
        // What guards look up stands before.
        let keys: Document =
            self.aggregate.keys.iter().enumerate().map(|(n, key)| (format!("k{n}"), column(key))).collect();
        let values: Vec<Bson> = self.aggregate.values.iter().map(column).collect();
        let mut group = doc! { "_id": if keys.is_empty() { Bson::Null } else { keys.into() } };
        for (number, value) in values.iter().enumerate() {
            group.insert(format!("n{number}"), doc! { "$sum": { "$cond": [present(value), 1, 0] } });
        }
        for (number, measured) in self.aggregate.measures.iter().enumerate() {
            let value = measured.value.and_then(|value| values.get(value));
            group.insert(format!("m{number}"), self.gathered(*measured, value));
        }
        frame.push(doc! { "$group": group });
        let finished: Document = self
            .aggregate
            .measures
            .iter()
            .enumerate()
            .filter_map(|(number, measured)| Some((format!("m{number}"), self.finished(number, *measured)?)))
            .collect();
        if !finished.is_empty() {
            frame.push(doc! { "$set": finished });
        }
    }

    /// What is gathered of each row.
    fn gathered(&self, measured: Measured, value: Option<&Bson>) -> Document {
        let Some(value) = value.cloned() else { return doc! { "$sum": 1 } };
        match measured.function {
            Function::Count => doc! { "$sum": { "$cond": [present(&value), 1, 0] } },
            // Beyond 64 bits a sum would go on as a float.
            Function::Sum | Function::Average if self.is_big(measured) => {
                doc! { "$sum": { "$toDecimal": value } }
            }
            Function::Sum | Function::Average => doc! { "$sum": value },
            Function::Min => doc! { "$min": value },
            Function::Max => doc! { "$max": value },
        }
    }

    /// What becomes of it when all rows are seen.
    fn finished(&self, number: usize, measured: Measured) -> Option<Bson> {
        let value = measured.value?;
        let (sum, count) = (format!("$m{number}"), format!("$n{value}"));
        let result = match (measured.function, self.measure_type(measured)) {
            (Function::Sum, _) => Bson::String(sum),
            (Function::Average, MeasureType::Decimal) => {
                doc! { "$round": [{ "$divide": [sum, &count] }, PLACES] }.into()
            }
            (Function::Average, _) => doc! { "$divide": [{ "$toDouble": sum }, &count] }.into(),
            (Function::Count | Function::Min | Function::Max, _) => return None,
        };
        Some(doc! { "$cond": [{ "$gt": [count, 0] }, result, Bson::Null] }.into())
    }

    fn having(&self, renderer: &Renderer<'_>, having: &GroupFilter) -> Document {
        let all = |parts: &[GroupFilter]| -> Vec<Document> {
            parts.iter().map(|part| self.having(renderer, part)).collect()
        };
        match having {
            GroupFilter::All(parts) if parts.is_empty() => Document::new(),
            GroupFilter::All(parts) => doc! { "$and": all(parts) },
            GroupFilter::Any(parts) if parts.is_empty() => never(),
            GroupFilter::Any(parts) => doc! { "$or": all(parts) },
            GroupFilter::Not(inner) => doc! { "$nor": [self.having(renderer, inner)] },
            GroupFilter::IsNull(term) => doc! { term_path(*term): Bson::Null },
            GroupFilter::Compare { term, op, argument } => {
                let element = match self.element(renderer, *term) {
                    element @ Element::ObjectId => Some(element),
                    // Numbers compare by value.
                    _ => None,
                };
                let value = encode(renderer.sources.param(*argument), element);
                match op {
                    CompareOp::NotEqual => doc! { term_path(*term): { "$nin": [value, Bson::Null] } },
                    op => doc! { term_path(*term): { operator(*op): value } },
                }
            }
        }
    }

    fn row(&self, renderer: &Renderer<'a>) -> (RowPlan<'a>, Projection) {
        let mut projection = Projection::default();
        let mut output = |key: &'a str, term: Term| Output {
            key,
            place: projection.add(reference(&term_path(term))),
            kind: Kind { element: self.element(renderer, term), is_list: false },
            is_guarded: false,
        };
        let mut columns = Vec::new();
        let mut objects = Vec::new();
        for member in &self.aggregate.answer {
            match member {
                Member::Key(number) => {
                    if let Some(field) = self.key_field(*number) {
                        columns.push(output(&field.name, Term::Key(*number)));
                    }
                }
                Member::Measure { name, measure } => columns.push(output(name, Term::Measure(*measure))),
                Member::Object { function, measures } => {
                    let members = measures.iter().map(|measure| {
                        let measured = self.aggregate.measures.get(*measure);
                        let field = measured.and_then(|measured| self.field(*measured));
                        let name = field.map_or("_all", |field| field.name.as_str());
                        output(name, Term::Measure(*measure))
                    });
                    objects.push((function.name(), members.collect()));
                }
            }
        }
        (RowPlan { columns, related: Vec::new(), objects }, projection)
    }

    /// The one group that there is without any row: no document comes out of the stage then.
    fn of_no_rows(&self, projection: &mut Projection) -> Document {
        let counts = self.aggregate.measures.iter().enumerate();
        let counts = counts.filter(|(_, measured)| measured.function == Function::Count);
        counts
            .map(|(number, _)| {
                let place = projection.add(reference(&term_path(Term::Measure(number))));
                (format!("c{place}"), Bson::Int32(0))
            })
            .collect()
    }

    fn element(&self, renderer: &Renderer<'a>, term: Term) -> Element<'a> {
        let of = |field: Option<&'a Field>| {
            field.map_or(Element::Int, |field| Element::of(renderer.schema, field))
        };
        match term {
            Term::Key(number) => of(self.key_field(number)),
            Term::Measure(number) => match self.aggregate.measures.get(number) {
                None => Element::Int,
                Some(measured) => match self.measure_type(*measured) {
                    MeasureType::Int => Element::Int,
                    MeasureType::Float => Element::Float,
                    MeasureType::Whole | MeasureType::Decimal => Element::Decimal,
                    MeasureType::OfField => of(self.field(*measured)),
                },
            },
        }
    }

    fn measure_type(&self, measured: Measured) -> MeasureType {
        measured.function.result(self.field(measured))
    }

    fn is_big(&self, measured: Measured) -> bool {
        let field = self.field(measured);
        field.is_some_and(|field| {
            matches!(&field.kind, purlin_core::schema::FieldKind::Scalar(Scalar::BigInt | Scalar::Decimal))
        })
    }

    fn field(&self, measured: Measured) -> Option<&'a Field> {
        let column = self.aggregate.values.get(measured.value?)?;
        Some(self.model.field(column.field))
    }

    fn key_field(&self, number: usize) -> Option<&'a Field> {
        self.aggregate.keys.get(number).map(|column| self.model.field(column.field))
    }
}

fn term_path(term: Term) -> String {
    match term {
        Term::Key(number) => format!("_id.k{number}"),
        Term::Measure(number) => format!("m{number}"),
    }
}

fn sort_term(sort: &GroupSort) -> SortTerm<'static> {
    let nulls_first = match sort.nulls {
        Some(nulls) => nulls == Nulls::First,
        None => sort.direction == SortOrder::Ascending,
    };
    SortTerm {
        path: term_path(sort.term),
        kind: Kind { element: Element::Int, is_list: false },
        direction: sort.direction,
        nulls_first,
        is_nullable: true,
    }
}
