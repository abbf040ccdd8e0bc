//! Who calls, and what their token may be used for. A token for some models tells nothing of others: not
//! by what is included, nor by filters and orders over relations, nor by rows that are connected.

use std::fmt::Write as _;
use std::sync::Arc;

use purlin_core::operation::{
    Action, Assignment, Data, Nested, Order, OrderTarget, Over, Pick, Query, Selection, Where,
};
use purlin_core::schema::{FieldId, ModelId, Schema};
use purlin_core::{Actor, Error, Value};
use purlin_http::{Request, Scopes, Verified};

pub(crate) struct Caller {
    pub actor: Actor,
    /// With scopes only.
    limited: Option<Arc<Verified>>,
}

impl Caller {
    pub(crate) async fn of(request: &Request) -> Result<Self, purlin_http::Error> {
        let Some(verified) = request.verified().await? else {
            return Ok(Self { actor: Actor::Anonymous, limited: None });
        };
        let actor = verified.actor.clone();
        Ok(Self { actor, limited: verified.scopes.is_some().then_some(verified) })
    }

    /// A text that is the same for the same person with the same rights; `None` for who has not signed in.
    pub(crate) fn identity(&self, schema: &Schema) -> Option<String> {
        let mut who = actor_text(schema, &self.actor)?;
        if let Some(scopes) = self.limited.as_ref().and_then(|verified| verified.scopes.as_ref()) {
            let _ = write!(who, " {scopes:?}");
        }
        Some(who)
    }

    /// Whether the token may be used for all that the operation names.
    pub(crate) fn check(
        &self,
        schema: &Schema,
        model: ModelId,
        within: Option<ModelId>,
        action: &Action,
    ) -> Result<(), Error> {
        let Some(scopes) = self.limited.as_ref().and_then(|verified| verified.scopes.as_ref()) else {
            return Ok(());
        };
        require(schema, scopes, model, !action.is_read())?;
        let mut named = Named { schema, models: within.into_iter().collect(), written: Vec::new() };
        named.action(model, action);
        named.written.into_iter().try_for_each(|other| require(schema, scopes, other, true))?;
        named.models.into_iter().try_for_each(|other| require(schema, scopes, other, false))
    }
}

/// Who acts, as a text; `None` for nobody in particular.
pub(crate) fn actor_text(schema: &Schema, actor: &Actor) -> Option<String> {
    match actor {
        Actor::Anonymous => None,
        Actor::User(user) => {
            let keys = schema.auth_model.into_iter().flat_map(|id| schema.model(id).key_fields());
            let mut text = String::with_capacity(64);
            text.push_str("user");
            for value in keys.filter_map(|field| user.values.get(field.id.index())) {
                match value {
                    // Told apart from what follows by its length.
                    Value::String(key) => {
                        let _ = write!(text, " {}:", key.len());
                        text.push_str(key);
                    }
                    other => {
                        let _ = write!(text, " {other:?}");
                    }
                }
            }
            Some(text)
        }
        Actor::Admin(admin) => Some(format!("admin {}", admin.email)),
        Actor::System { .. } => Some("system".to_owned()),
    }
}

fn require(schema: &Schema, scopes: &Scopes, model: ModelId, writes: bool) -> Result<(), Error> {
    let path = &schema.model(model).path;
    if scopes.allow(path, writes) {
        return Ok(());
    }
    let right = if writes { "write" } else { "read" };
    Err(Error::Denied(format!("this key has no scope {path}:{right}")))
}

/// The models that an operation reaches through relations.
struct Named<'s> {
    schema: &'s Schema,
    models: Vec<ModelId>,
    /// Those of which rows are written inside of others.
    written: Vec<ModelId>,
}

impl Named<'_> {
    fn action(&mut self, model: ModelId, action: &Action) {
        match action {
            Action::List(query) => self.query(model, query),
            Action::Aggregate(aggregate) => {
                self.filter(model, &aggregate.filter);
                if let Over::Rows { order, .. } = &aggregate.over {
                    order.iter().for_each(|order| self.order(model, order));
                }
            }
            Action::Get { selection, .. } => self.selection(model, selection),
            Action::Create { rows, selection, .. } => {
                rows.iter().for_each(|data| self.data(model, data));
                self.selection(model, selection);
            }
            Action::Update { data, selection, .. } => {
                self.data(model, data);
                self.selection(model, selection);
            }
            Action::Delete { .. } => {}
            Action::CreateMany { rows, .. } => rows.iter().for_each(|data| self.data(model, data)),
            Action::UpdateMany { filter, data, .. } => {
                self.filter(model, filter);
                self.data(model, data);
            }
            Action::DeleteMany { filter, .. } => self.filter(model, filter),
            Action::Upsert { create, update, selection, .. } => {
                self.data(model, create);
                self.data(model, update);
                self.selection(model, selection);
            }
        }
    }

    fn query(&mut self, model: ModelId, query: &Query) {
        self.filter(model, &query.filter);
        query.order.iter().for_each(|order| self.order(model, order));
        self.selection(model, &query.selection);
    }

    fn selection(&mut self, model: ModelId, selection: &Selection) {
        for include in &selection.includes {
            let target = self.follow(model, include.relation);
            self.query(target, &include.query);
        }
        for (relation, filter) in &selection.counts {
            let target = self.follow(model, *relation);
            self.filter(target, filter);
        }
    }

    fn filter(&mut self, model: ModelId, filter: &Where) {
        match filter {
            Where::All(parts) | Where::Any(parts) => parts.iter().for_each(|part| self.filter(model, part)),
            Where::Not(part) => self.filter(model, part),
            Where::Field { .. } | Where::Search(_) => {}
            Where::Relation { field, filter, .. } => {
                let target = self.follow(model, *field);
                self.filter(target, filter);
            }
        }
    }

    fn order(&mut self, model: ModelId, order: &Order) {
        match &order.target {
            OrderTarget::Field { relations, .. } => {
                relations.iter().fold(model, |model, relation| self.follow(model, *relation));
            }
            OrderTarget::Relevance(_) => {}
            OrderTarget::Count { relation } => {
                self.follow(model, *relation);
            }
        }
    }

    fn data(&mut self, model: ModelId, data: &Data) {
        for (field, assignment) in &data.fields {
            match assignment {
                Assignment::Connect(_) => {
                    self.follow(model, *field);
                }
                Assignment::Nested(writes) => {
                    let target = self.follow(model, *field);
                    if !self.written.contains(&target) {
                        self.written.push(target);
                    }
                    writes.iter().for_each(|write| self.nested(target, write));
                }
                _ => {}
            }
        }
    }

    fn nested(&mut self, model: ModelId, write: &Nested) {
        write.data().into_iter().for_each(|(data, _)| self.data(model, data));
        let pick = |pick: &Pick| match pick {
            Pick::Only(filter) => Some(filter.clone()),
            Pick::Key(_) => None,
        };
        let filters: Vec<Where> = match write {
            Nested::Disconnect(picks) | Nested::Delete(picks) => picks.iter().filter_map(pick).collect(),
            Nested::Update(rows) => rows.iter().filter_map(|(it, _)| pick(it)).collect(),
            Nested::UpdateMany(rows) => rows.iter().map(|(filter, _)| filter.clone()).collect(),
            Nested::Upsert(rows) => rows.iter().filter_map(|row| pick(&row.pick)).collect(),
            Nested::DeleteMany(filters) => filters.clone(),
            _ => Vec::new(),
        };
        filters.iter().for_each(|filter| self.filter(model, filter));
    }

    fn follow(&mut self, model: ModelId, relation: FieldId) -> ModelId {
        let field = self.schema.model(model).field(relation);
        let target = field.relation().map_or(model, |relation| relation.target);
        if !self.models.contains(&target) {
            self.models.push(target);
        }
        target
    }
}
