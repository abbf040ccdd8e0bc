//! Changes of many rows, and of rows that may be there already.

use http::StatusCode;
use purlin_core::FieldErrors;
use purlin_core::input::data_from_json;
use purlin_core::operation::{Action, Assignment, Data, Key, Operation, Selection, UpdateMode};
use purlin_core::schema::{FieldId, Model};
use purlin_core::value::Value;
use purlin_http::{Error, Request, Response, json};

use crate::caller::Caller;
use crate::endpoint::Endpoint;
use crate::etag::refuse_if_match;
use crate::query;
use crate::writing::{Writing, Written};

/// What an upsert was asked for with.
pub(crate) struct Upserting {
    /// The fields of the unique key.
    pub key: Vec<FieldId>,
    pub selection: Selection,
    pub rows: Vec<Data>,
    /// They came as a list.
    pub many: bool,
    /// Below another row.
    pub is_nested: bool,
}

impl Endpoint {
    pub(crate) async fn update_many(&self, caller: &Caller, mut request: Request) -> Result<Response, Error> {
        refuse_if_match(&request)?;
        let (surface, model) = (&self.surface, self.model());
        let asked = request.query().unwrap_or_default();
        let filter = query::filter(&surface.schema, model, asked, surface.settings.limits)?;
        let body = crate::body::read(&mut request).await?;
        let mut errors = FieldErrors::default();
        let mode = Some(UpdateMode::Partial);
        let data = data_from_json(&surface.schema, model, &body, mode, "", &mut errors);
        let action = Action::UpdateMany { filter, data, each: None };
        let writing = Writing::new(caller, &request, Some(&body), StatusCode::OK);
        self.count_written(writing, Operation { model: model.id, action, within: None, errors }).await
    }

    pub(crate) async fn delete_many(&self, caller: &Caller, request: &Request) -> Result<Response, Error> {
        refuse_if_match(request)?;
        let (surface, model) = (&self.surface, self.model());
        let asked = request.query().unwrap_or_default();
        let filter = query::filter(&surface.schema, model, asked, surface.settings.limits)?;
        let action = Action::DeleteMany { filter, each: None };
        let writing = Writing::new(caller, request, None, StatusCode::OK);
        let errors = FieldErrors::default();
        self.count_written(writing, Operation { model: model.id, action, within: None, errors }).await
    }

    /// Answers `{"data": {"count": n}}`.
    pub(crate) async fn count_written(
        &self,
        writing: Writing<'_>,
        operation: Operation,
    ) -> Result<Response, Error> {
        let status = writing.form.status;
        let mut outcome = match self.surface.write_one(writing, operation).await? {
            Written::Now(outcome) => outcome,
            Written::Before(response) => return Ok(response),
        };
        outcome.body.push(b'}');
        Ok(json(status, outcome.body))
    }

    /// Each row is made, or changes the one with the same key: 201 where it was made, else 200.
    pub(crate) async fn upsert(
        &self,
        mut writing: Writing<'_>,
        model: &Model,
        upserting: Upserting,
        mut errors: FieldErrors,
    ) -> Result<Response, Error> {
        let Upserting { key, selection, rows, many, is_nested } = upserting;
        if is_nested {
            let message = "upsert is about rows at their own path".to_owned();
            return Err(purlin_core::Error::BadRequest(message).into());
        }
        let mut operations = Vec::with_capacity(rows.len());
        for create in rows {
            let Some((key, update)) = split(model, &key, &create, &mut errors) else { continue };
            let action = Action::Upsert { key, create, update, selection: selection.clone() };
            let errors = FieldErrors::default();
            operations.push(Operation { model: model.id, action, within: None, errors });
        }
        if let Some(first) = operations.first_mut() {
            first.errors = std::mem::take(&mut errors);
        }
        errors.into_result().map_err(Error::from)?;
        // Of an answer that is kept it is not known which it was.
        writing.form.status = StatusCode::OK;
        let surface = &self.surface;
        let written = match operations.pop() {
            Some(operation) if !many => surface.write_one(writing, operation).await?,
            last => {
                operations.extend(last);
                surface.write_all(writing, operations).await?
            }
        };
        let mut outcome = match written {
            Written::Now(outcome) => outcome,
            Written::Before(response) => return Ok(response),
        };
        outcome.body.push(b'}');
        let status = if outcome.is_made && !many { StatusCode::CREATED } else { StatusCode::OK };
        Ok(json(status, outcome.body))
    }
}

/// The key of a row's data, and what it changes of the row that has it: all but keys.
fn split(model: &Model, key: &[FieldId], data: &Data, errors: &mut FieldErrors) -> Option<(Key, Data)> {
    let mut fields = Vec::with_capacity(key.len());
    for id in key {
        match data.get(*id) {
            Some(Assignment::Set(value)) if *value != Value::Null => fields.push((*id, value.clone())),
            _ => {
                let path = format!("{}{}", data.prefix, model.field(*id).name);
                errors.add(path, "is needed: it is the key of the upsert");
            }
        }
    }
    let is_key = |id: FieldId| key.contains(&id) || model.key_fields().any(|field| field.id == id);
    let update = Data {
        fields: data.fields.iter().filter(|(id, _)| !is_key(*id)).cloned().collect(),
        prefix: data.prefix.clone(),
        is_heard: false,
    };
    (fields.len() == key.len()).then_some((Key { fields }, update))
}
