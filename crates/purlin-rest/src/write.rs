//! Creates, updates and deletes of single rows and lists of new ones.

use http::header::{ETAG, LOCATION};
use http::{HeaderValue, StatusCode};
use purlin_core::FieldErrors;
use purlin_core::input::{MOST_ROWS, data_from_json, rows_from_json};
use purlin_core::operation::{Action, Operation, UpdateMode};
use purlin_core::schema::FieldId;
use purlin_http::{Error, Request, Response, empty, json};

use crate::bulk::Upserting;
use crate::caller::Caller;
use crate::endpoint::{Call, Endpoint};
use crate::etag::refuse_if_match;
use crate::key::{key_of, segment};
use crate::query;
use crate::writing::{Writing, Written};

impl Endpoint {
    pub(crate) async fn create(
        &self,
        caller: &Caller,
        mut request: Request,
        relation: Option<FieldId>,
    ) -> Result<Response, Error> {
        refuse_if_match(&request)?;
        let surface = &self.surface;
        let (model, within) = self.place(&request, relation)?;
        let asked = request.query().unwrap_or_default();
        let query::Creating { selection, upsert, skip_duplicates } =
            query::creating(&surface.schema, model, asked, surface.settings.limits)?;
        let body = crate::body::read(&mut request).await?;
        if body.as_array().is_some_and(|rows| rows.len() > MOST_ROWS) {
            let message = format!("one request makes at most {MOST_ROWS} rows");
            return Err(purlin_core::Error::TooLarge(message).into());
        }
        let mut errors = FieldErrors::default();
        let (rows, many) = rows_from_json(&surface.schema, model, &body, &mut errors);
        if rows.is_empty() {
            errors.add("", "must hold at least one row");
        }
        let writing = Writing::new(caller, &request, Some(&body), StatusCode::CREATED);
        if let Some(key) = upsert {
            let upserting = Upserting { key, selection, rows, many, is_nested: within.is_some() };
            return self.upsert(writing, model, upserting, errors).await;
        }
        if skip_duplicates {
            let action = Action::CreateMany { rows, skip_duplicates };
            return self.count_written(writing, Operation { model: model.id, action, within, errors }).await;
        }
        let is_whole = selection.is_default();
        let action = Action::Create { rows, many, selection };
        let operation = Operation { model: model.id, action, within, errors };
        let writing = if many { writing } else { writing.located(model) };
        let mut outcome = match surface.write_one(writing, operation).await? {
            Written::Now(outcome) => outcome,
            Written::Before(response) => return Ok(response),
        };
        let tag = if is_whole && !many { surface.written_tag(caller, outcome.row()) } else { None };
        outcome.body.push(b'}');
        let mut response = json(StatusCode::CREATED, outcome.body);
        if let Some(tag) = tag {
            response.headers_mut().insert(ETAG, tag);
        }
        let place = match &outcome.keys[..] {
            [key] if !many => segment(&surface.schema, model, &key.fields),
            _ => None,
        };
        if let Some(place) = place {
            let location = surface.settings.base_path.join(&format!("{}/{place}", model.path));
            if let Ok(location) = HeaderValue::try_from(location) {
                response.headers_mut().insert(LOCATION, location);
            }
        }
        Ok(response)
    }

    pub(crate) async fn update(&self, caller: &Caller, mut request: Request) -> Result<Response, Error> {
        let mode = match self.call {
            Call::Replace => UpdateMode::Replace,
            _ => UpdateMode::Partial,
        };
        let (surface, model) = (&self.surface, self.model());
        let key = key_of(&surface.schema, model, request.raw_param(0))?;
        let asked = request.query().unwrap_or_default();
        let selection = query::selected(&surface.schema, model, asked, surface.settings.limits)?;
        let judge = surface.if_match(caller, &request)?;
        let body = crate::body::read(&mut request).await?;
        let mut errors = FieldErrors::default();
        let data = data_from_json(&surface.schema, model, &body, Some(mode), "", &mut errors);
        let is_whole = selection.is_default();
        let action = Action::Update { key, data, mode, selection };
        let operation = Operation { model: model.id, action, within: None, errors };
        let writing = Writing::new(caller, &request, Some(&body), StatusCode::OK).judged(judge);
        let mut outcome = match surface.write_one(writing, operation).await? {
            Written::Now(outcome) => outcome,
            Written::Before(response) => return Ok(response),
        };
        let tag = if is_whole { surface.written_tag(caller, outcome.row()) } else { None };
        outcome.body.push(b'}');
        let mut response = json(StatusCode::OK, outcome.body);
        if let Some(tag) = tag {
            response.headers_mut().insert(ETAG, tag);
        }
        Ok(response)
    }

    pub(crate) async fn delete(&self, caller: &Caller, request: &Request) -> Result<Response, Error> {
        query::unparameterized(request.query().unwrap_or_default())?;
        let (surface, model) = (&self.surface, self.model());
        let key = key_of(&surface.schema, model, request.raw_param(0))?;
        let judge = surface.if_match(caller, request)?;
        let action = Action::Delete { key };
        let errors = FieldErrors::default();
        let operation = Operation { model: model.id, action, within: None, errors };
        let writing = Writing::new(caller, request, None, StatusCode::NO_CONTENT).judged(judge);
        match surface.write_one(writing, operation).await? {
            Written::Now(_) => Ok(empty(StatusCode::NO_CONTENT)),
            Written::Before(response) => Ok(response),
        }
    }
}
