//! One question to the rules, and the verdict: on the row, on its fields, on the row as an update leaves it, and on
//! the rows that new keys name.

use purlin_core::evaluate::{Evaluator, Judgement};
use purlin_core::operation::{Assignment, Data};
use purlin_core::schema::{
    DefaultFunction, DefaultValue, Field, FieldId, FieldOperation, Model, Operand, PathRoot, PolicyOperation,
};
use purlin_core::value::{Value, literal_value};

/// May this be done with that row?
#[derive(Debug)]
pub(super) struct Question<'q> {
    pub(super) operation: PolicyOperation,
    pub(super) model: &'q Model,
    /// What is written by a create or an update.
    pub(super) data: &'q Data,
}

#[derive(Debug)]
pub struct Verdict {
    pub is_allowed: bool,
    /// By operation: for an update also what holds afterwards.
    pub rules: Vec<(PolicyOperation, Judgement)>,
    /// Of fields that have rules: whether they are shown by a read, or may be set by an update.
    pub fields: Vec<(FieldId, Judgement)>,
    /// Rows that new keys name, by relation: who names one must be able to read it. `None` where there is none.
    pub named: Vec<(FieldId, Option<Judgement>)>,
}

/// The row that a question is about: the stored one, or the new one of a create.
pub(super) fn new_row(evaluator: &Evaluator<'_>, model: &Model, data: &Data) -> Vec<Value> {
    let mut row = vec![Value::Null; model.fields.len()];
    for field in model.columns() {
        put(&mut row, field.id, default_of(evaluator, field));
    }
    assigned(model, &row, data)
}

/// A row with what is written into it.
pub(super) fn assigned(model: &Model, row: &[Value], data: &Data) -> Vec<Value> {
    let mut row = row.to_vec();
    for (id, assignment) in &data.fields {
        let field = model.field(*id);
        match assignment {
            Assignment::Set(value) => put(&mut row, *id, value.clone()),
            Assignment::Connect(key) => {
                let Some(relation) = field.relation() else { continue };
                for (local, target) in relation.pairs() {
                    if let Some((_, value)) = key.fields.iter().find(|(named, _)| *named == target) {
                        put(&mut row, local, value.clone());
                    }
                }
            }
            Assignment::Disconnect => {
                let keys: Vec<FieldId> = field
                    .relation()
                    .into_iter()
                    .flat_map(purlin_core::schema::Relation::pairs)
                    .map(|(local, _)| local)
                    .collect();
                keys.into_iter().for_each(|local| put(&mut row, local, Value::Null));
            }
            Assignment::Push(items) => {
                if let Some(Value::List(known)) = row.get_mut(id.index()) {
                    known.extend(items.iter().cloned());
                }
            }
            Assignment::Increment(Value::Int(by)) => add(&mut row, *id, *by),
            Assignment::Decrement(Value::Int(by)) => add(&mut row, *id, by.saturating_neg()),
            // Nothing that rules compare is known before the database has calculated it.
            _ => {}
        }
    }
    row
}

fn put(row: &mut [Value], field: FieldId, value: Value) {
    if let Some(place) = row.get_mut(field.index()) {
        *place = value;
    }
}

fn add(row: &mut [Value], field: FieldId, by: i64) {
    if let Some(Value::Int(known)) = row.get_mut(field.index()) {
        *known = known.saturating_add(by);
    }
}

/// What a row gets where nothing is given. Made identifiers are not foretold.
fn default_of(evaluator: &Evaluator<'_>, field: &Field) -> Value {
    match &field.default {
        Some(DefaultValue::Literal(value)) => literal_value(evaluator.schema, value, Some(field)),
        Some(DefaultValue::Function(DefaultFunction::Now)) => Value::DateTime(evaluator.now),
        None if field.is_updated_at => Value::DateTime(evaluator.now),
        None if field.is_list() => Value::List(Vec::new()),
        Some(DefaultValue::Auth(Operand::Path(path)))
            if path.root == PathRoot::Auth && path.relations.is_empty() =>
        {
            let of = |id: FieldId| evaluator.actor.user()?.values.get(id.index()).cloned();
            path.field.and_then(of).unwrap_or(Value::Null)
        }
        _ => Value::Null,
    }
}

/// `row` is the stored row, or for a create the new one; `after` the row as an update leaves it.
pub(super) fn ask<'a>(
    evaluator: &Evaluator<'a>,
    question: &Question<'_>,
    row: &'a [Value],
    after: Option<&'a [Value]>,
) -> Verdict {
    let Question { operation, model, data } = question;
    let mut rules = vec![(*operation, evaluator.judge(model.id, *operation, row, None))];
    let written = match operation {
        PolicyOperation::Create => Some(row),
        PolicyOperation::Update => after,
        _ => None,
    };
    if let (PolicyOperation::Update, Some(after)) = (operation, after) {
        let judged = evaluator.judge(model.id, PolicyOperation::PostUpdate, after, Some(row));
        rules.push((PolicyOperation::PostUpdate, judged));
    }
    let wanted = match operation {
        PolicyOperation::Read => Some(FieldOperation::Read),
        PolicyOperation::Update => Some(FieldOperation::Update),
        _ => None,
    };
    let set = set_fields(model, data);
    let is_asked = |field: &&Field| {
        let has_rules =
            field.policies.iter().any(|rule| wanted.is_some_and(|wanted| rule.operations.contains(&wanted)));
        has_rules && (wanted == Some(FieldOperation::Read) || set.contains(&field.id))
    };
    let fields: Vec<(FieldId, Judgement)> = wanted.map_or_else(Vec::new, |wanted| {
        let asked = model.columns().filter(is_asked);
        asked.map(|field| (field.id, evaluator.judge_field(field, wanted, row))).collect()
    });
    let named = written.map_or_else(Vec::new, |written| named(evaluator, model, &set, written));
    let is_allowed = rules.iter().all(|(_, judged)| judged.is_allowed)
        && (wanted == Some(FieldOperation::Read) || fields.iter().all(|(_, judged)| judged.is_allowed))
        && named.iter().all(|(_, judged)| judged.as_ref().is_some_and(|judged| judged.is_allowed));
    Verdict { is_allowed, rules, fields, named }
}

/// The columns that data sets, by itself or by a relation.
fn set_fields(model: &Model, data: &Data) -> Vec<FieldId> {
    let mut set = Vec::new();
    for (id, _) in &data.fields {
        match model.field(*id).relation() {
            Some(relation) => set.extend(relation.pairs().map(|(local, _)| local)),
            None => set.push(*id),
        }
    }
    set
}

/// A key that is given needs what `connect` needs.
fn named<'a>(
    evaluator: &Evaluator<'a>,
    model: &Model,
    set: &[FieldId],
    row: &'a [Value],
) -> Vec<(FieldId, Option<Judgement>)> {
    let mut found = Vec::new();
    for field in &model.fields {
        let Some(relation) = field.relation().filter(|relation| relation.is_owning()) else { continue };
        let is_set = relation.pairs().any(|(local, _)| set.contains(&local));
        let is_null = relation.pairs().any(|(local, _)| row.get(local.index()).is_none_or(Value::is_null));
        if !is_set || is_null || evaluator.actor.passes_rules() {
            continue;
        }
        let target = evaluator.world.related(model.id, row, field.id).first().copied();
        let judged =
            target.map(|target| evaluator.judge(relation.target, PolicyOperation::Read, target, None));
        found.push((field.id, judged));
    }
    found
}
