//! API keys of a user.

use http::StatusCode;
use purlin_core::sign_in::SignInEvent;
use purlin_core::system::Row;
use purlin_core::{DateTime, Error};
use purlin_http::{Request, Response, Scopes, json};
use serde_json::{Value as Json, json};

use super::no_content;
use crate::input::Input;
use crate::service::Auth;
use crate::sessions::after;

const LONGEST_NAME: usize = 80;
const MOST_DAYS: i64 = 3650;

impl Auth {
    pub(crate) async fn list_keys(&self, request: Request) -> Result<Response, purlin_http::Error> {
        let (_, key) = self.signed_in(&request).await?;
        let mut list = Vec::new();
        for (row, used) in self.keys.list(&key).await? {
            list.push(shown(&row, used)?);
        }
        Ok(json(StatusCode::OK, json!({ "data": Json::Array(list) }).to_string()))
    }

    /// The key itself is in this answer and in no other.
    pub(crate) async fn make_key(&self, mut request: Request) -> Result<Response, purlin_http::Error> {
        let (_, user) = self.signed_in(&request).await?;
        let mut input = Input::read(&mut request).await?;
        let name = input.text("name");
        if name.chars().count() > LONGEST_NAME {
            input.errors.add("name", format!("must have at most {LONGEST_NAME} characters"));
        }
        let scopes = input.texts("scopes");
        let days = input.optional_number("expiresInDays", 1, MOST_DAYS);
        let scopes = Scopes::parse(scopes.iter().map(String::as_str));
        match &scopes {
            Ok(scopes) => self.check_scopes(scopes, &mut input),
            Err(message) => input.errors.add("scopes", message.clone()),
        }
        input.finish()?;
        let scopes = scopes.map_err(Error::internal)?;
        let expires = days.map(|days| {
            let days = u64::try_from(days).unwrap_or_default();
            after(self.now(), std::time::Duration::from_hours(24 * days))
        });
        let (key, row) = self.keys.make(&user, &name, &scopes, expires).await?;
        self.tell(&user, SignInEvent::KeyMade).await;
        let mut answer = shown(&row, None)?;
        if let Json::Object(members) = &mut answer {
            members.insert("key".to_owned(), Json::from(key.as_str()));
        }
        Ok(json(StatusCode::CREATED, json!({ "data": answer }).to_string()))
    }

    pub(crate) async fn remove_key(&self, request: Request) -> Result<Response, purlin_http::Error> {
        let (_, user) = self.signed_in(&request).await?;
        let is_gone = self.keys.remove(&user, request.raw_param(0)).await?;
        if !is_gone {
            return Err(Error::NotFound.into());
        }
        self.tell(&user, SignInEvent::KeyRemoved).await;
        Ok(no_content())
    }

    /// A scope for a path that no model has would be a surprise later.
    fn check_scopes(&self, scopes: &Scopes, input: &mut Input) {
        for scope in scopes.iter() {
            let Some((path, _)) = scope.split_once(':') else { continue };
            if !self.schema.own_models().any(|model| model.path == path) {
                input.errors.add("scopes", format!("`{scope}`: no model has the path {path}"));
            }
        }
    }
}

fn shown(row: &Row, used: Option<DateTime>) -> Result<Json, Error> {
    let expires: Option<DateTime> = row.get("expiresAt")?;
    let text = |time: Option<DateTime>| time.map(|time| time.to_string());
    let scopes: String = row.get("scopes")?;
    Ok(json!({
        "id": row.get::<String>("id")?,
        "name": row.get::<String>("name")?,
        "hint": row.get::<String>("hint")?,
        "scopes": scopes.split(' ').collect::<Vec<_>>(),
        "createdAt": row.get::<DateTime>("createdAt")?.to_string(),
        "expiresAt": text(expires),
        "lastUsedAt": text(used),
    }))
}
