//! What is looked at before a plan is made: where rows are placed, what hooks say of rows inside of others, and which
//! rows a change of many is about, where somebody looks at each of them.

use super::{Answer, Engine};
use crate::actor::Actor;
use crate::error::{Error, FieldErrors};
use crate::input::{MOST_ROWS, default_order, value_from_json};
use crate::operation::{
    Action, Assignment, Count, Data, Key, Nested, Operation, Page, Query, Selection, UpdateMode, Where,
};
use crate::schema::{Link, Model, ModelId, PolicyOperation};
use crate::sink::JsonSink;
use crate::store::BoxFuture;
use crate::validate::looks_at_each;

impl Engine {
    /// Sets the key of new rows to the row of the nested resource; where a join table holds the relation, the plan
    /// links them.
    pub(super) fn place_under(&self, operation: &mut Operation) -> Result<(), Error> {
        let Some(within) = &operation.within else { return Ok(()) };
        let model = self.schema.model(operation.model);
        let around = self.schema.model(within.model);
        let field = around.field(within.relation);
        let Some(relation) = field.relation() else { return Err(Error::NotFound) };
        match &relation.link {
            Link::Join(_) => return Ok(()),
            Link::Owning { .. } => {
                return Err(Error::Unsupported(format!(
                    "create the {} at its own path, then set {} of this {}",
                    model.name, field.name, around.name
                )));
            }
            Link::Inverse { .. } => {}
        }
        let opposite = model.field(relation.opposite);
        let keys: Vec<_> = opposite
            .relation()
            .into_iter()
            .flat_map(|relation| relation.pairs().map(|(local, _)| local))
            .collect();
        let (Action::Create { rows, .. } | Action::CreateMany { rows, .. }) = &mut operation.action else {
            return Ok(());
        };
        for data in rows {
            for (given, _) in &data.fields {
                if *given == opposite.id || keys.contains(given) {
                    let name = &model.field(*given).name;
                    operation.errors.add(format!("{}{name}", data.prefix), "is given by the path");
                }
            }
            data.set(opposite.id, Assignment::Connect(within.key.clone()));
        }
        Ok(())
    }

    /// Lets hooks look at rows that are written inside of the operation's, or with many. Its own row they have seen,
    /// unless it stands in a batch.
    pub(super) async fn hear(
        &self,
        actor: &Actor,
        operation: &mut Operation,
        is_batch: bool,
    ) -> Result<(), Error> {
        let Operation { model, action, errors, .. } = operation;
        match action {
            Action::Create { rows, .. } => {
                for data in rows {
                    if is_batch {
                        self.hear_row(actor, *model, data, true, errors).await?;
                    } else {
                        self.hear_inside(actor, *model, data, errors).await?;
                    }
                }
            }
            Action::Update { data, .. } if is_batch => {
                self.hear_row(actor, *model, data, false, errors).await?;
            }
            Action::Update { data, .. } => self.hear_inside(actor, *model, data, errors).await?,
            Action::CreateMany { rows, .. } => {
                for data in rows {
                    self.hear_row(actor, *model, data, true, errors).await?;
                }
            }
            Action::UpdateMany { data, .. } => self.hear_row(actor, *model, data, false, errors).await?,
            Action::Upsert { create, update, .. } => {
                self.hear_row(actor, *model, create, true, errors).await?;
                self.hear_row(actor, *model, update, false, errors).await?;
            }
            Action::Delete { .. }
            | Action::DeleteMany { .. }
            | Action::List(_)
            | Action::Aggregate(_)
            | Action::Get { .. } => {}
        }
        Ok(())
    }

    fn hear_row<'f>(
        &'f self,
        actor: &'f Actor,
        model: ModelId,
        data: &'f mut Data,
        is_new: bool,
        errors: &'f mut FieldErrors,
    ) -> BoxFuture<'f, Result<(), Error>> {
        Box::pin(async move {
            let prefix = data.prefix.clone();
            let selection = Selection::default();
            let taken = std::mem::take(data);
            let action = if is_new {
                Action::Create { rows: vec![taken], many: false, selection }
            } else {
                let key = Key { fields: Vec::new() };
                Action::Update { key, data: taken, mode: UpdateMode::Partial, selection }
            };
            let mut operation = Operation { model, action, within: None, errors: FieldErrors::default() };
            let is_heard = self.hooks.listens(&operation);
            if is_heard {
                // What follows may cost much, such as the hash of a password.
                let wanted = if is_new { PolicyOperation::Create } else { PolicyOperation::Update };
                self.admit_to(actor, model, wanted)?;
                self.hooks.before(actor, &mut operation).await?;
            }
            for (name, messages) in operation.errors.0 {
                messages.into_iter().for_each(|message| errors.add(format!("{prefix}{name}"), message));
            }
            *data = match operation.action {
                Action::Create { rows, .. } => rows.into_iter().next().unwrap_or_default(),
                Action::Update { data, .. } => data,
                _ => return Err(Error::internal("a hook has made another operation of a row")),
            };
            data.is_heard = is_heard;
            self.hear_inside(actor, model, data, errors).await
        })
    }

    async fn hear_inside(
        &self,
        actor: &Actor,
        model: ModelId,
        data: &mut Data,
        errors: &mut FieldErrors,
    ) -> Result<(), Error> {
        for (id, assignment) in &mut data.fields {
            let Assignment::Nested(writes) = assignment else { continue };
            let Some(relation) = self.schema.model(model).field(*id).relation() else { continue };
            for write in writes {
                self.refuse_unheard(relation.target, write)?;
                for (data, is_new) in write.data_mut() {
                    self.hear_row(actor, relation.target, data, is_new, errors).await?;
                }
            }
        }
        Ok(())
    }

    /// Rows that go inside of another write, which somebody would have to be told of one by one.
    fn refuse_unheard(&self, model: ModelId, write: &Nested) -> Result<(), Error> {
        if matches!(write, Nested::Delete(_) | Nested::DeleteMany(_)) && self.hears_deletes(model) {
            let name = &self.schema.model(model).name;
            return Err(Error::Unsupported(format!(
                "{name} cannot be deleted inside of another write, for something follows from it: delete it at its own path"
            )));
        }
        Ok(())
    }

    pub(super) fn hears_deletes(&self, model: ModelId) -> bool {
        let action = Action::Delete { key: Key { fields: Vec::new() } };
        self.hooks.listens(&Operation { model, action, within: None, errors: FieldErrors::default() })
    }

    /// A change of many rows is one statement, unless each of them is looked at: then it is about rows that are
    /// found now, and at most as many as one request may name.
    pub(super) async fn take_apart(
        &self,
        actor: &Actor,
        operation: &mut Operation,
        looked_at: &mut usize,
    ) -> Result<(), Error> {
        let model = self.schema.model(operation.model);
        let (filter, is_each) = match &operation.action {
            Action::UpdateMany { filter, data, .. } => {
                (filter, data.is_heard || looks_at_each(model, data, actor))
            }
            Action::DeleteMany { filter, .. } => (filter, self.hears_deletes(model.id)),
            _ => return Ok(()),
        };
        if !is_each {
            return Ok(());
        }
        let keys = self.keys_of(actor, model, filter.clone()).await?;
        *looked_at += keys.len();
        if *looked_at > MOST_ROWS {
            return Err(too_many());
        }
        if let Action::UpdateMany { each, .. } | Action::DeleteMany { each, .. } = &mut operation.action {
            *each = Some(keys);
        }
        Ok(())
    }

    /// Of the rows that the actor sees.
    async fn keys_of(&self, actor: &Actor, model: &Model, filter: Where) -> Result<Vec<Key>, Error> {
        let most = u64::try_from(MOST_ROWS).unwrap_or(u64::MAX);
        let query = Query {
            filter,
            order: default_order(model),
            selection: Selection {
                fields: Some(model.key_fields().map(|field| field.id).collect()),
                ..Selection::default()
            },
            page: Page::Offset { skip: 0, take: Some(most + 1) },
            count: Count::None,
            distinct: Vec::new(),
        };
        let operation = Operation {
            model: model.id,
            action: Action::List(query),
            within: None,
            errors: FieldErrors::default(),
        };
        let Answer { sink, .. } = self.read(actor, &operation, Box::new(JsonSink::default()), None).await?;
        let sink = sink.into_any().downcast::<JsonSink>();
        let bytes = sink.map_err(|_| Error::internal("the engine gave another sink back"))?.into_bytes();
        let rows: Vec<serde_json::Value> = serde_json::from_slice(&bytes).map_err(Error::internal)?;
        if rows.len() > MOST_ROWS {
            return Err(too_many());
        }
        let key = |row: &serde_json::Value| {
            let fields = model.key_fields().map(|field| {
                let json = row.get(&field.name).filter(|json| !json.is_null())?;
                Some((field.id, value_from_json(&self.schema, field, json).ok()?))
            });
            Some(Key { fields: fields.collect::<Option<_>>()? })
        };
        Ok(rows.iter().filter_map(key).collect())
    }
}

fn too_many() -> Error {
    Error::TooLarge(format!("more than {MOST_ROWS} rows, each of which is looked at: narrow the filter"))
}
