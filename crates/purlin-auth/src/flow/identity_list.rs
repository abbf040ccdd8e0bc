//! The identities of a user.

use http::StatusCode;
use purlin_core::sign_in::SignInEvent;
use purlin_core::{DateTime, Error, FieldErrors};
use purlin_http::{Request, Response, json};
use serde_json::{Value as Json, json};

use super::no_content;
use crate::identities::WALLET;
use crate::service::Auth;

impl Auth {
    pub(crate) async fn list_identities(&self, request: Request) -> Result<Response, purlin_http::Error> {
        let (_, key) = self.signed_in(&request).await?;
        let mut list = Vec::new();
        for row in self.identities.list(&key).await? {
            list.push(json!({
                "id": row.get::<String>("id")?,
                "provider": row.get::<String>("provider")?,
                "subject": row.get::<String>("subject")?,
                "email": row.get::<Option<String>>("email")?,
                "createdAt": row.get::<DateTime>("createdAt")?.to_string(),
            }));
        }
        Ok(json(StatusCode::OK, json!({ "data": Json::Array(list) }).to_string()))
    }

    /// The last way to sign in stays.
    pub(crate) async fn remove_identity(&self, request: Request) -> Result<Response, purlin_http::Error> {
        let (_, key) = self.signed_in(&request).await?;
        let id = request.raw_param(0);
        let row = self.users.by_key(&key).await?.ok_or(Error::Unauthenticated)?;
        let mut own = None;
        let mut others = 0;
        for identity in self.identities.list(&key).await? {
            if identity.get::<String>("id")? == id { own = Some(identity) } else { others += 1 }
        }
        let Some(own) = own else { return Err(Error::NotFound.into()) };
        if others == 0 && !self.users.has_password(&row)? {
            let message = "this is your only way to sign in; set a password first".to_owned();
            return Err(Error::Conflict { message, fields: FieldErrors::default() }.into());
        }
        self.identities.remove(&key, id).await?;
        if own.get::<String>("provider")? == WALLET {
            self.users.set_wallet(&key, Some(&own.get::<String>("subject")?), None).await?;
        }
        self.tell(&key, SignInEvent::IdentityRemoved).await;
        Ok(no_content())
    }
}
