//! Safe retries: a write with an `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header) is done once, however
//! often it arrives. Its answer is kept for a day, in the transaction of the write.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};

use http::header::{HeaderName, LOCATION};
use http::{HeaderValue, StatusCode};
use purlin_core::engine::Conditions;
use purlin_core::schema::Model;
use purlin_core::{Error as CoreError, FieldErrors, Once, Reply};
use purlin_http::{Error, Request, Response, empty, json};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use crate::caller::Caller;
use crate::endpoint::PREFIX;
use crate::key::segment_of_json;
use crate::surface::Surface;

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
const LONGEST_KEY: usize = 255;

/// Keys of requests that run in this copy of the app.
#[derive(Debug, Default)]
pub(crate) struct Running(Mutex<HashSet<String>>);

/// Holds a key while its request runs.
pub(crate) struct Claim<'s> {
    running: &'s Running,
    id: String,
}

/// How an answer that was kept is given again.
#[derive(Clone, Copy)]
pub(crate) struct Form<'m> {
    pub status: StatusCode,
    /// Of the one row that is made.
    pub located: Option<&'m Model>,
}

/// A write that may run, or the answer that it had.
pub(crate) enum Begun<'s> {
    Now(Conditions, Option<Claim<'s>>),
    Again(Response),
}

impl Surface {
    /// Before a write: `body` is what was sent, as parsed.
    pub(crate) async fn begin(
        &self,
        caller: &Caller,
        request: &Request,
        body: Option<&Json>,
        form: Form<'_>,
    ) -> Result<Begun<'_>, Error> {
        let Some(once) = self.once(caller, request, body)? else {
            return Ok(Begun::Now(Conditions::default(), None));
        };
        let Some(claim) = self.running.claim(&once.id) else {
            return Err(busy().into());
        };
        if let Some(response) = self.again(&once, form).await? {
            return Ok(Begun::Again(response));
        }
        Ok(Begun::Now(Conditions { once: Some(once), ..Conditions::default() }, Some(claim)))
    }

    /// After it: another copy of the app may have been quicker.
    pub(crate) async fn ended<T>(
        &self,
        conditions: &Conditions,
        form: Form<'_>,
        result: Result<T, Error>,
    ) -> Result<Result<T, Response>, Error> {
        match (result, &conditions.once) {
            (Err(error @ Error::Core(CoreError::Conflict { .. })), Some(once)) => {
                self.again(once, form).await?.map_or(Err(error), |response| Ok(Err(response)))
            }
            (result, _) => result.map(Ok),
        }
    }

    fn once(&self, caller: &Caller, request: &Request, body: Option<&Json>) -> Result<Option<Once>, Error> {
        let mut given = request.headers().get_all(KEY).iter();
        let Some(key) = given.next() else { return Ok(None) };
        let text = key.to_str().unwrap_or_default().trim();
        if text.is_empty() || text.len() > LONGEST_KEY || given.next().is_some() {
            return Err(Error::bad_request(format!(
                "Idempotency-Key must be one text of 1 to {LONGEST_KEY} printable characters"
            )));
        }
        let (method, path) = (request.method().as_str(), request.path());
        let query = request.query().unwrap_or_default();
        let body = body.map(Json::to_string).unwrap_or_default();
        let fingerprint = hash(&[method, path, query, &body]);
        // Who is not signed in is nobody in particular: there a key is good for the very same request only.
        let who = match caller.identity(&self.schema) {
            Some(who) => who,
            None => format!("anybody {fingerprint}"),
        };
        Ok(Some(Once { id: hash(&[&who, method, path, text]), fingerprint }))
    }

    async fn again(&self, once: &Once, form: Form<'_>) -> Result<Option<Response>, Error> {
        let Some(Reply { fingerprint, body }) = self.engine.reply(&once.id).await? else { return Ok(None) };
        if fingerprint != once.fingerprint {
            return Err(Error::IdempotencyMismatch);
        }
        let mut response = if form.status == StatusCode::NO_CONTENT {
            empty(form.status)
        } else {
            json(form.status, format!("{PREFIX}{body}}}"))
        };
        let headers = response.headers_mut();
        headers.insert(REPLAYED, HeaderValue::from_static("true"));
        let row = form.located.and_then(|model| Some((model, serde_json::from_str::<Json>(&body).ok()?)));
        let place = row.and_then(|(model, row)| {
            let segment = segment_of_json(&self.schema, model, &row)?;
            HeaderValue::try_from(self.settings.base_path.join(&format!("{}/{segment}", model.path))).ok()
        });
        if let Some(place) = place {
            headers.insert(LOCATION, place);
        }
        Ok(Some(response))
    }
}

impl Running {
    fn claim(&self, id: &str) -> Option<Claim<'_>> {
        let is_new = self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id.to_owned());
        is_new.then(|| Claim { running: self, id: id.to_owned() })
    }
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        self.running.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
    }
}

fn busy() -> CoreError {
    let message = "a request with this Idempotency-Key is still running; ask again later".to_owned();
    CoreError::Conflict { message, fields: FieldErrors::default() }
}

/// Each part with its length, so that no two lists look alike.
fn hash(parts: &[&str]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        digest.update(part.as_bytes());
    }
    digest.finalize().iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
