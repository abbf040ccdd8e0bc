//! Requests as clients make them, without HTTP.

use purlin_core::input::{
    Limits, Problems, data_from_json, key_from_json, query_from_json, rows_from_json, selection_from_json,
};
use purlin_core::operation::{Action, Count, Operation, Page, Selection, UpdateMode, Within};
use purlin_core::schema::Model;
use purlin_core::sink::JsonSink;
use purlin_core::{Actor, Error, FieldErrors};
use purlin_testkit::block_on;
use serde_json::Value as Json;

use crate::shop::Shop;

pub(crate) struct Asker<'s> {
    shop: &'s Shop,
    actor: Actor,
}

pub(crate) fn system(shop: &Shop) -> Asker<'_> {
    Asker { shop, actor: Actor::System { reason: "seed" } }
}

/// Nobody without a name.
pub(crate) fn asker<'s>(shop: &'s Shop, name: &str) -> Asker<'s> {
    let actor = if name.is_empty() {
        Actor::Anonymous
    } else {
        let user = block_on(shop.engine.load_user(name)).unwrap().unwrap();
        Actor::User(std::sync::Arc::new(user))
    };
    Asker { shop, actor }
}

/// What a client would see of it.
pub(crate) fn told(outcome: &Result<String, Error>) -> String {
    match outcome {
        Ok(text) => text.clone(),
        Err(Error::Internal(cause)) => panic!("{cause}"),
        Err(Error::Invalid(fields)) => format!("invalid {fields:?}"),
        Err(Error::Conflict { message, fields }) => format!("conflict {message} {fields:?}"),
        Err(error) => format!("{} {error}", error.code()),
    }
}

impl Asker<'_> {
    fn model(&self, name: &str) -> &Model {
        self.shop.schema.model_named(name).unwrap()
    }

    fn run(
        &self,
        model: &Model,
        action: Action,
        within: Option<Within>,
        errors: FieldErrors,
    ) -> Result<String, Error> {
        let operation = Operation { model: model.id, action, within, errors };
        let sink = Box::new(JsonSink::default());
        let answer = block_on(self.shop.engine.run(&self.actor, operation, sink))?;
        let sink = answer.sink.into_any().downcast::<JsonSink>().unwrap();
        let rest = format!("{:?} {:?}", answer.outcome.has_more, answer.outcome.total);
        Ok(format!("{} {rest} {:?}", String::from_utf8(sink.into_bytes()).unwrap(), answer.outcome.last_keys))
    }

    pub(crate) fn list(&self, model: &str, query: &Json) -> Result<String, Error> {
        self.list_within(model, query, None)
    }

    /// `parent`: model, key, relation.
    pub(crate) fn list_within(
        &self,
        model: &str,
        query: &Json,
        parent: Option<(&str, Json, &str)>,
    ) -> Result<String, Error> {
        let (model, mut problems) = (self.model(model), Problems::default());
        let (mut query, _) =
            query_from_json(&self.shop.schema, model, query, Limits::default(), &mut problems);
        query.count = Count::Exact;
        if query.distinct.is_empty()
            && let Page::Offset { skip: 0, take: Some(take) } = query.page
        {
            query.page = Page::Cursor { after: None, take };
        }
        problems.finish(())?;
        let within = parent.map(|(parent, key, relation)| {
            let parent = self.model(parent);
            let key = key_from_json(&self.shop.schema, parent, &key, "", &mut Problems::default()).unwrap();
            Within { model: parent.id, key, relation: parent.field_named(relation).unwrap().id }
        });
        self.run(model, Action::List(query), within, FieldErrors::default())
    }

    fn selection(&self, model: &Model, json: &Json) -> Result<Selection, Error> {
        let mut problems = Problems::default();
        let selection = selection_from_json(&self.shop.schema, model, json, Limits::default(), &mut problems);
        problems.finish(selection)
    }

    pub(crate) fn get(&self, model: &str, key: &Json, selection: &Json) -> Result<String, Error> {
        let (model, mut problems) = (self.model(model), Problems::default());
        let key = key_from_json(&self.shop.schema, model, key, "", &mut problems);
        problems.finish(())?;
        let selection = self.selection(model, selection)?;
        self.run(model, Action::Get { key: key.unwrap(), selection }, None, FieldErrors::default())
    }

    pub(crate) fn create(&self, model: &str, rows: &Json) -> Result<String, Error> {
        self.create_with(model, rows, &serde_json::json!({}))
    }

    pub(crate) fn create_with(&self, model: &str, rows: &Json, selection: &Json) -> Result<String, Error> {
        let (model, mut errors) = (self.model(model), FieldErrors::default());
        let (rows, many) = rows_from_json(&self.shop.schema, model, rows, &mut errors);
        let selection = self.selection(model, selection)?;
        self.run(model, Action::Create { rows, many, selection }, None, errors)
    }

    pub(crate) fn update(&self, model: &str, key: &Json, data: &Json) -> Result<String, Error> {
        let (model, mut errors) = (self.model(model), FieldErrors::default());
        let key = key_from_json(&self.shop.schema, model, key, "", &mut Problems::default()).unwrap();
        let mode = UpdateMode::Partial;
        let data = data_from_json(&self.shop.schema, model, data, Some(mode), "", &mut errors);
        let action = Action::Update { key, data, mode, selection: Selection::default() };
        self.run(model, action, None, errors)
    }

    pub(crate) fn delete(&self, model: &str, key: &Json) -> Result<String, Error> {
        let model = self.model(model);
        let key = key_from_json(&self.shop.schema, model, key, "", &mut Problems::default()).unwrap();
        self.run(model, Action::Delete { key }, None, FieldErrors::default())
    }
}
