//! Statements in few words: fields are named `Model.field`, or by a path through to-one
//! relations, and values are JSON typed by the field.

use std::cell::RefCell;

use purlin_core::input::value_from_json;
use purlin_core::operation::Nulls;
use purlin_core::schema::{CompareOp, Field, FieldId, ListOp, Model, Quantifier, Schema, SortOrder, TextOp};
use purlin_core::statement::{
    Cardinality, Change, CheckFailure, Column, Expect, Filter, Include, IncludeShape, Insert, JsonOp,
    LoadSlot, Operand, Origin, ParamId, ReadShape, RelationCount, SortHop, SortKey, SortTarget, Step, Update,
    WriteValue,
};
use purlin_core::value::Value;
use serde_json::Value as Json;

#[derive(Debug)]
pub struct Build<'s> {
    pub schema: &'s Schema,
    params: RefCell<Vec<Value>>,
}

impl<'s> Build<'s> {
    pub fn new(schema: &'s Schema) -> Self {
        Self { schema, params: RefCell::default() }
    }

    pub fn into_params(self) -> Vec<Value> {
        self.params.into_inner()
    }

    pub fn param(&self, value: Value) -> ParamId {
        let mut params = self.params.borrow_mut();
        params.push(value);
        ParamId(u32::try_from(params.len() - 1).unwrap())
    }

    pub fn model(&self, name: &str) -> &'s Model {
        self.schema.model_named(name).unwrap_or_else(|| panic!("no model {name}"))
    }

    /// The field that a path ends in.
    pub fn field(&self, path: &str) -> (&'s Model, Vec<FieldId>, &'s Field) {
        let mut parts = path.split('.');
        let root = self.model(parts.next().unwrap_or_default());
        let mut names: Vec<&str> = parts.collect();
        let last = names.pop().unwrap_or_else(|| panic!("{path} names no field"));
        let mut model = root;
        let mut relations = Vec::new();
        for name in names {
            let field = model.field_named(name).unwrap_or_else(|| panic!("no field {name} in {path}"));
            relations.push(field.id);
            model = self.schema.model(field.relation().unwrap_or_else(|| panic!("{path}")).target);
        }
        let field = model.field_named(last).unwrap_or_else(|| panic!("no field {last} in {path}"));
        (root, relations, field)
    }

    pub fn id(&self, path: &str) -> FieldId {
        self.field(path).2.id
    }

    pub fn value(&self, path: &str, json: &Json) -> Value {
        let field = self.field(path).2;
        value_from_json(self.schema, field, json).unwrap_or_else(|error| panic!("{path} = {json}: {error}"))
    }

    /// A list of values of a field.
    pub fn values(&self, path: &str, json: &Json) -> Value {
        Value::List(json.as_array().unwrap().iter().map(|item| self.value(path, item)).collect())
    }

    pub fn bound(&self, path: &str, json: &Json) -> Operand {
        Operand::Param(self.param(self.value(path, json)))
    }

    /// A column of the innermost row, or of a row that relations lead to from there.
    pub fn col(&self, path: &str) -> Operand {
        self.col_at(0, path)
    }

    pub fn col_at(&self, depth: u8, path: &str) -> Operand {
        let (model, relations, field) = self.field(path);
        Operand::Column { origin: Origin::Scope(depth), model: model.id, relations, field: field.id }
    }

    pub fn compare(&self, path: &str, op: CompareOp, json: &Json) -> Filter {
        Filter::Compare { op, left: self.col(path), right: self.bound(path, json) }
    }

    pub fn eq(&self, path: &str, json: &Json) -> Filter {
        self.compare(path, CompareOp::Equal, json)
    }

    pub fn columns_compare(&self, left: &str, op: CompareOp, right: &str) -> Filter {
        Filter::Compare { op, left: self.col(left), right: self.col(right) }
    }

    pub fn is_in(&self, path: &str, json: &Json) -> Filter {
        Filter::In { value: self.col(path), list: Operand::Param(self.param(self.values(path, json))) }
    }

    pub fn text(&self, path: &str, op: TextOp, argument: &str, ignore_case: bool) -> Filter {
        let argument = Operand::Param(self.param(Value::from(argument)));
        Filter::Text { op, value: self.col(path), argument, ignore_case }
    }

    /// `argument` is an element for `Has`, else a list.
    pub fn list(&self, path: &str, op: ListOp, argument: Option<Json>) -> Filter {
        let field = self.field(path).2;
        let argument = argument.map(|json| {
            let list = if op == ListOp::Has { Json::Array(vec![json]) } else { json };
            let value = value_from_json(self.schema, field, &list).unwrap();
            let value = match (op, value) {
                (ListOp::Has, Value::List(mut values)) => values.remove(0),
                (_, value) => value,
            };
            Operand::Param(self.param(value))
        });
        Filter::List { op, list: self.col(path), argument }
    }

    pub fn json(&self, path: &str, inside: &[&str], op: JsonOp, argument: Json) -> Filter {
        let argument = match (op, argument) {
            (JsonOp::Text { .. }, Json::String(text)) => Value::String(text),
            (_, json) => Value::Json(json.to_string()),
        };
        Filter::Json {
            value: self.col(path),
            path: inside.iter().map(|&segment| segment.to_owned()).collect(),
            op,
            argument: Operand::Param(self.param(argument)),
        }
    }

    pub fn related(&self, path: &str, quantifier: Quantifier, condition: Filter) -> Filter {
        self.related_from(Origin::ROW, path, quantifier, condition)
    }

    pub fn related_from(
        &self,
        origin: Origin,
        path: &str,
        quantifier: Quantifier,
        condition: Filter,
    ) -> Filter {
        let (model, _, field) = self.field(path);
        Filter::Related {
            origin,
            model: model.id,
            relation: field.id,
            quantifier,
            condition: Box::new(condition),
        }
    }

    /// `-` before a path means descending; `!` at its end nulls first, `?` nulls last.
    pub fn order(&self, keys: &[&str]) -> Vec<SortKey> {
        keys.iter().map(|key| self.sort_key(key)).collect()
    }

    fn sort_key(&self, key: &str) -> SortKey {
        let (direction, path) = match key.strip_prefix('-') {
            Some(path) => (SortOrder::Descending, path),
            None => (SortOrder::Ascending, key),
        };
        let (nulls, path) = match (path.strip_suffix('!'), path.strip_suffix('?')) {
            (Some(path), _) => (Some(Nulls::First), path),
            (_, Some(path)) => (Some(Nulls::Last), path),
            _ => (None, path),
        };
        let (_, relations, field) = self.field(path);
        let target = if field.relation().is_some() {
            SortTarget::Count { relation: field.id, filter: Filter::Always }
        } else {
            let hop = |relation| SortHop { relation, filter: Filter::Always };
            let relations = relations.into_iter().map(hop).collect();
            SortTarget::Column { relations, field: field.id, guard: None }
        };
        SortKey { target, direction, nulls }
    }

    pub fn columns(&self, model: &str, names: &str) -> Vec<Column> {
        let column = |name: &str| Column { field: self.id(&format!("{model}.{name}")), guard: None };
        names.split_whitespace().map(column).collect()
    }

    /// All rows of a model, ordered by its key.
    pub fn many(&self, model: &str, columns: &str, filter: Filter) -> ReadShape {
        let described = self.model(model);
        let order = described.key_fields().map(|field| format!("{model}.{}", field.name)).collect::<Vec<_>>();
        ReadShape {
            model: described.id,
            cardinality: Cardinality::Many,
            columns: self.columns(model, columns),
            includes: Vec::new(),
            counts: Vec::new(),
            filter,
            order: self.order(&order.iter().map(String::as_str).collect::<Vec<_>>()),
            after: None,
            from: None,
            limit: None,
            offset: None,
            is_backward: false,
            distinct: Vec::new(),
            wants_last_keys: false,
            aggregate: None,
        }
    }

    pub fn one(&self, model: &str, columns: &str, filter: Filter) -> ReadShape {
        ReadShape { cardinality: Cardinality::One, order: Vec::new(), ..self.many(model, columns, filter) }
    }

    pub fn number(&self, number: i64) -> Option<ParamId> {
        Some(self.param(Value::Int(number)))
    }

    /// `path` names a relation field.
    pub fn include(&self, path: &str, columns: &str) -> Include {
        let field = self.field(path).2;
        let target = &self.schema.model(field.relation().unwrap().target).name;
        let order = if field.is_list() { self.many(target, "", Filter::Always).order } else { Vec::new() };
        Include {
            relation: field.id,
            guard: None,
            shape: Box::new(IncludeShape {
                columns: self.columns(target, columns),
                includes: Vec::new(),
                counts: Vec::new(),
                filter: Filter::Always,
                order,
                limit: None,
                offset: None,
                is_backward: false,
                distinct: Vec::new(),
            }),
        }
    }

    pub fn count(&self, path: &str, filter: Filter) -> RelationCount {
        RelationCount { relation: self.id(path), filter }
    }

    pub fn write_value(&self, path: &str, json: &Json) -> WriteValue {
        WriteValue::Param(self.param(self.value(path, json)))
    }

    /// `row` is an object of fields.
    pub fn insert(&self, model: &str, row: &Json, slot: Option<u32>) -> Step {
        let values = row.as_object().unwrap().iter().map(|(name, json)| {
            let path = format!("{model}.{name}");
            (self.id(&path), self.write_value(&path, json))
        });
        Step::Insert(Insert {
            model: self.model(model).id,
            values: values.collect(),
            slot: slot.map(LoadSlot),
            returning: Vec::new(),
            shown: Vec::new(),
            skips_duplicates: false,
        })
    }

    pub fn update(&self, model: &str, changes: Vec<(&str, Change)>, filter: Filter, expect: Expect) -> Step {
        let changes =
            changes.into_iter().map(|(name, change)| (self.id(&format!("{model}.{name}")), change)).collect();
        Step::Update(Update { model: self.model(model).id, changes, filter, expect })
    }

    pub fn set(&self, path: &str, json: &Json) -> Change {
        Change::Set(self.write_value(path, json))
    }

    pub fn delete(&self, model: &str, filter: Filter, expect: Expect) -> Step {
        Step::Delete { model: self.model(model).id, filter, expect }
    }

    pub fn link(&self, path: &str, local: &Json, target: &Json, remove: bool) -> Step {
        let (model, _, field) = self.field(path);
        let target_model = &self.schema.model(field.relation().unwrap().target).name;
        Step::Link {
            model: model.id,
            relation: field.id,
            local: self.write_value(&format!("{}.id", model.name), local),
            target: self.write_value(&format!("{target_model}.id"), target),
            remove,
        }
    }
}

/// Exactly one row, else what a policy or an absent row says.
pub(super) fn one_row(readable: Filter) -> Expect {
    Expect::One {
        readable,
        denied: CheckFailure::Denied("a rule refuses".to_owned()),
        absent: CheckFailure::NotFound,
    }
}
