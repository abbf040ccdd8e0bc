//! Creates, updates and deletes: who may, what is refused how, and what is answered.

use purlin_core::evaluate::{Patterns, Row};
use purlin_core::operation::{Action, Assignment, Data, Key, Operation, Selection, UpdateMode};
use purlin_core::schema::{Field, FieldOperation, Model, PolicyOperation};
use purlin_core::sink::JsonSink;
use purlin_core::{Actor, Engine, Error, FieldErrors, Value};
use serde_json::Value as Json;

use super::rng::Rng;
use super::world::{Rows, draw_value, int, is_foreign_key};
use super::{Case, MakeStore, block_on, sink_json};

/// What a write must come to.
#[derive(Debug, PartialEq)]
enum Verdict {
    Answer(Json),
    Denied,
    NotFound,
}

/// Each write is tried on rows as they were drawn: after one that succeeds, the model of the store is kept in
/// step in memory.
pub(super) fn compare(case: &Case<'_>, engine: &Engine, _make_store: MakeStore<'_>, rng: &mut Rng) -> usize {
    let mut rows = case.rows.clone();
    let mut compared = 0;
    for actor in case.actors() {
        for model in &case.schema.models {
            let (next, verdict, operation) = draw_create(case, &rows, &actor, model, rng);
            check(case, engine, &actor, operation, &verdict);
            if matches!(verdict, Verdict::Answer(_)) {
                rows = next;
            }
            let (next, verdict, operation) = draw_update(case, &rows, &actor, model, rng);
            check(case, engine, &actor, operation, &verdict);
            if matches!(verdict, Verdict::Answer(_)) {
                rows = next;
            }
            compared += 2;
        }
    }
    for actor in case.actors() {
        for model in &case.schema.models {
            compared += usize::from(try_delete(case, engine, &rows, &actor, model, rng));
        }
    }
    compared
}

fn draw_create<'s>(
    case: &Case<'s>,
    rows: &Rows<'s>,
    actor: &Actor,
    model: &Model,
    rng: &mut Rng,
) -> (Rows<'s>, Verdict, Operation) {
    let id = rows.tables[model.id.index()].len();
    let mut row = vec![Value::Null; model.fields.len()];
    let mut data = Data::default();
    for field in model.columns() {
        let value = if field.is_id { int(id) } else { new_value(case, rows, model, field, rng) };
        row[field.id.index()] = value.clone();
        data.fields.push((field.id, Assignment::Set(value)));
    }
    let mut next = rows.clone();
    next.tables[model.id.index()].push(row.clone());
    let patterns = Patterns::default();
    let before = case.expect(rows, actor, &patterns);
    let verdict = if before.evaluator.allows(model.id, PolicyOperation::Create, &row, None) {
        let after = case.expect(&next, actor, &patterns);
        let row = next.row(model.id, id);
        Verdict::Answer(if after.can_read(model.id, row) {
            after.json(model.id, row, &[])
        } else {
            Json::Null
        })
    } else {
        Verdict::Denied
    };
    let action = Action::Create { rows: vec![data], many: false, selection: Selection::default() };
    (next, verdict, Operation { model: model.id, action, within: None, errors: FieldErrors::default() })
}

fn draw_update<'s>(
    case: &Case<'s>,
    rows: &Rows<'s>,
    actor: &Actor,
    model: &Model,
    rng: &mut Rng,
) -> (Rows<'s>, Verdict, Operation) {
    let index = rng.below(rows.tables[model.id.index()].len());
    let mut next = rows.clone();
    let mut data = Data::default();
    let fields: Vec<&Field> = model.columns().filter(|field| !field.is_id).collect();
    let changed: Vec<&Field> = fields.into_iter().filter(|_| rng.chance(25)).collect();
    for field in &changed {
        let value = new_value(case, rows, model, field, rng);
        next.tables[model.id.index()][index][field.id.index()] = value.clone();
        data.fields.push((field.id, Assignment::Set(value)));
    }
    let patterns = Patterns::default();
    let old = rows.row(model.id, index);
    let verdict = {
        let before = case.expect(rows, actor, &patterns);
        let may = before.evaluator.allows(model.id, PolicyOperation::Update, old, None)
            && changed.iter().all(|field| before.evaluator.allows_field(field, FieldOperation::Update, old));
        let after = case.expect(&next, actor, &patterns);
        let new: &Row = next.row(model.id, index);
        if !may {
            if before.can_read(model.id, old) { Verdict::Denied } else { Verdict::NotFound }
        } else if !changed.is_empty()
            && !after.evaluator.allows(model.id, PolicyOperation::PostUpdate, new, Some(old))
        {
            Verdict::Denied
        } else if after.can_read(model.id, new) {
            Verdict::Answer(after.json(model.id, new, &[]))
        } else {
            Verdict::Answer(Json::Null)
        }
    };
    let key = Key { fields: vec![(model.key_fields().next().unwrap().id, int(index))] };
    let action = Action::Update { key, data, mode: UpdateMode::Partial, selection: Selection::default() };
    (next, verdict, Operation { model: model.id, action, within: None, errors: FieldErrors::default() })
}

/// Deletes are compared by their refusal only; the first that succeeds ends the model's use.
fn try_delete(
    case: &Case<'_>,
    engine: &Engine,
    rows: &Rows<'_>,
    actor: &Actor,
    model: &Model,
    rng: &mut Rng,
) -> bool {
    let index = rng.below(rows.tables[model.id.index()].len());
    let patterns = Patterns::default();
    let expect = case.expect(rows, actor, &patterns);
    let row = rows.row(model.id, index);
    if expect.evaluator.allows(model.id, PolicyOperation::Delete, row, None) {
        return false;
    }
    let verdict = if expect.can_read(model.id, row) { Verdict::Denied } else { Verdict::NotFound };
    let key = Key { fields: vec![(model.key_fields().next().unwrap().id, int(index))] };
    let operation = Operation {
        model: model.id,
        action: Action::Delete { key },
        within: None,
        errors: FieldErrors::default(),
    };
    check(case, engine, actor, operation, &verdict);
    true
}

/// A new value; unique keys are left empty, so that nothing but rules refuses.
fn new_value(case: &Case<'_>, rows: &Rows<'_>, model: &Model, field: &Field, rng: &mut Rng) -> Value {
    if !is_foreign_key(case.schema, model.id, field.id) {
        return draw_value(field, rng);
    }
    let target = model.fields.iter().find_map(|other| {
        let relation = other.relation().filter(|relation| relation.is_owning())?;
        relation.pairs().any(|(local, _)| local == field.id).then_some(relation.target)
    });
    match target {
        Some(target) if !field.is_unique && rng.chance(70) => {
            int(rng.below(rows.tables[target.index()].len()))
        }
        _ => Value::Null,
    }
}

fn check(case: &Case<'_>, engine: &Engine, actor: &Actor, operation: Operation, expected: &Verdict) {
    let told = format!("{operation:#?}");
    let found = match block_on(engine.run(actor, operation, Box::new(JsonSink::default()))) {
        Ok(answer) => Verdict::Answer(sink_json(answer.sink)),
        Err(Error::Denied(_)) => Verdict::Denied,
        // Who is not signed in is told that instead; a hopeless request does not look whether the row is there.
        Err(Error::Unauthenticated) if *expected != Verdict::NotFound => Verdict::Denied,
        Err(Error::Unauthenticated | Error::NotFound) => Verdict::NotFound,
        Err(error) => case.fail(&format!("{actor:?}\n{told}\nfailed: {error:?}")),
    };
    let is_hopeless_refusal = found == Verdict::Denied && *expected == Verdict::NotFound;
    if found != *expected && !is_hopeless_refusal {
        case.fail(&format!("{actor:?}\n{told}\nfound    {found:?}\nexpected {expected:?}"));
    }
}
