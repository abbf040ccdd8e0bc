//! What a write must come to.

use purlin_core::Actor;
use purlin_core::evaluate::Patterns;
use purlin_core::operation::{Action, Data, Selection, Within};
use purlin_core::schema::{FieldId, FieldOperation, Link, Model, PolicyOperation};
use serde_json::Value as Json;

use super::case::{Case, Request};
use super::draw_write::{Connect, Drawn, Way};
use super::expect::Expect;
use super::world::{ABSENT, Rows, key_of};

/// Why a write is refused. With several reasons, any may be told.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Reason {
    /// A rule says no to what the actor may know of.
    Denied,
    /// A connected row may not be seen: the data is wrong.
    Invalid,
    /// The row itself, or that of the path, may not be seen.
    Hidden,
}

#[derive(Debug, Default)]
pub(super) struct Verdict {
    /// None: it is carried out.
    pub(super) reasons: Vec<Reason>,
    /// The same requests with an absent row in place of the hidden one: they must be refused in the same
    /// words.
    pub(super) absent: Vec<Request>,
    pub(super) absent_targets: Vec<Request>,
    pub(super) answer: Json,
}

pub(super) struct Create<'a> {
    pub(super) case: &'a Case<'a>,
    pub(super) actor: &'a Actor,
    pub(super) model: &'a Model,
    pub(super) rows: &'a [Drawn],
    pub(super) selection: &'a Selection,
    pub(super) many: bool,
    /// The nested resource, and the number of its row.
    pub(super) within: Option<&'a (Within, usize)>,
}

impl Create<'_> {
    pub(super) fn request(&self) -> Request {
        self.with(self.data(), self.within.map(|(within, _)| within.clone()))
    }

    fn data(&self) -> Vec<Data> {
        self.rows.iter().map(|drawn| drawn.data.clone()).collect()
    }

    fn with(&self, rows: Vec<Data>, within: Option<Within>) -> Request {
        let action = Action::Create { rows, many: self.many, selection: self.selection.clone() };
        Request { model: self.model.id, action, within }
    }

    /// Creates each row in turn; `next` ends as the rows after it. `None` where a rule sees the new row
    /// itself, which only those with an id made by the database do, and where the actor's row has changed.
    pub(super) fn expect(&self, next: &mut Rows<'_>) -> Option<Verdict> {
        let Self { case, actor, model, .. } = *self;
        let mut verdict = Verdict::default();
        let patterns = Patterns::default();
        self.expect_parent(next, &mut verdict);
        let first = next.tables[model.id.index()].len();
        for (position, drawn) in self.rows.iter().enumerate() {
            let before = case.expect(next, actor, &patterns);
            if is_old_self(case, &before, drawn) {
                return None;
            }
            for connect in hidden_connects(case, &before, drawn) {
                verdict.reasons.push(Reason::Invalid);
                let mut data = self.data();
                data[position] = drawn.without_target(case.schema, connect);
                let within = self.within.map(|(within, _)| within.clone());
                verdict.absent_targets.push(self.with(data, within));
            }
            // The rows before may have hidden the row of the path from the rules.
            if position > 0 && self.within.is_some_and(|place| !is_linkable(case, &before, place)) {
                verdict.reasons.push(Reason::Invalid);
            }
            let may_before = before.evaluator.allows(model.id, PolicyOperation::Create, &drawn.row, None);
            next.tables[model.id.index()].push(drawn.row.clone());
            let after = case.expect(next, actor, &patterns);
            let may_after = after.evaluator.allows(model.id, PolicyOperation::Create, &drawn.row, None);
            if may_before != may_after && drawn.named.iter().all(|id| !model.field(*id).is_id) {
                return None;
            }
            if !may_before {
                verdict.reasons.push(Reason::Denied);
            }
            if let Some((within, parent)) = self.within {
                next.link(within.model, within.relation, *parent, first + position);
            }
        }
        let after = case.expect(next, actor, &patterns);
        let answers: Vec<Json> = (first..first + self.rows.len())
            .map(|index| answer(&after, model, index, self.selection))
            .collect();
        verdict.answer = if self.many { Json::Array(answers) } else { answers.into_iter().next()? };
        Some(verdict)
    }

    /// The row of the path must be visible, and changeable where a join table links to it.
    fn expect_parent(&self, rows: &Rows<'_>, verdict: &mut Verdict) {
        let Some((within, parent)) = self.within else { return };
        let patterns = Patterns::default();
        let expect = self.case.expect(rows, self.actor, &patterns);
        let row = rows.row(within.model, *parent);
        let model = self.case.schema.model(within.model);
        let link = model.field(within.relation).relation().map(|relation| &relation.link);
        if !expect.can_read(within.model, row) {
            verdict.reasons.push(Reason::Hidden);
            let within = Within { key: key_of(model, ABSENT, false), ..within.clone() };
            verdict.absent.push(self.with(self.data(), Some(within)));
        } else if matches!(link, Some(Link::Join(_)))
            && !expect.evaluator.allows(within.model, PolicyOperation::Update, row, None)
        {
            verdict.reasons.push(Reason::Denied);
        }
    }
}

pub(super) struct Update<'a> {
    pub(super) case: &'a Case<'a>,
    pub(super) actor: &'a Actor,
    pub(super) model: &'a Model,
    pub(super) index: usize,
    pub(super) by_unique: bool,
    pub(super) drawn: &'a Drawn,
    pub(super) selection: &'a Selection,
}

impl Update<'_> {
    pub(super) fn request(&self) -> Request {
        self.with(self.index, self.drawn.data.clone())
    }

    fn with(&self, index: usize, data: Data) -> Request {
        let key = key_of(self.model, index, self.by_unique);
        let (mode, selection) = (self.drawn.mode, self.selection.clone());
        let action = Action::Update { key, data, mode, selection };
        Request { model: self.model.id, action, within: None }
    }

    /// `None` where the actor's row has changed so that it matters.
    pub(super) fn expect(&self, rows: &Rows<'_>, next: &Rows<'_>) -> Option<Verdict> {
        let Self { case, actor, model, index, drawn, .. } = *self;
        let mut verdict = Verdict::default();
        let patterns = Patterns::default();
        let before = case.expect(rows, actor, &patterns);
        let (old, new) = (rows.row(model.id, index), next.row(model.id, index));
        if is_old_self(case, &before, drawn) {
            return None;
        }
        let key = key_of(model, index, self.by_unique);
        // Who sees the link that is there may send it back.
        let is_kept = |connect: &&Connect| {
            matches!(connect.way, Way::Value(field) if !model.field(field).is_omitted
                && before.can_find(model, old, &key)
                && before.seen(model.field(field), old) == new[field.index()])
        };
        for connect in hidden_connects(case, &before, drawn).filter(|connect| !is_kept(connect)) {
            verdict.reasons.push(Reason::Invalid);
            verdict.absent_targets.push(self.with(index, drawn.without_target(case.schema, connect)));
        }
        let may_field =
            |id: &FieldId| before.evaluator.allows_field(model.field(*id), FieldOperation::Update, old);
        // What is calculated tells of the old value.
        let shows = |id: &FieldId| before.evaluator.allows_field(model.field(*id), FieldOperation::Read, old);
        let may = before.evaluator.allows(model.id, PolicyOperation::Update, old, None)
            && before.key_matches(model, old, &key)
            && drawn.named.iter().all(may_field)
            && (drawn.calculated.is_empty() || before.can_read(model.id, old))
            && drawn.calculated.iter().all(shows);
        if !may && before.can_find(model, old, &key) {
            verdict.reasons.push(Reason::Denied);
        } else if !may {
            verdict.reasons.push(Reason::Hidden);
            verdict.absent.push(self.with(ABSENT, drawn.data.clone()));
        }
        let after = case.expect(next, actor, &patterns);
        let may_leave = after.evaluator.allows(model.id, PolicyOperation::PostUpdate, new, Some(old));
        if !may_leave && !drawn.named.is_empty() {
            verdict.reasons.push(Reason::Denied);
        }
        verdict.answer = answer(&after, model, index, self.selection);
        Some(verdict)
    }
}

/// A row with a foreign key to the row of the path connects to it; a join table's link is judged once.
fn is_linkable(case: &Case<'_>, expect: &Expect<'_>, (within, parent): &(Within, usize)) -> bool {
    let model = case.schema.model(within.model);
    let relation = model.field(within.relation).relation();
    relation.is_some_and(|relation| matches!(relation.link, Link::Join(_)))
        || expect.can_find(model, expect.rows.row(model.id, *parent), &within.key)
}

fn hidden_connects<'d>(
    case: &Case<'_>,
    expect: &Expect<'_>,
    drawn: &'d Drawn,
) -> impl Iterator<Item = &'d Connect> {
    drawn.connects.iter().filter(move |connect| {
        let row = expect.rows.row(connect.target, connect.index);
        let target = case.schema.model(connect.target);
        let key = match &connect.way {
            Way::Connect(key) => key.clone(),
            Way::Value(_) => key_of(target, connect.index, false),
        };
        !expect.can_find(target, row, &key)
    })
}

/// Whether an actor links to itself by a value, whose row has been changed since it signed in so that it
/// may not, or no longer, see itself. Then either row may decide.
fn is_old_self(case: &Case<'_>, expect: &Expect<'_>, drawn: &Drawn) -> bool {
    let Some(user) = expect.evaluator.actor.user() else { return false };
    drawn.connects.iter().filter(|connect| matches!(connect.way, Way::Value(_))).any(|connect| {
        let stored = expect.rows.row(connect.target, connect.index);
        case.schema.auth_model == Some(connect.target)
            && user.values.first() == stored.first()
            && user.values != stored
    })
}

/// The row as it is answered: null where the actor may write it but not see it.
fn answer(expect: &Expect<'_>, model: &Model, index: usize, selection: &Selection) -> Json {
    let row = expect.rows.row(model.id, index);
    if expect.can_read(model.id, row) { expect.json(model.id, row, selection) } else { Json::Null }
}
