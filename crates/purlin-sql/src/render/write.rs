//! The statements of a write plan's steps.

use purlin_core::schema::{Field, FieldId, FieldKind, ModelId, Scalar, Schema};
use purlin_core::statement::{Change, Filter, Insert, ParamId, WriteValue};

use super::operand::list_form;
use super::renderer::{Renderer, Scope};
use crate::binding::{Form, Source};
use crate::decode::{Decode, OutputColumn};
use crate::dialect::{Arithmetic, Dialect};
use crate::write_statement::{Follower, GivenColumn, Returned, Shown, WriteStatement};

/// Gives a row, its fields in this order, if there is one.
pub fn render_load(
    schema: &Schema,
    dialect: &dyn Dialect,
    model: ModelId,
    fields: &[FieldId],
    filter: &Filter,
) -> WriteStatement {
    let mut renderer = Renderer::new(schema, dialect);
    let alias = renderer.alias();
    let from = renderer.table(model, &alias);
    let columns: Vec<String> = fields.iter().map(|field| renderer.column(&alias, model, *field)).collect();
    let columns = if columns.is_empty() { "1".to_owned() } else { columns.join(", ") };
    let filter = renderer.filter(filter, Some(&Scope::alone(&alias)));
    let text = format!("SELECT {columns} FROM {from} WHERE {filter} LIMIT 1");
    renderer.finish(text, returned(schema, model, fields))
}

/// Gives a row where a row of the model satisfies the filter.
pub fn render_exists(
    schema: &Schema,
    dialect: &dyn Dialect,
    model: ModelId,
    filter: &Filter,
) -> WriteStatement {
    render_load(schema, dialect, model, &[], filter)
}

/// Gives a row where the filter holds.
pub fn render_check(schema: &Schema, dialect: &dyn Dialect, filter: &Filter) -> WriteStatement {
    let mut renderer = Renderer::new(schema, dialect);
    let filter = renderer.filter(filter, None);
    renderer.finish(format!("SELECT 1{} WHERE {filter}", dialect.no_table()), Vec::new())
}

/// Gives the new row's key and the fields asked for, if the step has a slot, then what is answered of it.
pub fn render_insert(schema: &Schema, dialect: &dyn Dialect, insert: &Insert) -> WriteStatement {
    render_inserts(schema, dialect, insert, 1)
}

/// The same of several plans' rows, whose values are bound one row after the other: the bindings are those of one.
pub(crate) fn render_inserts(
    schema: &Schema,
    dialect: &dyn Dialect,
    insert: &Insert,
    rows: usize,
) -> WriteStatement {
    let mut renderer = Renderer::new(schema, dialect);
    let model = schema.model(insert.model);
    let mut text = format!("INSERT INTO {}", dialect.table(model));
    if insert.skips_duplicates && !dialect.skips_duplicates() {
        text.push_str(&unless_taken(&mut renderer, insert));
    } else if insert.values.is_empty() {
        text.push(' ');
        text.push_str(dialect.all_defaults());
    } else {
        let fields = || insert.values.iter().map(|(field, value)| (model.field(*field), value));
        let columns: Vec<String> = fields().map(|(field, _)| dialect.identifier(&field.column)).collect();
        let mut tuple = || {
            let values: Vec<String> =
                fields().map(|(field, value)| renderer.write_value(value, field)).collect();
            format!("({})", values.join(", "))
        };
        let tuples: Vec<String> = (0..rows).map(|_| tuple()).collect();
        for part in [" (", &columns.join(", "), ") VALUES ", &tuples.join(", ")] {
            text.push_str(part);
        }
    }
    if insert.skips_duplicates && dialect.skips_duplicates() {
        text.push_str(" ON CONFLICT DO NOTHING");
    }
    let mut fields: Vec<FieldId> = Vec::new();
    if insert.slot.is_some() {
        let keys = model.key_fields().map(|field| field.id);
        for field in keys.chain(insert.returning.iter().copied()) {
            if !fields.contains(&field) {
                fields.push(field);
            }
        }
    }
    let loaded = fields.len();
    let shown = match given(schema, dialect, insert) {
        Some(given) => Shown::Given(given),
        None => Shown::Returned(
            insert
                .shown
                .iter()
                .map(|field| {
                    let known = fields.iter().position(|known| known == field);
                    let position = known.unwrap_or_else(|| {
                        fields.push(*field);
                        fields.len() - 1
                    });
                    let field = model.field(*field);
                    let decode = Decode::of(schema, field);
                    OutputColumn { key: field.name.as_str().into(), position, decode, is_guarded: false }
                })
                .collect(),
        ),
    };
    let columns: Vec<String> =
        fields.iter().map(|field| dialect.identifier(&model.field(*field).column)).collect();
    let mut reread = None;
    if !columns.is_empty() && dialect.has_returning() {
        text.push_str(" RETURNING ");
        text.push_str(&columns.join(", "));
    } else if !columns.is_empty() {
        reread = Some(inserted_row(schema, dialect, insert, &columns.join(", ")));
    }
    fields.truncate(loaded);
    let returning = returned(schema, insert.model, &fields);
    let after = given_counted_key(schema, dialect, insert);
    let mut statement = WriteStatement { shown, reread, after, ..renderer.finish(text, returning) };
    statement.bindings.truncate(statement.bindings.len() / rows.max(1));
    statement
}

/// The rest of an insert for engines that only know to ignore every fault of a row: one row, where no other has the
/// same key.
fn unless_taken(renderer: &mut Renderer<'_>, insert: &Insert) -> String {
    let (dialect, model) = (renderer.dialect, renderer.schema.model(insert.model));
    let given = |id: FieldId| insert.values.iter().find(|(known, _)| *known == id).map(|(_, value)| value);
    let fields = || insert.values.iter().map(|(field, value)| (model.field(*field), value));
    let columns: Vec<String> = fields().map(|(field, _)| dialect.identifier(&field.column)).collect();
    let values: Vec<String> = fields().map(|(field, value)| renderer.write_value(value, field)).collect();
    let mut conditions = Vec::new();
    let uniques = model.uniques.iter().filter(|unique| unique.partial.is_none());
    for key in std::iter::once(&model.primary_key.fields).chain(uniques.map(|unique| &unique.fields)) {
        let Some(parts) =
            key.iter().map(|part| Some((part.field, given(part.field)?))).collect::<Option<Vec<_>>>()
        else {
            continue;
        };
        let same: Vec<String> = parts
            .into_iter()
            .map(|(id, value)| {
                let field = model.field(id);
                format!("{} = {}", dialect.identifier(&field.column), renderer.write_value(value, field))
            })
            .collect();
        let table = dialect.table(model);
        conditions.push(format!("NOT EXISTS (SELECT 1 FROM {table} WHERE {})", same.join(" AND ")));
    }
    let conditions = if conditions.is_empty() { "TRUE".to_owned() } else { conditions.join(" AND ") };
    let (columns, values) = (columns.join(", "), values.join(", "));
    format!(" ({columns}) SELECT {values}{} WHERE {conditions}", dialect.no_table())
}

/// The row just inserted: by the key that was given, or that the database has counted.
fn inserted_row(schema: &Schema, dialect: &dyn Dialect, insert: &Insert, columns: &str) -> Follower {
    let mut renderer = Renderer::new(schema, dialect);
    let model = schema.model(insert.model);
    let keys: Vec<String> = model
        .key_fields()
        .map(|field| {
            let given = insert.values.iter().find(|(id, _)| *id == field.id);
            let value = match given {
                Some((_, value)) => renderer.write_value(value, field),
                None => dialect.last_counted_key().to_owned(),
            };
            format!("{} = {value}", dialect.identifier(&field.column))
        })
        .collect();
    let text = format!("SELECT {columns} FROM {} WHERE {}", dialect.table(model), keys.join(" AND "));
    let (text, bindings) = dialect.finish(text, renderer.bindings);
    Follower { text, bindings }
}

/// Where the database counts a key up, and the insert gives one.
fn given_counted_key(schema: &Schema, dialect: &dyn Dialect, insert: &Insert) -> Option<Follower> {
    let model = schema.model(insert.model);
    let (field, value) = insert
        .values
        .iter()
        .map(|(id, value)| (model.field(*id), value))
        .find(|(field, _)| dialect.is_counted_key(model, field))?;
    let mut renderer = Renderer::new(schema, dialect);
    let values = [renderer.write_value(value, field), renderer.write_value(value, field)];
    let text = dialect.count_on(&dialect.table(model), &field.column, values)?;
    let (text, bindings) = dialect.finish(text, renderer.bindings);
    Some(Follower { text, bindings })
}

/// Whether rows of several such plans may be one statement: of each it is known which came back for which.
pub(crate) fn may_join(schema: &Schema, dialect: &dyn Dialect, insert: &Insert) -> bool {
    let model = schema.model(insert.model);
    let is_known = |key: &Field| {
        let value = insert.values.iter().find(|(field, _)| *field == key.id);
        value.is_some_and(|(_, value)| matches!(value, WriteValue::Param(_))) && dialect.stores_as_bound(key)
    };
    dialect.has_returning()
        && !dialect.shares_placeholders()
        && model.key_fields().all(is_known)
        && given_counted_key(schema, dialect, insert).is_none()
        && given(schema, dialect, insert).is_some()
}

/// The columns to answer, if the insert is given the value of each.
fn given(schema: &Schema, dialect: &dyn Dialect, insert: &Insert) -> Option<Vec<GivenColumn>> {
    let column = |id: &FieldId| {
        let field = schema.model(insert.model).field(*id);
        let (_, value) = insert.values.iter().find(|(given, _)| given == id)?;
        let source = match value {
            WriteValue::Param(param) => Source::Param(*param),
            WriteValue::Loaded { slot, field } => Source::Loaded(*slot, *field),
        };
        let key = field.name.as_str().into();
        dialect.stores_as_bound(field).then(|| GivenColumn { key, decode: Decode::of(schema, field), source })
    };
    insert.shown.iter().map(column).collect()
}

/// Whether the rows to change are found through other rows, or an assignment looks at the row as it was.
fn must_pick(filter: &Filter, changes: &[(FieldId, Change)]) -> bool {
    filter.looks_elsewhere() || changes.iter().any(|(_, change)| matches!(change, Change::SetWhere { .. }))
}

pub fn render_update(
    schema: &Schema,
    dialect: &dyn Dialect,
    model: ModelId,
    changes: &[(FieldId, Change)],
    filter: &Filter,
) -> WriteStatement {
    if !dialect.changes_what_it_reads() && must_pick(filter, changes) {
        return super::pick::update(schema, dialect, model, changes, filter);
    }
    let mut renderer = Renderer::new(schema, dialect);
    let alias = renderer.alias();
    let table = renderer.table(model, &alias);
    let model = schema.model(model);
    let mut changes: Vec<String> = changes
        .iter()
        .map(|(field, change)| {
            let field = model.field(*field);
            let column = dialect.identifier(&field.column);
            let value = renderer.changed(&alias, model.id, field, change);
            format!("{column} = {value}")
        })
        .collect();
    if changes.is_empty() {
        // The filter must be tried all the same: a key set to itself changes nothing.
        changes.extend(model.key_fields().take(1).map(|field| {
            let column = dialect.identifier(&field.column);
            format!("{column} = {alias}.{column}")
        }));
    }
    let filter = renderer.filter(filter, Some(&Scope::alone(&alias)));
    renderer.finish(format!("UPDATE {table} SET {} WHERE {filter}", changes.join(", ")), Vec::new())
}

pub fn render_delete(
    schema: &Schema,
    dialect: &dyn Dialect,
    model: ModelId,
    filter: &Filter,
) -> WriteStatement {
    if !dialect.changes_what_it_reads() && must_pick(filter, &[]) {
        return super::pick::delete(schema, dialect, model, filter);
    }
    let mut renderer = Renderer::new(schema, dialect);
    let alias = renderer.alias();
    let table = renderer.table(model, &alias);
    let filter = renderer.filter(filter, Some(&Scope::alone(&alias)));
    renderer.finish(dialect.delete(&table, &alias, &filter), Vec::new())
}

impl Renderer<'_> {
    pub(super) fn finish(self, text: String, returning: Vec<Returned>) -> WriteStatement {
        let (text, bindings) = self.dialect.finish(text, self.bindings);
        WriteStatement {
            text,
            bindings,
            returning,
            shown: Shown::Returned(Vec::new()),
            reread: None,
            after: None,
        }
    }

    pub(super) fn write_value(&mut self, value: &WriteValue, field: &Field) -> String {
        let form = if field.is_list() { list_form(Some(field)) } else { Form::Plain };
        match value {
            WriteValue::Param(param) => self.param(*param, form),
            WriteValue::Loaded { slot, field } => self.loaded(*slot, *field, form),
        }
    }

    pub(super) fn changed(&mut self, alias: &str, model: ModelId, field: &Field, change: &Change) -> String {
        match change {
            Change::Set(value) => self.write_value(value, field),
            Change::SetWhere { value, condition } => {
                let condition = self.filter(condition, Some(&Scope::alone(alias)));
                let value = self.write_value(value, field);
                format!("CASE WHEN {condition} THEN {value} ELSE {} END", self.column(alias, model, field.id))
            }
            Change::Increment(param) => self.calculated(Arithmetic::Add, alias, model, field, *param),
            Change::Decrement(param) => self.calculated(Arithmetic::Subtract, alias, model, field, *param),
            Change::Multiply(param) => self.calculated(Arithmetic::Multiply, alias, model, field, *param),
            Change::Divide(param) => self.calculated(Arithmetic::Divide, alias, model, field, *param),
            Change::Push(param) => {
                let elements = self.param(*param, list_form(Some(field)));
                self.dialect.list_append(&self.column(alias, model, field.id), &elements)
            }
        }
    }

    fn calculated(
        &mut self,
        operation: Arithmetic,
        alias: &str,
        model: ModelId,
        field: &Field,
        operand: ParamId,
    ) -> String {
        let column = self.column(alias, model, field.id);
        let operand = self.param(operand, Form::Plain);
        let scalar = match &field.kind {
            FieldKind::Scalar(scalar) => *scalar,
            _ => Scalar::Float,
        };
        self.dialect.arithmetic(operation, scalar, &column, &operand, &field.name)
    }
}

fn returned(schema: &Schema, model: ModelId, fields: &[FieldId]) -> Vec<Returned> {
    let model = schema.model(model);
    fields
        .iter()
        .map(|field| Returned { field: *field, decode: Decode::of(schema, model.field(*field)) })
        .collect()
}
