//! Creates, updates and deletes: who may, what is refused how, what is answered, and what is stored then.

use purlin_core::evaluate::Patterns;
use purlin_core::operation::{Action, Count, Include, Page, Query, Selection, Where, Within};
use purlin_core::schema::{Field, FieldId, FieldOperation, Link, Model, ModelId, PolicyOperation, Schema};
use purlin_core::{Actor, Error};

use super::case::{Case, Request, is_refusal};
use super::draw_query::{draw_query, draw_selection};
use super::draw_write::{draw_changes, draw_row};
use super::expect_write::{Create, Reason, Update, Verdict};
use super::reads::compare_list;
use super::rng::Rng;
use super::tally::Tally;
use super::world::{ABSENT, Rows, key_of};

const SYSTEM: Actor = Actor::System { reason: "what the writes have left" };

/// The rows in memory follow each write that is carried out.
pub(super) fn compare(case: &Case<'_>, mut rows: Rows<'_>, rng: &mut Rng, tally: &mut Tally) {
    let standing = Standing::draw(case, rng);
    standing.ask(case, &rows);
    for actor in case.actors() {
        for model in &case.schema.models {
            let done = tally.writes_done;
            try_create(case, &mut rows, &actor, model, rng, tally);
            try_update(case, &mut rows, &actor, model, rng, tally);
            if tally.writes_done > done {
                standing.ask(case, &rows);
            }
        }
    }
    for actor in case.actors() {
        for model in &case.schema.models {
            refuse_delete(case, &rows, &actor, model, rng, tally);
        }
    }
    for model in &case.schema.models {
        compare_list(case, &rows, &SYSTEM, model.id, &whole(case.schema, model));
    }
    delete_one(case, &rows, tally);
}

/// What is asked again after every write: its answers may come from the cache as long as they are right.
struct Standing(Vec<(Actor, ModelId, Query)>);

impl Standing {
    fn draw(case: &Case<'_>, rng: &mut Rng) -> Self {
        let models: Vec<ModelId> = case.schema.models.iter().map(|model| model.id).collect();
        let question = |actor| {
            let model = rng.pick(&models);
            (actor, model, draw_query(case.schema, model, rng, 2))
        };
        Self(case.actors().into_iter().map(question).collect())
    }

    fn ask(&self, case: &Case<'_>, rows: &Rows<'_>) {
        for (actor, model, query) in &self.0 {
            compare_list(case, rows, actor, *model, query);
        }
    }
}

fn try_create(
    case: &Case<'_>,
    rows: &mut Rows<'_>,
    actor: &Actor,
    model: &Model,
    rng: &mut Rng,
    tally: &mut Tally,
) {
    let within = if rng.chance(25) { draw_within(case.schema, rows, model.id, rng) } else { None };
    let given = within.as_ref().and_then(|(within, parent)| {
        let relation = case.schema.model(within.model).field(within.relation).relation()?;
        relation.pairs().next().map(|_| (relation.opposite, *parent))
    });
    let count = if rng.chance(20) { 2 } else { 1 };
    let many = count > 1 || rng.chance(10);
    // Numbers are the database's to give.
    let makes_ids = model.key_fields().any(|field| field.default.is_some());
    let first = rows.tables[model.id.index()].len();
    let drawn: Vec<_> =
        (first..first + count).map(|id| draw_row(rows, model, id, !makes_ids, given, rng)).collect();
    let selection = draw_selection(case.schema, model, rng, 1);
    let create =
        Create { case, actor, model, rows: &drawn, selection: &selection, many, within: within.as_ref() };
    let mut next = rows.clone();
    let Some(verdict) = create.expect(&mut next) else { return };
    let request = create.request();
    let is_done = check(case, actor, request, verdict);
    tally.write(is_done);
    if is_done {
        *rows = next;
    }
}

fn try_update(
    case: &Case<'_>,
    rows: &mut Rows<'_>,
    actor: &Actor,
    model: &Model,
    rng: &mut Rng,
    tally: &mut Tally,
) {
    let index = rng.below(rows.tables[model.id.index()].len());
    let by_unique = rng.chance(30);
    let patterns = Patterns::default();
    let drawn = {
        let (expect, old) = (case.expect(rows, actor, &patterns), rows.row(model.id, index));
        let may = |field: &Field, operation| expect.evaluator.allows_field(field, operation, old);
        let keeps = |field: &Field| {
            field.is_omitted || !may(field, FieldOperation::Read) || !may(field, FieldOperation::Update)
        };
        draw_changes(rows, model, index, keeps, rng)
    };
    let selection = draw_selection(case.schema, model, rng, 1);
    let mut next = rows.clone();
    next.tables[model.id.index()][index].clone_from(&drawn.row);
    let update = Update { case, actor, model, index, by_unique, drawn: &drawn, selection: &selection };
    let Some(verdict) = update.expect(rows, &next) else { return };
    let request = update.request();
    let is_done = check(case, actor, request, verdict);
    tally.write(is_done);
    if is_done {
        *rows = next;
    }
}

/// Deletes that the rules refuse. One that succeeds may take others with it, so that comes last.
fn refuse_delete(
    case: &Case<'_>,
    rows: &Rows<'_>,
    actor: &Actor,
    model: &Model,
    rng: &mut Rng,
    tally: &mut Tally,
) {
    let index = rng.below(rows.tables[model.id.index()].len());
    let patterns = Patterns::default();
    let expect = case.expect(rows, actor, &patterns);
    let row = rows.row(model.id, index);
    if expect.evaluator.allows(model.id, PolicyOperation::Delete, row, None) {
        return;
    }
    let mut verdict = Verdict::default();
    if expect.can_read(model.id, row) {
        verdict.reasons.push(Reason::Denied);
    } else {
        verdict.reasons.push(Reason::Hidden);
        verdict.absent.push(delete_request(model, ABSENT));
    }
    check(case, actor, delete_request(model, index), verdict);
    tally.write(false);
}

/// The first delete that the rules allow: the row is gone, or others that point at it keep it.
fn delete_one(case: &Case<'_>, rows: &Rows<'_>, tally: &mut Tally) {
    let patterns = Patterns::default();
    for actor in case.actors() {
        let expect = case.expect(rows, &actor, &patterns);
        for model in &case.schema.models {
            for (index, row) in rows.tables[model.id.index()].iter().enumerate() {
                if !expect.evaluator.allows(model.id, PolicyOperation::Delete, row, None) {
                    continue;
                }
                let request = delete_request(model, index);
                let told = format!("{actor:?}\n{request:?}");
                let is_done = match case.run(&actor, request) {
                    Ok(_) => true,
                    Err(Error::Conflict { .. }) => false,
                    Err(error) => case.fail(&format!("{told}\nrefused: {error:?}")),
                };
                let action =
                    Action::Get { key: key_of(model, index, false), selection: Selection::default() };
                let is_gone = case.run(&SYSTEM, Request { model: model.id, action, within: None }).is_err();
                if is_gone != is_done {
                    case.fail(&format!("{told}\nanswered done: {is_done}, but gone: {is_gone}"));
                }
                tally.write(is_done);
                return;
            }
        }
    }
}

fn delete_request(model: &Model, index: usize) -> Request {
    Request { model: model.id, action: Action::Delete { key: key_of(model, index, false) }, within: None }
}

/// A row with a to-many relation to `target`.
fn draw_within(schema: &Schema, rows: &Rows<'_>, target: ModelId, rng: &mut Rng) -> Option<(Within, usize)> {
    let mut relations: Vec<(ModelId, FieldId)> = Vec::new();
    for model in &schema.models {
        for field in model.fields.iter().filter(|field| field.is_list()) {
            if field.relation().is_some_and(|relation| relation.target == target) {
                relations.push((model.id, field.id));
            }
        }
    }
    if relations.is_empty() {
        return None;
    }
    let (model, relation) = rng.pick(&relations);
    let index = rng.below(rows.tables[model.index()].len());
    Some((Within { model, key: key_of(schema.model(model), index, false), relation }, index))
}

/// Every column of every row, with the rows of its join tables.
fn whole(schema: &Schema, model: &Model) -> Query {
    let query = |model: &Model, selection: Selection| Query {
        filter: Where::everything(),
        order: purlin_core::input::default_order(model),
        selection,
        page: Page::Offset { skip: 0, take: None },
        count: Count::Exact,
        distinct: Vec::new(),
    };
    let mut selection = Selection::default();
    for field in &model.fields {
        if let Some(relation) = field.relation()
            && matches!(relation.link, Link::Join(_))
        {
            let query = query(schema.model(relation.target), Selection::default());
            selection.includes.push(Include { relation: field.id, query });
        }
    }
    Query { page: Page::Offset { skip: 0, take: Some(1_000) }, ..query(model, selection) }
}

/// Answers whether the write was carried out.
fn check(case: &Case<'_>, actor: &Actor, request: Request, verdict: Verdict) -> bool {
    let told = format!("{actor:?}\n{request:?}");
    let error = match case.run(actor, request) {
        Ok((found, _)) => {
            let Verdict { reasons, answer, .. } = verdict;
            if !reasons.is_empty() {
                case.fail(&format!("{told}\nwas carried out, but must not be: {reasons:?}"));
            }
            if found != answer {
                case.fail(&format!("{told}\nfound    {found}\nexpected {answer}"));
            }
            return true;
        }
        Err(error) => error,
    };
    let is_known_reason = verdict.reasons.iter().any(|reason| match reason {
        Reason::Denied => is_refusal(actor, &error),
        Reason::Invalid => matches!(error, Error::Invalid(_)),
        // Judged by what an absent row is answered.
        Reason::Hidden => true,
    });
    if !is_known_reason {
        let expected = match verdict.reasons.as_slice() {
            [] => format!("{}", verdict.answer),
            reasons => format!("{reasons:?}"),
        };
        case.fail(&format!("{told}\nrefused  {error:?}\nexpected {expected}"));
    }
    for request in verdict.absent {
        case.same_as_absent(actor, &error, request);
    }
    // The rules may tell the key of a hidden row from another, for the client has sent it; else the words
    // must be the same.
    if matches!(error, Error::Invalid(_)) {
        for request in verdict.absent_targets {
            match case.run(actor, request.clone()) {
                Err(absent) if is_refusal(actor, &absent) => {}
                Err(absent) if format!("{absent:?}") == format!("{error:?}") => {}
                absent => {
                    case.fail(&format!("{told}\nhidden {error:?}\nbut {request:?}\nanswers {absent:?}"));
                }
            }
        }
    }
    false
}
