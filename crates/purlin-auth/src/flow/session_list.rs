//! Where one is signed in.

use http::StatusCode;
use purlin_core::{DateTime, Error};
use purlin_http::{Request, Response, json};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::no_content;
use super::refresh::session_of;
use crate::service::Auth;

impl Auth {
    pub(crate) async fn list_sessions(&self, request: Request) -> Result<Response, purlin_http::Error> {
        let (verified, key) = self.signed_in(&request).await?;
        let current = session_of(&verified)?.map(|session| session.to_string());
        let mut list = Vec::new();
        for row in self.sessions.list(&key, self.now()).await? {
            let id: String = row.get("id")?;
            let time = |name| row.get::<DateTime>(name).map(|time| time.to_string());
            list.push(json!({
                "id": id,
                "method": row.get::<String>("method")?,
                "userAgent": row.get::<Option<String>>("userAgent")?,
                "address": row.get::<Option<String>>("address")?,
                "createdAt": time("createdAt")?,
                "lastUsedAt": time("lastUsedAt")?,
                "expiresAt": time("expiresAt")?,
                "isCurrent": current.as_deref() == Some(&id),
            }));
        }
        Ok(json(StatusCode::OK, json!({ "data": Json::Array(list) }).to_string()))
    }

    pub(crate) async fn end_session(&self, request: Request) -> Result<Response, purlin_http::Error> {
        let (_, key) = self.signed_in(&request).await?;
        let session = Uuid::parse_str(request.raw_param(0)).map_err(|_| Error::NotFound)?;
        if self.sessions.end_of(&key, session, self.now()).await? {
            Ok(no_content())
        } else {
            Err(Error::NotFound.into())
        }
    }

    /// All but the one that asks.
    pub(crate) async fn end_other_sessions(&self, request: Request) -> Result<Response, purlin_http::Error> {
        let (verified, key) = self.signed_in(&request).await?;
        self.sessions.end_all(&key, session_of(&verified)?, self.now()).await?;
        Ok(no_content())
    }
}
