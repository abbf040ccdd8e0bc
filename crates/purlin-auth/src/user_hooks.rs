//! What sign-in does about writes to the users' table, whoever makes them: passwords are hashed before, and
//! what no longer holds of a user ends after.

use std::sync::Arc;

use purlin_core::clock::Clock;
use purlin_core::hooks::Hooks;
use purlin_core::operation::{Action, Assignment, Data, Key, Operation};
use purlin_core::schema::{FieldId, ModelId, Schema};
use purlin_core::store::{BoxFuture, Store};
use purlin_core::system::{Table, When};
use purlin_core::{Actor, Error, Value};

use crate::address::EmailAddress;
use crate::belongings::Belongings;
use crate::password::HashOnWrite;
use crate::secret::ServerKey;
use crate::sessions::Sessions;
use crate::settings::Settings;
use crate::user_model;

#[derive(Debug)]
pub struct UserHooks {
    hash: HashOnWrite,
    /// `None` for an app without users.
    users: Option<Aftermath>,
}

/// What follows a write to the auth model.
#[derive(Debug)]
struct Aftermath {
    model: ModelId,
    passwords: Vec<FieldId>,
    email: Option<FieldId>,
    table: Table,
    accounts: Table,
    sessions: Arc<Sessions>,
    belongings: Belongings,
    clock: Arc<dyn Clock>,
}

impl UserHooks {
    pub fn new(
        hash: HashOnWrite,
        schema: &Arc<Schema>,
        store: &Arc<dyn Store>,
        key: Arc<ServerKey>,
        settings: &Settings,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, Error> {
        let Some(id) = schema.auth_model else { return Ok(Self { hash, users: None }) };
        let model = schema.model(id);
        let reason = "what sign-in knows of a user follows their row";
        let sessions = Arc::new(Sessions::new(schema, store, key, settings)?);
        let users = Aftermath {
            model: id,
            passwords: model.columns().filter(|field| field.is_password).map(|field| field.id).collect(),
            email: user_model::email_field(model).map(|field| field.id),
            table: Table::of_model(schema, store, id, reason),
            accounts: Table::builtin(schema, store, "Account", reason)?,
            belongings: Belongings::new(schema, store, Arc::clone(&sessions))?,
            sessions,
            clock,
        };
        Ok(Self { hash, users: Some(users) })
    }
}

impl Hooks for UserHooks {
    fn before<'a>(
        &'a self,
        actor: &'a Actor,
        operation: &'a mut Operation,
    ) -> BoxFuture<'a, Result<(), Error>> {
        let written =
            self.users.as_ref().filter(|users| users.model == operation.model && !actor.is_system());
        if let Some(users) = written {
            users.spell(&mut operation.action);
        }
        Box::pin(self.hash.before(actor, operation))
    }

    fn after<'a>(&'a self, operation: &'a Operation, keys: &'a [Key]) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move {
            match &self.users {
                Some(users) if users.model == operation.model => users.follow(&operation.action, keys).await,
                _ => Ok(()),
            }
        })
    }

    fn spelled(&self, actor: &Actor, model: ModelId, field: FieldId, text: &str) -> Option<String> {
        let users = self.users.as_ref().filter(|users| users.model == model && !actor.is_system())?;
        let address = (users.email == Some(field)).then(|| EmailAddress::parse(text).ok())??;
        Some(address.key().to_owned())
    }

    fn listens(&self, operation: &Operation) -> bool {
        let concerns =
            |users: &Aftermath| users.model == operation.model && users.concerns(&operation.action);
        self.hash.listens(operation) || self.users.as_ref().is_some_and(concerns)
    }
}

impl Aftermath {
    fn concerns(&self, action: &Action) -> bool {
        match action {
            Action::Create { .. } | Action::Delete { .. } => true,
            Action::Update { data, .. } => self.has_password(data) || self.has_email(data),
            // Rows of other writes come as these, one by one.
            _ => false,
        }
    }

    fn has_password(&self, data: &Data) -> bool {
        self.passwords.iter().any(|field| data.get(*field).is_some())
    }

    fn has_email(&self, data: &Data) -> bool {
        self.email.is_some_and(|field| data.get(field).is_some())
    }

    /// One mailbox is one user's, however it is written.
    fn spell(&self, action: &mut Action) {
        let rows = match action {
            Action::Create { rows, .. } => rows.as_mut_slice(),
            Action::Update { data, .. } => std::slice::from_mut(data),
            _ => &mut [],
        };
        for (field, assignment) in rows.iter_mut().flat_map(|data| &mut data.fields) {
            if self.email == Some(*field)
                && let Assignment::Set(Value::String(text)) = assignment
                && let Ok(address) = EmailAddress::parse(text)
            {
                address.key().clone_into(text);
            }
        }
    }

    async fn follow(&self, action: &Action, keys: &[Key]) -> Result<(), Error> {
        let model = self.table.model();
        let keys: Vec<String> =
            keys.iter().map(|key| user_model::key_of(model, key)).collect::<Result<_, Error>>()?;
        match action {
            // A key that somebody had before comes again where ids are counted or chosen.
            Action::Create { .. } | Action::Delete { .. } => {
                self.belongings.forget(&keys, self.clock.now()).await
            }
            Action::Update { data, .. } => {
                if self.has_password(data) {
                    self.sessions.end_all_of(&keys, self.clock.now()).await?;
                    for user in &keys {
                        tracing::info!(target: "purlin::audit", user, by = "data API", "password changed");
                    }
                }
                if self.has_email(data) {
                    for key in &keys {
                        self.doubt(key).await?;
                    }
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Another address is not verified, also where the app's own field said so of the one before.
    async fn doubt(&self, key: &str) -> Result<(), Error> {
        let model = self.table.model();
        let (Some(email), Some(verified)) =
            (user_model::email_field(model), user_model::verified_field(model))
        else {
            return Ok(());
        };
        let Some(own) = user_model::when_key(self.table.schema(), model, key) else { return Ok(()) };
        let Some(row) = self.table.find(&own).await? else { return Ok(()) };
        let now: Option<String> = row.get(&email.name)?;
        let now = now.and_then(|email| EmailAddress::parse(&email).ok());
        let account = self.accounts.find(&When::equal("userId", key)).await?;
        let known: Option<String> = account.map(|row| row.get("verifiedAddress")).transpose()?.flatten();
        if known.is_none() || known.as_deref() == now.as_ref().map(EmailAddress::key) {
            return Ok(());
        }
        let unset = if user_model::is_flag(verified) { Value::Boolean(false) } else { Value::Null };
        self.table.update(&own, [(verified.name.as_str(), unset)]).await.map(|_| ())
    }
}
