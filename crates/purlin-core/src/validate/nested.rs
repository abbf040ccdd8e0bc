//! What is written to related rows, judged like the row itself: all problems of all rows in one answer.

use super::create::{Draft, Drafting};
use super::update::{ChangeSet, NewChange};
use crate::actor::Actor;
use crate::error::Error;
use crate::operation::{Assignment, Data, Key, Nested, Pick, Where};
use crate::policy::NewValue;
use crate::schema::{FieldId, Link, Model, PolicyOperation, Relation};
use crate::statement::{LoadSlot, Loaded};
use crate::value::Value;

/// A write to the row that this one refers to.
#[derive(Debug)]
pub(crate) struct Owned {
    pub relation: FieldId,
    pub path: String,
    pub write: OwnedWrite,
}

#[derive(Debug)]
pub(crate) enum OwnedWrite {
    Create(Box<Draft>),
    ConnectOrCreate(Key, Box<Draft>),
    Update(Where, Box<ChangeSet>),
    Upsert(Where, Box<Draft>, Box<ChangeSet>),
    Delete(Where),
}

/// Writes to the rows that refer to this one, or that a join table leads to.
#[derive(Debug)]
pub(crate) struct Related {
    pub relation: FieldId,
    pub path: String,
    /// This side's fields of the relation, as they are once this row is written.
    pub parent: Vec<(FieldId, NewValue)>,
    /// What makes another row one of them, and what lets it go; of a join table neither.
    pub link: ChangeSet,
    pub gone: ChangeSet,
    pub writes: Vec<RelatedWrite>,
}

#[derive(Debug)]
pub(crate) enum RelatedWrite {
    Create { drafts: Vec<Draft>, skip_duplicates: bool },
    Connect(Vec<Key>),
    ConnectOrCreate(Vec<(Key, Draft)>),
    Disconnect(Vec<Pick>),
    Set(Vec<Key>),
    Update(Vec<(Pick, ChangeSet)>),
    UpdateMany(Vec<(Where, ChangeSet)>),
    Upsert(Vec<(Pick, Draft, ChangeSet)>),
    Delete(Vec<Pick>),
    DeleteMany(Vec<Where>),
}

/// What a row's own columns become.
type Columns = Vec<(FieldId, NewValue)>;

impl Drafting<'_> {
    /// `stored` is where the row around is read to, if it is there already.
    pub(super) fn owned(
        &mut self,
        model: &Model,
        relation: FieldId,
        write: &Nested,
        stored: Option<LoadSlot>,
        path: &str,
    ) -> Result<(Option<Owned>, Columns), Error> {
        let field = model.field(relation);
        let Some(link) = field.relation() else { return Ok((None, Vec::new())) };
        let target = self.making.schema.model(link.target);
        let owned = |write| Some(Owned { relation, path: path.to_owned(), write });
        match write {
            Nested::Create { rows, .. } => {
                let Some(data) = rows.first() else { return Ok((None, Vec::new())) };
                let mut draft = self.row(target, data, &[])?;
                let columns =
                    link.pairs().map(|(local, there)| (local, draft.give(target.id, there))).collect();
                Ok((owned(OwnedWrite::Create(Box::new(draft))), columns))
            }
            Nested::ConnectOrCreate(rows) => {
                let Some((key, data)) = rows.first() else { return Ok((None, Vec::new())) };
                let mut draft = self.row(target, data, &[])?;
                let columns = loaded_columns(link, &mut draft);
                Ok((owned(OwnedWrite::ConnectOrCreate(key.clone(), Box::new(draft))), columns))
            }
            Nested::Update(rows) if stored.is_some() => {
                let Some((Pick::Only(filter), data)) = rows.first() else { return Ok((None, Vec::new())) };
                let set = self.changes(target, data, None)?;
                Ok((owned(OwnedWrite::Update(filter.clone(), Box::new(set))), Vec::new()))
            }
            Nested::Upsert(rows) if stored.is_some() => {
                let Some(row) = rows.first() else { return Ok((None, Vec::new())) };
                let Pick::Only(filter) = &row.pick else { return Ok((None, Vec::new())) };
                let mut draft = self.row(target, &row.create, &[])?;
                let set = self.changes(target, &row.update, None)?;
                let columns = loaded_columns(link, &mut draft);
                Ok((owned(OwnedWrite::Upsert(filter.clone(), Box::new(draft), Box::new(set))), columns))
            }
            Nested::Delete(picks) if stored.is_some() => {
                let Some(Pick::Only(filter)) = picks.first() else { return Ok((None, Vec::new())) };
                if field.is_required() {
                    self.errors.add(path, "is required: the row that it leads to cannot be deleted here");
                }
                let nothing = NewValue::Value(Value::Null);
                let columns = link.pairs().map(|(local, _)| (local, nothing.clone())).collect();
                Ok((owned(OwnedWrite::Delete(filter.clone())), columns))
            }
            _ => Err(Error::internal("a write that the relation does not know")),
        }
    }

    /// `parent` holds what `near_fields` of the relation will be.
    pub(super) fn related(
        &mut self,
        model: &Model,
        relation: FieldId,
        writes: &[Nested],
        parent: Columns,
        path: String,
    ) -> Result<Related, Error> {
        let field = model.field(relation);
        let Some(link) = field.relation() else { return Err(Error::internal("no relation")) };
        let target = self.making.schema.model(link.target);
        let given = match &link.link {
            Link::Join(_) => Vec::new(),
            _ => link
                .pairs()
                .filter_map(|(local, there)| {
                    parent.iter().find(|(known, _)| *known == local).map(|(_, value)| (there, value.clone()))
                })
                .collect::<Columns>(),
        };
        let mut lowered = Vec::with_capacity(writes.len());
        for write in writes {
            if matches!(write, Nested::Disconnect(_) | Nested::Set(_)) && is_held(target, link) {
                let there = target.field(link.opposite);
                let message = format!(
                    "cannot let go of rows: {}.{} is required; connect them elsewhere, or delete them",
                    target.name, there.name
                );
                self.errors.add(path.as_str(), message);
                continue;
            }
            lowered.push(self.related_write(target, write, &given)?);
        }
        let nothing = |(field, _): &(FieldId, NewValue)| (*field, NewValue::Value(Value::Null));
        let gone = self.key_changes(target, given.iter().map(nothing).collect(), &path);
        let link = self.key_changes(target, given, &path);
        Ok(Related { relation, path, parent, link, gone, writes: lowered })
    }

    fn related_write(
        &mut self,
        target: &Model,
        write: &Nested,
        given: &[(FieldId, NewValue)],
    ) -> Result<RelatedWrite, Error> {
        // Its key is read from its slot whichever way the plan goes.
        let found_or_made = |drafting: &mut Self, data: &Data| -> Result<Draft, Error> {
            let mut draft = drafting.row(target, data, given)?;
            target.key_fields().for_each(|key| draft.want(key.id));
            Ok(draft)
        };
        Ok(match write {
            Nested::Create { rows, skip_duplicates } => {
                let drafts = rows.iter().map(|data| self.row(target, data, given));
                let drafts = drafts.collect::<Result<_, Error>>()?;
                RelatedWrite::Create { drafts, skip_duplicates: *skip_duplicates }
            }
            Nested::Connect(keys) => RelatedWrite::Connect(keys.clone()),
            Nested::ConnectOrCreate(rows) => {
                let pair = |(key, data): &(Key, Data)| Ok((key.clone(), found_or_made(self, data)?));
                RelatedWrite::ConnectOrCreate(rows.iter().map(pair).collect::<Result<_, Error>>()?)
            }
            Nested::Disconnect(picks) => RelatedWrite::Disconnect(picks.clone()),
            Nested::Set(keys) => RelatedWrite::Set(keys.clone()),
            Nested::Update(rows) => {
                let pair =
                    |(pick, data): &(Pick, Data)| Ok((pick.clone(), self.changes(target, data, None)?));
                RelatedWrite::Update(rows.iter().map(pair).collect::<Result<_, Error>>()?)
            }
            Nested::UpdateMany(rows) => {
                let pair = |(filter, data): &(Where, Data)| {
                    Ok((filter.clone(), self.changes_of_many(target, data)?))
                };
                RelatedWrite::UpdateMany(rows.iter().map(pair).collect::<Result<_, Error>>()?)
            }
            Nested::Upsert(rows) => {
                let mut lowered = Vec::with_capacity(rows.len());
                for row in rows {
                    let draft = found_or_made(self, &row.create)?;
                    lowered.push((row.pick.clone(), draft, self.changes(target, &row.update, None)?));
                }
                RelatedWrite::Upsert(lowered)
            }
            Nested::Delete(picks) => RelatedWrite::Delete(picks.clone()),
            Nested::DeleteMany(filters) => RelatedWrite::DeleteMany(filters.clone()),
        })
    }

    /// What a row's key becomes because another row is written.
    fn key_changes(&mut self, model: &Model, columns: Columns, path: &str) -> ChangeSet {
        let mut set = ChangeSet::default();
        if columns.is_empty() {
            return set;
        }
        set.named = columns.iter().map(|(field, _)| *field).collect();
        set.changes = columns.into_iter().map(|(field, value)| (field, NewChange::Set(value))).collect();
        self.complete(model, &mut set, &format!("{path}."));
        set
    }

    /// The changes of many rows, which are one statement: nothing may depend on each row.
    pub(crate) fn changes_of_many(&mut self, model: &Model, data: &Data) -> Result<ChangeSet, Error> {
        for (id, assignment) in &data.fields {
            if matches!(assignment, Assignment::Nested(_)) {
                let path = format!("{}{}", data.prefix, model.field(*id).name);
                self.errors.add(path, "cannot be written for many rows at once");
            }
        }
        self.changes(model, data, None)
    }
}

/// Whether a change needs a look at each row that it leaves: a rule over the changed row, or over what is calculated.
pub(crate) fn looks_at_each(model: &Model, data: &Data, actor: &Actor) -> bool {
    let is_checked = |(id, assignment): &(FieldId, Assignment)| {
        !model.field(*id).validations.is_empty()
            && !matches!(assignment, Assignment::Set(_) | Assignment::Connect(_) | Assignment::Disconnect)
    };
    let has_post_rules =
        || model.policies.iter().any(|rule| rule.operations.contains(&PolicyOperation::PostUpdate));
    !model.validations.is_empty()
        || data.fields.iter().any(is_checked)
        || (!actor.passes_rules() && has_post_rules())
}

/// Whether the rows of a relation must belong to somebody.
fn is_held(target: &Model, link: &Relation) -> bool {
    matches!(link.link, Link::Inverse { .. }) && target.field(link.opposite).is_required()
}

/// Keys that are in the draft's slot, whether its row was found or made.
fn loaded_columns(link: &Relation, draft: &mut Draft) -> Columns {
    let columns = link.pairs().map(|(local, there)| {
        draft.want(there);
        (local, NewValue::Loaded(Loaded { slot: draft.slot, model: link.target, field: there }))
    });
    columns.collect()
}
