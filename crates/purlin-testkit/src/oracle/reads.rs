//! Lists, their pages, single rows and nested lists.

use purlin_core::evaluate::Patterns;
use purlin_core::operation::{Action, Count, Page, Query, Window, Within};
use purlin_core::schema::{Model, ModelId};
use purlin_core::statement::ReadOutcome;
use purlin_core::{Actor, Error};
use serde_json::Value as Json;

use super::case::{Case, Request, is_refusal};
use super::draw_query::{draw_query, draw_selection};
use super::rng::Rng;
use super::tally::Tally;
use super::world::{ABSENT, Rows, key_of};

pub(super) fn compare(case: &Case<'_>, rows: &Rows<'_>, rng: &mut Rng, tally: &mut Tally) {
    for actor in case.actors() {
        for model in &case.schema.models {
            for _ in 0..2 {
                let query = draw_query(case.schema, model.id, rng, 2);
                tally.read(compare_list(case, rows, &actor, model.id, &query));
                compare_window(case, rows, &actor, model, query, rng);
            }
            tally.read(compare_get(case, rows, &actor, model, rng));
            if let Some(has_rows) = compare_nested(case, rows, &actor, model, rng) {
                tally.read(has_rows);
            }
        }
    }
}

/// Answers whether there was something to see.
pub(super) fn compare_list(
    case: &Case<'_>,
    rows: &Rows<'_>,
    actor: &Actor,
    model: ModelId,
    query: &Query,
) -> bool {
    let patterns = Patterns::default();
    let expected = case.expect(rows, actor, &patterns).list(model, query);
    let request = Request { model, action: Action::List(query.clone()), within: None };
    check_list(case, actor, request, &expected);
    compare_pages(case, actor, model, query, &expected);
    !expected.is_empty()
}

fn check_list(case: &Case<'_>, actor: &Actor, request: Request, expected: &[Json]) {
    let told = format!("{actor:?}\n{request:?}");
    let (found, total) = match list(case, actor, request) {
        // Refused at the door, which is right only if there is nothing to see.
        Err(error) if is_refusal(actor, &error) => (Vec::new(), None),
        Err(error) => case.fail(&format!("{told}\nfailed: {error:?}")),
        Ok((rows, outcome)) => (rows, outcome.total),
    };
    if found != expected {
        let (found, expected) = (Json::from(found), Json::from(expected.to_vec()));
        case.fail(&format!("{told}\nfound    {found}\nexpected {expected}"));
    }
    if let Some(total) = total
        && total.rows != expected.len() as u64
    {
        case.fail(&format!("{told}\ncounted {} of {}", total.rows, expected.len()));
    }
}

/// Pages of two by cursor must give the same rows, each once.
fn compare_pages(case: &Case<'_>, actor: &Actor, model: ModelId, query: &Query, expected: &[Json]) {
    let mut found = Vec::new();
    let mut after = None;
    loop {
        let mut query = query.clone();
        query.page = Page::Cursor { after: after.take(), take: 2 };
        match list(case, actor, Request { model, action: Action::List(query), within: None }) {
            Err(error) if is_refusal(actor, &error) => break,
            Err(error) => case.fail(&format!("a page failed: {error:?}")),
            Ok((rows, outcome)) => {
                found.extend(rows);
                if !outcome.has_more || found.len() > expected.len() {
                    break;
                }
                after = outcome.last_keys;
            }
        }
    }
    if found != expected {
        let (found, expected) = (Json::from(found), Json::from(expected.to_vec()));
        let name = &case.schema.model(model).name;
        case.fail(&format!("{actor:?}\npages of {name} by {query:?}\nfound    {found}\nexpected {expected}"));
    }
}

/// Rows from one on, or from the end, which may be one that the actor does not see.
fn compare_window(
    case: &Case<'_>,
    rows: &Rows<'_>,
    actor: &Actor,
    model: &Model,
    query: Query,
    rng: &mut Rng,
) {
    let count = rows.tables[model.id.index()].len();
    let index = if rng.chance(10) { ABSENT } else { rng.below(count) };
    let window = Window {
        from: rng.chance(75).then(|| key_of(model, index, rng.chance(30))),
        is_backward: rng.chance(50),
        skip: rng.below(2) as u64,
        take: Some(1 + rng.below(3) as u64),
    };
    let query = Query { page: Page::Window(window), count: Count::None, ..query };
    let patterns = Patterns::default();
    let expected = case.expect(rows, actor, &patterns).list(model.id, &query);
    check_list(
        case,
        actor,
        Request { model: model.id, action: Action::List(query), within: None },
        &expected,
    );
}

fn compare_get(case: &Case<'_>, rows: &Rows<'_>, actor: &Actor, model: &Model, rng: &mut Rng) -> bool {
    let index = rng.below(rows.tables[model.id.index()].len());
    let (by_unique, selection) = (rng.chance(30), draw_selection(case.schema, model, rng, 1));
    let request = |index| {
        let key = key_of(model, index, by_unique);
        Request { model: model.id, action: Action::Get { key, selection: selection.clone() }, within: None }
    };
    let patterns = Patterns::default();
    let expect = case.expect(rows, actor, &patterns);
    let row = rows.row(model.id, index);
    let is_visible = expect.can_find(model, row, &key_of(model, index, by_unique));
    match case.run(actor, request(index)) {
        Ok((found, _)) => {
            let expected = if is_visible { expect.json(model.id, row, &selection) } else { Json::Null };
            if found != expected {
                let told = format!("{actor:?}\n{:?}", request(index));
                case.fail(&format!("{told}\nfound    {found}\nexpected {expected}"));
            }
        }
        Err(error) if is_visible => {
            case.fail(&format!("{actor:?}\n{:?}\nrefused: {error:?}", request(index)));
        }
        Err(error) => case.same_as_absent(actor, &error, request(ABSENT)),
    }
    is_visible
}

/// The rows of a to-many relation of one row.
fn compare_nested(
    case: &Case<'_>,
    rows: &Rows<'_>,
    actor: &Actor,
    model: &Model,
    rng: &mut Rng,
) -> Option<bool> {
    let lists: Vec<_> =
        model.fields.iter().filter(|field| field.is_list() && field.relation().is_some()).collect();
    if lists.is_empty() {
        return None;
    }
    let field = rng.pick(&lists);
    let target = field.relation()?.target;
    let query = draw_query(case.schema, target, rng, 1);
    let index = rng.below(rows.tables[model.id.index()].len());
    let request = |index: usize| {
        let key = key_of(model, index, false);
        let within = Some(Within { model: model.id, key, relation: field.id });
        Request { model: target, action: Action::List(query.clone()), within }
    };
    let patterns = Patterns::default();
    let expect = case.expect(rows, actor, &patterns);
    let parent = rows.row(model.id, index);
    if !expect.can_read(model.id, parent) {
        match case.run(actor, request(index)) {
            Ok(answer) => case.fail(&format!("{actor:?}\n{:?}\nanswered {answer:?}", request(index))),
            Err(error) => case.same_as_absent(actor, &error, request(ABSENT)),
        }
        return Some(false);
    }
    let expected = expect.nested(model, parent, field, &query);
    check_list(case, actor, request(index), &expected);
    Some(!expected.is_empty())
}

fn list(case: &Case<'_>, actor: &Actor, request: Request) -> Result<(Vec<Json>, ReadOutcome), Error> {
    let (json, outcome) = case.run(actor, request)?;
    let Json::Array(rows) = json else { case.fail("a list is no list") };
    Ok((rows, outcome))
}
