//! The app's own users: which fields of the auth model sign-in uses, and their rows.

use std::sync::Arc;

use purlin_core::input::{data_from_json, value_from_text};
use purlin_core::operation::{Action, Assignment, Data, Key, Operation, Selection};
use purlin_core::schema::{Arity, FieldId, Model, Schema};
use purlin_core::sink::{JsonSink, RowSink};
use purlin_core::store::Store;
use purlin_core::system::{Row, Table, When};
use purlin_core::{Actor, Engine, Error, FieldErrors, User, Value};
use serde_json::{Map, Value as Json};

use crate::address::EmailAddress;
use crate::user_model;

/// In place of a hash, where the model asks for one and the user has no password: no password is right.
const NO_PASSWORD: &str = "!";
const REASON: &str = "sign-in keeps the users' rows";
/// What sign-in uses of the auth model.
#[derive(Debug)]
pub(crate) struct Users {
    engine: Arc<Engine>,
    table: Table,
    schema: Arc<Schema>,
    key: String,
    email: Option<String>,
    password: Option<String>,
    verified: Option<String>,
    profile: Vec<FieldId>,
}

impl Users {
    /// The message says what the auth model lacks.
    pub(crate) fn new(
        engine: &Arc<Engine>,
        store: &Arc<dyn Store>,
        profile: Option<&[String]>,
    ) -> Result<Self, String> {
        let schema = engine.schema();
        let model = schema.auth_model.map(|id| schema.model(id)).ok_or("there is no auth model")?;
        let name = &model.name;
        let mut keys = model.key_fields();
        let (Some(key), None) = (keys.next(), keys.next()) else {
            return Err(format!("{name} needs a single @id for its users to sign in"));
        };
        let email = user_model::email_field(model);
        let password = model.columns().find(|field| field.is_password);
        let verified = user_model::verified_field(model);
        let profile = user_model::profile(schema, model, profile)?;
        Ok(Self {
            table: Table::of_model(schema, store, model.id, REASON),
            engine: Arc::clone(engine),
            schema: Arc::clone(schema),
            key: key.name.clone(),
            email: email.map(|field| field.name.clone()),
            password: password.map(|field| field.name.clone()),
            verified: verified.map(|field| field.name.clone()),
            profile,
        })
    }

    pub(crate) fn model(&self) -> &Model {
        self.table.model()
    }

    /// Fails where the model has nothing to keep a password in.
    pub(crate) fn password_field(&self) -> Result<&str, Error> {
        self.password.as_deref().ok_or_else(|| {
            let name = &self.model().name;
            Error::Unsupported(format!("{name} has no @password field, so nobody signs in with one"))
        })
    }

    pub(crate) fn has_email(&self) -> bool {
        self.email.is_some()
    }

    /// Whether users set this field themselves.
    pub(crate) fn is_profile(&self, name: &str) -> bool {
        self.model().field_named(name).is_some_and(|field| self.profile.contains(&field.id))
    }

    fn email_field(&self) -> Result<&str, Error> {
        self.email.as_deref().ok_or_else(|| {
            let name = &self.model().name;
            Error::Unsupported(format!("{name} needs `email String @unique` for its users to sign in"))
        })
    }

    pub(crate) async fn by_email(&self, address: &EmailAddress) -> Result<Option<Row>, Error> {
        // Rows that the app made by itself may hold it as it was typed.
        let spellings = [Value::from(address.key()), Value::from(address.delivery())];
        self.table.find(&When::one_of(self.email_field()?.to_owned(), spellings)).await
    }

    pub(crate) async fn by_key(&self, key: &str) -> Result<Option<Row>, Error> {
        match self.when(key) {
            Some(when) => self.table.find(&when).await,
            None => Ok(None),
        }
    }

    fn when(&self, key: &str) -> Option<When> {
        user_model::when_key(&self.schema, self.model(), key)
    }

    /// As tokens and built-in tables name the user.
    pub(crate) fn key_of(&self, row: &Row) -> Result<String, Error> {
        user_model::key_text(&row.get::<Value>(&self.key)?)
    }

    /// The stored hash; `None` for who has no password.
    pub(crate) fn password_of(&self, row: &Row) -> Result<Option<String>, Error> {
        let stored: Option<String> = self.password.as_deref().map_or(Ok(None), |field| row.get(field))?;
        Ok(stored.filter(|stored| stored != NO_PASSWORD))
    }

    pub(crate) fn has_password(&self, row: &Row) -> Result<bool, Error> {
        Ok(self.password_of(row)?.is_some())
    }

    /// Nobody signs in with one until a new one is set.
    pub(crate) async fn remove_password(&self, key: &str) -> Result<(), Error> {
        let (Some(field), Some(when)) = (&self.password, self.when(key)) else { return Ok(()) };
        self.table.update(&when, [(field.as_str(), Value::from(NO_PASSWORD))]).await.map(|_| ())
    }

    pub(crate) fn email_of(&self, row: &Row) -> Result<Option<String>, Error> {
        self.email.as_deref().map_or(Ok(None), |field| row.get(field))
    }

    /// Where their mail goes: as it stands in their row, not as a request spelled it.
    pub(crate) fn address_of(&self, row: &Row) -> Result<Option<EmailAddress>, Error> {
        Ok(self.email_of(row)?.and_then(|email| EmailAddress::parse(&email).ok()))
    }

    /// How mails address them.
    pub(crate) fn name_of(&self, row: &Row) -> Option<String> {
        ["name", "fullName", "displayName", "firstName"]
            .into_iter()
            .filter(|name| self.model().field_named(name).is_some())
            .find_map(|name| row.get::<Option<String>>(name).ok().flatten())
    }

    /// `old` guards against another change in between.
    pub(crate) async fn set_password(&self, key: &str, old: Option<&str>, hash: &str) -> Result<bool, Error> {
        let field = self.password_field()?.to_owned();
        let Some(mut when) = self.when(key) else { return Ok(false) };
        if let Some(old) = old {
            when = when.and(When::equal(field.clone(), old));
        }
        Ok(self.table.update(&when, [(field.as_str(), Value::from(hash))]).await? == 1)
    }

    /// Tells the app's own field, if there is one.
    pub(crate) async fn set_verified(&self, key: &str, now: purlin_core::DateTime) -> Result<(), Error> {
        let (Some(name), Some(when)) = (&self.verified, self.when(key)) else { return Ok(()) };
        let is_flag = self.model().field_named(name).is_some_and(user_model::is_flag);
        let value = if is_flag { Value::Boolean(true) } else { Value::DateTime(now) };
        self.table.update(&when, [(name.as_str(), value)]).await.map(|_| ())
    }

    /// The fields of a profile in a body; everything else there is named as unknown.
    pub(crate) fn profile_data(
        &self,
        members: &Map<String, Json>,
        is_new: bool,
        errors: &mut FieldErrors,
    ) -> Data {
        let mut accepted = Map::new();
        for (name, value) in members {
            let field = self.model().field_named(name);
            if field.is_some_and(|field| self.profile.contains(&field.id)) {
                accepted.insert(name.clone(), value.clone());
            } else {
                errors.add(name.clone(), "cannot be set here");
            }
        }
        let mode = (!is_new).then_some(purlin_core::operation::UpdateMode::Partial);
        data_from_json(&self.schema, self.model(), &Json::Object(accepted), mode, "", errors)
    }

    /// A new user as the data API takes it; they choose their password themselves.
    pub(crate) fn invited_data(&self, members: &Map<String, Json>, errors: &mut FieldErrors) -> Data {
        if let Some(password) = self.password.as_ref().filter(|name| members.contains_key(*name)) {
            errors.add(password.clone(), "is chosen by who is invited");
        }
        data_from_json(&self.schema, self.model(), &Json::Object(members.clone()), None, "", errors)
    }

    /// Conflict where another user has what is one user's alone, beside the address.
    pub(crate) async fn check_free(&self, data: &Data) -> Result<(), Error> {
        for (id, assignment) in &data.fields {
            let (field, Assignment::Set(value)) = (self.model().field(*id), assignment) else { continue };
            if field.is_unique
                && !value.is_null()
                && self.table.find(&When::equal(field.name.clone(), value.clone())).await?.is_some()
            {
                let message = format!("a {} with this {} already exists", self.model().name, field.name);
                let mut fields = FieldErrors::default();
                fields.add(field.name.clone(), "is already taken");
                return Err(Error::Conflict { message, fields });
            }
        }
        Ok(())
    }

    /// The key of the new row. Other fields take their defaults; an address that is taken is a conflict. Without
    /// a hash nobody signs in with a password.
    pub(crate) async fn create(
        &self,
        data: Data,
        address: Option<&str>,
        hash: Option<&str>,
        errors: FieldErrors,
    ) -> Result<String, Error> {
        let actor = Actor::System { reason: REASON };
        Ok(self.create_as(actor, data, address, hash, errors).await?.0)
    }

    /// The same by somebody whom the rules bind; with the new row as they may see it, as JSON.
    pub(crate) async fn create_as(
        &self,
        actor: Actor,
        mut data: Data,
        address: Option<&str>,
        hash: Option<&str>,
        errors: FieldErrors,
    ) -> Result<(String, Vec<u8>), Error> {
        let model = self.model();
        let mut set = |name: &str, assignment: Assignment| {
            if let Some(field) = model.field_named(name) {
                data.set(field.id, assignment);
            }
        };
        if let Some(address) = address {
            set(self.email_field()?, Assignment::Set(Value::from(address)));
        }
        if let Some(password) = &self.password {
            set(password, Assignment::Hashed(hash.unwrap_or(NO_PASSWORD).to_owned()));
        }
        let action = Action::Create { rows: vec![data], many: false, selection: Selection::default() };
        let operation = Operation { model: model.id, action, within: None, errors };
        let answer = self.engine.run(&actor, operation, Box::new(JsonSink::default())).await?;
        let key = answer.keys.first().ok_or_else(|| Error::internal("a new user has no key"))?;
        Ok((user_model::key_of(self.model(), key)?, json_of(answer.sink)?))
    }

    pub(crate) async fn delete(&self, key: &str) -> Result<(), Error> {
        let key = self.operation_key(key).ok_or(Error::NotFound)?;
        let errors = FieldErrors::default();
        let operation =
            Operation { model: self.model().id, action: Action::Delete { key }, within: None, errors };
        let actor = Actor::System { reason: REASON };
        self.engine.run(&actor, operation, Box::new(JsonSink::default())).await.map(|_| ())
    }

    /// For an app that keeps the address of a user's wallet in their row.
    pub(crate) fn add_wallet(&self, data: &mut Data, address: &str) {
        if let Some(field) = user_model::wallet_field(self.model()) {
            data.set(field.id, Assignment::Set(Value::from(address)));
        }
    }

    /// The same for a row that is there. `from` guards against another wallet of the same user.
    pub(crate) async fn set_wallet(
        &self,
        key: &str,
        from: Option<&str>,
        to: Option<&str>,
    ) -> Result<(), Error> {
        let (Some(field), Some(own)) = (user_model::wallet_field(self.model()), self.when(key)) else {
            return Ok(());
        };
        let name = field.name.clone();
        let before = from.map_or_else(|| When::null(name.clone()), |from| When::equal(name.clone(), from));
        if to.is_none() && field.arity == Arity::Required {
            return Ok(());
        }
        let to = to.map_or(Value::Null, Value::from);
        self.table.update(&own.and(before), [(name.as_str(), to)]).await.map(|_| ())
    }

    pub(crate) async fn change(&self, key: &str, data: Data, errors: FieldErrors) -> Result<(), Error> {
        let model = self.model();
        let key = self.operation_key(key).ok_or(Error::NotFound)?;
        let mode = purlin_core::operation::UpdateMode::Partial;
        let action = Action::Update { key, data, mode, selection: Selection::default() };
        let operation = Operation { model: model.id, action, within: None, errors };
        let actor = Actor::System { reason: REASON };
        self.engine.run(&actor, operation, Box::new(JsonSink::default())).await.map(|_| ())
    }

    fn operation_key(&self, key: &str) -> Option<Key> {
        let field = self.model().field_named(&self.key)?;
        let value = value_from_text(&self.schema, field, key).ok().filter(|value| !value.is_null())?;
        Some(Key { fields: vec![(field.id, value)] })
    }

    /// `None` for who does not exist or is not active.
    pub(crate) async fn load(&self, key: &str) -> Result<Option<Arc<User>>, Error> {
        Ok(self.engine.load_user(key).await?.map(Arc::new))
    }

    /// The user as they may see themselves, as JSON; at least their key.
    pub(crate) async fn shown(&self, user: &Arc<User>, key: &str) -> Result<Vec<u8>, Error> {
        if let Some(seen) = self.seen_by(&Actor::User(Arc::clone(user)), key).await? {
            return Ok(seen);
        }
        // The rules let nobody see users, not even themselves.
        let mut only = Map::new();
        only.insert(self.key.clone(), Json::from(key));
        Ok(Json::Object(only).to_string().into_bytes())
    }

    /// A user as somebody may see them, as JSON; `None` where the rules hide them.
    pub(crate) async fn seen_by(&self, actor: &Actor, key: &str) -> Result<Option<Vec<u8>>, Error> {
        let sink = Box::new(JsonSink::with_prefix("", 512));
        let action = Action::Get {
            key: self.operation_key(key).ok_or(Error::NotFound)?,
            selection: Selection::default(),
        };
        let operation =
            Operation { model: self.model().id, action, within: None, errors: FieldErrors::default() };
        match self.engine.run(actor, operation, sink).await {
            Ok(answer) => json_of(answer.sink).map(Some),
            Err(Error::NotFound | Error::Denied(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub(crate) fn key_of_user(&self, user: &User) -> Result<String, Error> {
        let field = self.model().field_named(&self.key).ok_or(Error::NotFound)?;
        user_model::key_text(user.values.get(field.id.index()).unwrap_or(&Value::Null))
    }

    /// Changes with every write to the users' table.
    pub(crate) fn version(&self) -> u64 {
        self.engine.store().version(self.model().id)
    }
}

fn json_of(sink: Box<dyn RowSink>) -> Result<Vec<u8>, Error> {
    let sink = sink.into_any().downcast::<JsonSink>();
    let sink = sink.map_err(|_| Error::internal("the engine gave another sink back"))?;
    Ok(sink.into_bytes())
}
