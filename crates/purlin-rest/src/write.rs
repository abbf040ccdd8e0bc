//! Creates, updates and deletes of single rows and lists of new ones.

use http::header::LOCATION;
use http::{HeaderValue, StatusCode};
use purlin_core::FieldErrors;
use purlin_core::input::{data_from_json, rows_from_json};
use purlin_core::operation::{Action, UpdateMode};
use purlin_core::schema::FieldId;
use purlin_http::{Error, Request, Response, empty, json};

use crate::caller::Caller;
use crate::endpoint::{Call, Endpoint, refuse_conditions};
use crate::key::{key_of, segment};
use crate::query;

/// They are one plan, which holds up all others while it runs.
const MOST_ROWS: usize = 1000;

impl Endpoint {
    pub(crate) async fn create(
        &self,
        caller: &Caller,
        mut request: Request,
        relation: Option<FieldId>,
    ) -> Result<Response, Error> {
        refuse_conditions(&request)?;
        let surface = &self.surface;
        let (model, within) = self.place(&request, relation)?;
        let asked = request.query().unwrap_or_default();
        let selection = query::selected(&surface.schema, model, asked, surface.settings.limits)?;
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
        let action = Action::Create { rows, many, selection };
        let mut outcome = self.run(caller, model.id, action, within, errors, 1024).await?;
        outcome.body.push(b'}');
        let mut response = json(StatusCode::CREATED, outcome.body);
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
        refuse_conditions(&request)?;
        let mode = match self.call {
            Call::Replace => UpdateMode::Replace,
            _ => UpdateMode::Partial,
        };
        let (surface, model) = (&self.surface, self.model());
        let key = key_of(&surface.schema, model, request.raw_param(0))?;
        let asked = request.query().unwrap_or_default();
        let selection = query::selected(&surface.schema, model, asked, surface.settings.limits)?;
        let body = crate::body::read(&mut request).await?;
        let mut errors = FieldErrors::default();
        let data = data_from_json(&surface.schema, model, &body, Some(mode), "", &mut errors);
        let action = Action::Update { key, data, mode, selection };
        let mut outcome = self.run(caller, model.id, action, None, errors, 1024).await?;
        outcome.body.push(b'}');
        Ok(json(StatusCode::OK, outcome.body))
    }

    pub(crate) async fn delete(&self, caller: &Caller, request: &Request) -> Result<Response, Error> {
        refuse_conditions(request)?;
        query::unparameterized(request.query().unwrap_or_default())?;
        let model = self.model();
        let key = key_of(&self.surface.schema, model, request.raw_param(0))?;
        self.run(caller, model.id, Action::Delete { key }, None, FieldErrors::default(), 0).await?;
        Ok(empty(StatusCode::NO_CONTENT))
    }
}
