//! Measures of rows: what the rows hold is picked in a subquery, so that groups and measures name columns, and
//! conditions on groups stand around it.

use purlin_core::operation::{Function, MeasureType, Nulls};
use purlin_core::schema::{Field, FieldKind, Model, Scalar, Schema, SortOrder};
use purlin_core::statement::{
    AggregateShape, Cardinality, Filter, GroupFilter, GroupSort, Measured, Member, ReadShape, Term,
};

use super::filter::compare_sign;
use super::operand::is_scalar;
use super::renderer::{ALWAYS, NEVER, Renderer, Scope, both, whole};
use crate::binding::{Binding, Form, Source};
use crate::decode::{Decode, OutputColumn};
use crate::dialect::Dialect;
use crate::read_statement::{ReadStatement, RowPlan, Select};

pub(super) fn render_aggregate(
    schema: &Schema,
    dialect: &dyn Dialect,
    shape: &ReadShape,
    aggregate: &AggregateShape,
) -> ReadStatement {
    let model = schema.model(shape.model);
    let mut renderer = Renderer::new(schema, dialect);
    let making = Making { model, aggregate };
    let is_grouped = shape.cardinality == Cardinality::Many;
    let rows = making.rows(&mut renderer, shape, is_grouped);
    let measures: Vec<String> = aggregate
        .measures
        .iter()
        .enumerate()
        .map(|(number, measured)| format!("{} AS m{number}", making.measure(dialect, *measured)))
        .collect();
    let text = if is_grouped {
        making.groups(&mut renderer, shape, &rows, measures)
    } else {
        format!("SELECT {} FROM ({rows}) AS r", measures.join(", "))
    };
    let (text, bindings) = dialect.finish(text, renderer.bindings);
    let (row, width) = making.row(schema);
    ReadStatement {
        cardinality: shape.cardinality,
        select: Select { text: text.into(), bindings, width, row, children: Vec::new() },
        limit: shape.limit.filter(|_| is_grouped).and_then(|limit| usize::try_from(limit).ok()),
        offset: shape.offset.filter(|_| is_grouped),
        is_keyset: false,
        is_backward: false,
        last_keys: None,
        count: None,
        common: None,
    }
}

struct Making<'a> {
    model: &'a Model,
    aggregate: &'a AggregateShape,
}

impl<'a> Making<'a> {
    /// The rows that are measured: keys as `k0…`, values as `v0…`.
    fn rows(&self, renderer: &mut Renderer<'_>, shape: &ReadShape, is_grouped: bool) -> String {
        let alias = renderer.alias();
        let from = renderer.table(shape.model, &alias);
        let mut columns = Vec::new();
        for (letter, picked) in [("k", &self.aggregate.keys), ("v", &self.aggregate.values)] {
            for (number, column) in picked.iter().enumerate() {
                let text =
                    renderer.guarded_column(&alias, shape.model, column.field, column.guard.as_deref());
                columns.push(format!("{text} AS {letter}{number}"));
            }
        }
        if columns.is_empty() {
            columns.push("1 AS n".to_owned());
        }
        let filter = match &shape.filter {
            Filter::Always => String::new(),
            filter => format!(" WHERE {}", renderer.filter(filter, Some(&Scope::alone(&alias)))),
        };
        // Of groups order and page are their own.
        let page = if is_grouped {
            String::new()
        } else {
            let terms = renderer.sort_terms(&shape.order, &alias, shape.model);
            let order = renderer.order_clause(&[], &terms);
            let limit = shape.limit.map(whole);
            let offset = shape.offset.map(|offset| renderer.bind(Binding::plain(Source::Param(offset))));
            format!("{order}{}", renderer.dialect.page(limit.as_deref(), offset.as_deref()))
        };
        format!("SELECT {} FROM {from}{filter}{page}", columns.join(", "))
    }

    fn measure(&self, dialect: &dyn Dialect, measured: Measured) -> String {
        match measured.value.and_then(|value| Some((value, self.value_field(value)?))) {
            Some((value, field)) => dialect.measure(measured.function, field, &format!("r.v{value}")),
            None => "count(*)".to_owned(),
        }
    }

    fn groups(
        &self,
        renderer: &mut Renderer<'_>,
        shape: &ReadShape,
        rows: &str,
        measures: Vec<String>,
    ) -> String {
        let dialect = renderer.dialect;
        let keys = 0..self.aggregate.keys.len();
        let mut picked: Vec<String> =
            keys.clone().map(|number| format!("r.k{number} AS k{number}")).collect();
        picked.extend(measures);
        let by: Vec<String> =
            keys.map(|number| format!("r.k{number}{}", self.collation(dialect, Term::Key(number)))).collect();
        let by = if by.is_empty() { String::new() } else { format!(" GROUP BY {}", by.join(", ")) };
        let condition = match self.having(renderer, &self.aggregate.having).as_str() {
            ALWAYS => String::new(),
            condition => format!(" WHERE {condition}"),
        };
        let order: Vec<String> =
            self.aggregate.order.iter().map(|sort| self.sort_key(dialect, sort)).collect();
        let order = if order.is_empty() { String::new() } else { format!(" ORDER BY {}", order.join(", ")) };
        // One group more tells whether more follow.
        let limit = shape.limit.map(|limit| whole(limit.saturating_add(1)));
        let offset = shape.offset.map(|offset| renderer.bind(Binding::plain(Source::Param(offset))));
        let page = dialect.page(limit.as_deref(), offset.as_deref());
        format!(
            "SELECT {} FROM (SELECT {} FROM ({rows}) AS r{by}) AS g{condition}{order}{page}",
            self.names(),
            picked.join(", "),
        )
    }

    /// What a group has, by name.
    fn names(&self) -> String {
        let keys = (0..self.aggregate.keys.len()).map(|number| term_name(Term::Key(number)));
        let measures = (0..self.aggregate.measures.len()).map(|number| term_name(Term::Measure(number)));
        keys.chain(measures).collect::<Vec<_>>().join(", ")
    }

    fn having(&self, renderer: &mut Renderer<'_>, having: &GroupFilter) -> String {
        match having {
            GroupFilter::All(parts) => {
                let parts = parts.iter().map(|part| self.having(renderer, part));
                parts.fold(ALWAYS.to_owned(), |text, part| both(&text, &part))
            }
            GroupFilter::Any(parts) if parts.is_empty() => NEVER.to_owned(),
            GroupFilter::Any(parts) => {
                let parts: Vec<String> =
                    parts.iter().map(|part| format!("({})", self.having(renderer, part))).collect();
                format!("({})", parts.join(" OR "))
            }
            GroupFilter::Not(inner) => format!("({}) IS NOT TRUE", self.having(renderer, inner)),
            GroupFilter::IsNull(term) => format!("{} IS NULL", term_name(*term)),
            GroupFilter::Compare { term, op, argument } => {
                let dialect = renderer.dialect;
                let value = renderer.param(*argument, Form::Plain);
                let value = if self.is_decimal(*term) { dialect.bound_decimal(&value) } else { value };
                let collation = self.collation(dialect, *term);
                format!("{}{collation} {} {value}", term_name(*term), compare_sign(*op))
            }
        }
    }

    fn sort_key(&self, dialect: &dyn Dialect, sort: &GroupSort) -> String {
        let nulls_first = match sort.nulls {
            Some(nulls) => nulls == Nulls::First,
            None => sort.direction == SortOrder::Ascending,
        };
        let expression = format!("{}{}", term_name(sort.term), self.collation(dialect, sort.term));
        dialect.sort_key(&expression, sort.direction, self.is_nullable(sort.term).then_some(nulls_first))
    }

    fn collation(&self, dialect: &dyn Dialect, term: Term) -> &'static str {
        if self.is_decimal(term) { dialect.decimal_collation() } else { "" }
    }

    fn is_nullable(&self, term: Term) -> bool {
        match term {
            Term::Key(_) => true,
            Term::Measure(number) => {
                let measured = self.aggregate.measures.get(number);
                measured.is_none_or(|measured| measured.function != Function::Count)
            }
        }
    }

    fn is_decimal(&self, term: Term) -> bool {
        match term {
            Term::Key(number) => is_scalar(self.key_field(number), Scalar::Decimal),
            Term::Measure(number) => match self.measure_type(number) {
                Some((MeasureType::Whole | MeasureType::Decimal, _)) => true,
                Some((MeasureType::OfField, field)) => is_scalar(field, Scalar::Decimal),
                _ => false,
            },
        }
    }

    fn measure_type(&self, number: usize) -> Option<(MeasureType, Option<&'a Field>)> {
        let measured = self.aggregate.measures.get(number)?;
        let field = measured.value.and_then(|value| self.value_field(value));
        Some((measured.function.result(field), field))
    }

    fn key_field(&self, number: usize) -> Option<&'a Field> {
        self.aggregate.keys.get(number).map(|column| self.model.field(column.field))
    }

    fn value_field(&self, number: usize) -> Option<&'a Field> {
        self.aggregate.values.get(number).map(|column| self.model.field(column.field))
    }

    /// How a result row, keys first and then measures, becomes an object.
    fn row(&self, schema: &Schema) -> (RowPlan, usize) {
        let keys = self.aggregate.keys.len();
        let output = |key: &str, position, decode| OutputColumn {
            key: key.into(),
            position,
            decode,
            is_guarded: false,
        };
        let measured = |name: Option<&'static str>, number: usize| {
            let (measure_type, field) = self.measure_type(number)?;
            let name = name.unwrap_or_else(|| field.map_or("_all", |field| field.name.as_str()));
            let decode = match (measure_type, field) {
                (MeasureType::OfField, Some(field)) => Decode::of(schema, field),
                (MeasureType::Float, _) => Decode::Float,
                (MeasureType::Whole | MeasureType::Decimal, _) => Decode::Decimal,
                (MeasureType::Int | MeasureType::OfField, _) => Decode::Int,
            };
            Some(output(name, keys + number, decode))
        };
        let mut row = RowPlan::default();
        for member in &self.aggregate.answer {
            match member {
                Member::Key(number) => {
                    if let Some(field) = self.key_field(*number) {
                        row.columns.push(output(&field.name, *number, Decode::of(schema, field)));
                    }
                }
                Member::Measure { name, measure } => row.columns.extend(measured(Some(name), *measure)),
                Member::Object { function, measures } => {
                    let members = measures.iter().filter_map(|measure| measured(None, *measure)).collect();
                    row.objects.push((function.name().into(), members));
                }
            }
        }
        (row, keys + self.aggregate.measures.len())
    }
}

fn term_name(term: Term) -> String {
    match term {
        Term::Key(number) => format!("g.k{number}"),
        Term::Measure(number) => format!("g.m{number}"),
    }
}

/// Whether a column is a number with a fraction, or one of 64 bits.
pub(crate) fn number_of(field: &Field) -> Option<Scalar> {
    match field.kind {
        FieldKind::Scalar(scalar @ (Scalar::Int | Scalar::BigInt | Scalar::Float | Scalar::Decimal)) => {
            Some(scalar)
        }
        _ => None,
    }
}
