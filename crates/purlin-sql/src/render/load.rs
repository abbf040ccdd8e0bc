//! Many rows in one statement.

use purlin_core::schema::{Field, FieldId, Link, Schema};
use purlin_core::statement::{Heap, ParamId};

use super::operand::list_form;
use crate::binding::{Binding, Form, Source};
use crate::dialect::Dialect;

/// A statement without an answer.
#[derive(Clone, Debug)]
pub struct LoadStatement {
    pub text: String,
    /// Row by row.
    pub bindings: Vec<Binding>,
}

/// `None` for pairs of a relation without a join table.
pub fn render_emptying(schema: &Schema, dialect: &dyn Dialect, heap: Heap) -> Option<LoadStatement> {
    let text = format!("DELETE FROM {}", Target::of(schema, dialect, heap, &[])?.table);
    Some(LoadStatement { text, bindings: Vec::new() })
}

/// An insert of so many rows. `None` as above.
pub fn render_rows(
    schema: &Schema,
    dialect: &dyn Dialect,
    heap: Heap,
    fields: &[FieldId],
    rows: usize,
) -> Option<LoadStatement> {
    let target = Target::of(schema, dialect, heap, fields)?;
    let mut bindings = Vec::with_capacity(rows * target.columns.len());
    let mut text = format!("INSERT INTO {} (", target.table);
    let names: Vec<&str> = target.columns.iter().map(|(name, _)| name.as_str()).collect();
    text.push_str(&names.join(", "));
    text.push_str(") VALUES ");
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ", (" });
        for (position, (_, form)) in target.columns.iter().enumerate() {
            if position > 0 {
                text.push_str(", ");
            }
            let param = ParamId(u32::try_from(bindings.len()).unwrap_or(u32::MAX));
            bindings.push(Binding { source: Source::Param(param), form: *form });
            text.push_str(&dialect.placeholder(bindings.len()));
        }
        text.push(')');
    }
    let (text, bindings) = dialect.finish(text, bindings);
    Some(LoadStatement { text, bindings })
}

/// Makes the database count on behind a number, which is the one value, if it does not by itself.
pub fn render_counting(
    schema: &Schema,
    dialect: &dyn Dialect,
    heap: Heap,
    field: FieldId,
) -> Option<LoadStatement> {
    let Heap::Model(model) = heap else { return None };
    let model = schema.model(model);
    let field = model.field(field);
    if !dialect.is_counted_key(model, field) {
        return None;
    }
    let binding = Binding::plain(Source::Param(ParamId(0)));
    let (bindings, last) =
        if dialect.shares_placeholders() { (vec![binding], 1) } else { (vec![binding.clone(), binding], 2) };
    let values = [dialect.placeholder(1), dialect.placeholder(last)];
    let text = dialect.count_on(&dialect.table(model), &field.column, values)?;
    let (text, bindings) = dialect.finish(text, bindings);
    Some(LoadStatement { text, bindings })
}

/// A table and its columns, quoted, with the form in which each is bound.
struct Target {
    table: String,
    columns: Vec<(String, Form)>,
}

impl Target {
    fn of(schema: &Schema, dialect: &dyn Dialect, heap: Heap, fields: &[FieldId]) -> Option<Self> {
        let form = |field: &Field| if field.is_list() { list_form(Some(field)) } else { Form::Plain };
        match heap {
            Heap::Model(model) => {
                let model = schema.model(model);
                let column = |field: &FieldId| {
                    let field = model.field(*field);
                    (dialect.identifier(&field.column), form(field))
                };
                Some(Self { table: dialect.table(model), columns: fields.iter().map(column).collect() })
            }
            Heap::Pairs(model, relation) => {
                let Link::Join(join) = &schema.model(model).field(relation).relation()?.link else {
                    return None;
                };
                let column = |name: &str| (dialect.identifier(name), Form::Plain);
                let columns = vec![column(&join.local_column), column(&join.target_column)];
                Some(Self { table: dialect.identifier(&join.table), columns })
            }
        }
    }
}
