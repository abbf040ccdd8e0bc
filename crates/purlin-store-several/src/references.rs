//! What foreign keys do inside one database, between two: a key names a row that exists, and a row that others
//! name stays. Both are asked right before the write, not in its transaction.

use std::collections::{BTreeSet, HashSet};

use purlin_core::error::{Error, FieldErrors};
use purlin_core::operation::Count;
use purlin_core::schema::{
    CompareOp, Field, FieldId, Link, Model, ModelId, Quantifier, ReferentialAction, Relation, Schema,
};
use purlin_core::statement::{Cardinality, Change, Filter, Operand, Origin, Step, Update};
use purlin_core::value::Value;

use crate::plan::{Work, shape_of};
use crate::read::{column, key_filter, push, too_large};
use crate::rows::{key_of, key_text};
use crate::split::KeyPart;
use crate::store::SeveralStores;

/// Rows whose referrers are looked for at once.
const MOST_KEYS: u64 = 20_000;

/// Which models have relations that leave their datasource.
#[derive(Debug)]
pub(crate) struct Ties {
    refers: Vec<bool>,
    is_referred: Vec<bool>,
}

impl Ties {
    pub(crate) fn of(schema: &Schema) -> Self {
        let refers = schema.models.iter().map(|model| keys_away(model).next().is_some()).collect();
        let is_referred = schema.models.iter().map(|model| {
            let goes_along = gone_with(schema, model.id);
            goes_along.iter().any(|model| referrers_away(schema.model(*model)).next().is_some())
        });
        Self { is_referred: is_referred.collect(), refers }
    }

    /// Whether its rows hold keys of rows elsewhere.
    pub(crate) fn refers(&self, model: ModelId) -> bool {
        self.refers.get(model.index()).is_some_and(|it| *it)
    }

    /// Whether rows elsewhere hold keys of its rows, or of rows that go with them.
    pub(crate) fn is_referred(&self, model: ModelId) -> bool {
        self.is_referred.get(model.index()).is_some_and(|it| *it)
    }
}

fn keys_away(model: &Model) -> impl Iterator<Item = (&Field, &Relation)> {
    let relations = model.fields.iter().filter_map(|field| Some((field, field.relation()?)));
    relations.filter(|(_, relation)| relation.is_split && relation.is_owning())
}

fn referrers_away(model: &Model) -> impl Iterator<Item = (&Field, &Relation)> {
    let relations = model.fields.iter().filter_map(|field| Some((field, field.relation()?)));
    relations.filter(|(_, relation)| relation.is_split && !relation.is_owning())
}

/// Relations by which rows are deleted along with those of the model.
fn cascades(model: &Model) -> impl Iterator<Item = &Relation> {
    let relations = model.fields.iter().filter_map(Field::relation);
    relations.filter(|relation| {
        let is_inverse = matches!(relation.link, Link::Inverse { .. });
        is_inverse && !relation.is_split && relation.on_delete == ReferentialAction::Cascade
    })
}

/// The model, and those whose rows are deleted with its rows.
fn gone_with(schema: &Schema, model: ModelId) -> BTreeSet<ModelId> {
    let mut found = BTreeSet::from([model]);
    let mut open = vec![model];
    while let Some(model) = open.pop() {
        let targets = cascades(schema.model(model)).map(|relation| relation.target);
        open.extend(targets.filter(|target| found.insert(*target)));
    }
    found
}

impl SeveralStores {
    /// Refuses keys that name no row of another datasource: one read for each relation, whatever the rows.
    pub(crate) async fn require_targets(&self, work: &mut Work, steps: &[Step]) -> Result<(), Error> {
        let models: BTreeSet<ModelId> = steps.iter().filter_map(written).collect();
        for model in models.into_iter().filter(|model| self.ties.refers(*model)) {
            let described = self.schema.model(model);
            for (field, relation) in keys_away(described) {
                let mut keys = Vec::new();
                for step in steps.iter().filter(|step| written(step) == Some(model)) {
                    keys.extend(named_key(described, field, relation, step, work)?);
                }
                if !keys.is_empty()
                    && !self.all_exist(relation, &keys).await?
                    && self.concerns_rows(model, work, steps).await?
                {
                    return Err(dangling(&self.schema, described, field, relation));
                }
            }
        }
        Ok(())
    }

    /// A key is nothing to speak of where there is no row to give it to: the write itself says why.
    async fn concerns_rows(&self, model: ModelId, work: &mut Work, steps: &[Step]) -> Result<bool, Error> {
        for step in steps.iter().filter(|step| written(step) == Some(model)) {
            let Step::Update(update) = step else { return Ok(true) };
            let mut filter = update.filter.clone();
            self.resolve(work, steps, &mut filter).await?;
            if self.first(model, &[], filter, &work.params).await?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn all_exist(&self, relation: &Relation, keys: &[Vec<Value>]) -> Result<bool, Error> {
        let mut params = Vec::new();
        let filter = key_filter(relation.target, &parts(relation), keys, &mut params);
        let known = self.keys_there(relation, filter, params).await?;
        Ok(keys.iter().all(|key| known.contains(&key_text(key))))
    }

    /// The keys that rows of the relation's target have on their side.
    async fn keys_there(
        &self,
        relation: &Relation,
        filter: Filter,
        params: Vec<Value>,
    ) -> Result<HashSet<String>, Error> {
        let fields: Vec<FieldId> = relation.pairs().map(|(_, target)| target).collect();
        let shape = shape_of(relation.target, &fields, filter, Cardinality::Many);
        let (rows, _) = self.keep(shape, params, Count::None).await?;
        let target = self.schema.model(relation.target);
        let key = |row| {
            let parts = fields.iter().enumerate().map(|(place, field)| (place, target.field(*field)));
            Some(key_text(&key_of(&self.schema, parts, row)?))
        };
        Ok(rows.iter().filter_map(key).collect())
    }

    /// `filter` finds the rows with these keys; of keys of several fields it may find others too. No keys stand
    /// for any.
    async fn any_refers(
        &self,
        relation: &Relation,
        filter: Filter,
        params: Vec<Value>,
        keys: &[Vec<Value>],
    ) -> Result<bool, Error> {
        if keys.is_empty() || relation.pairs().count() == 1 {
            return Ok(self.first(relation.target, &[], filter, &params).await?.is_some());
        }
        let there = self.keys_there(relation, filter, params).await?;
        Ok(keys.iter().any(|key| there.contains(&key_text(key))))
    }

    /// Refuses to delete rows, or to change keys, that rows of another datasource refer to.
    pub(crate) async fn refuse_referred(&self, work: &mut Work, steps: &[Step]) -> Result<(), Error> {
        for step in steps {
            match step {
                Step::Delete { model, filter, .. } if self.ties.is_referred(*model) => {
                    let mut filter = filter.clone();
                    self.resolve(work, steps, &mut filter).await?;
                    self.refuse_delete(*model, filter, &work.params).await?;
                }
                Step::Update(update) if self.ties.is_referred(update.model) => {
                    self.refuse_new_key(update, work, steps).await?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Also what the database deletes along.
    async fn refuse_delete(&self, model: ModelId, filter: Filter, params: &[Value]) -> Result<(), Error> {
        let mut seen = BTreeSet::from([model]);
        let mut open = vec![(model, filter)];
        while let Some((model, filter)) = open.pop() {
            let described = self.schema.model(model);
            for (field, relation) in referrers_away(described) {
                if relation.on_delete != ReferentialAction::NoAction {
                    self.refuse_referrers(described, field, relation, &filter, params).await?;
                }
            }
            for relation in cascades(described).filter(|relation| seen.insert(relation.target)) {
                let condition = Filter::Related {
                    origin: Origin::ROW,
                    model: relation.target,
                    relation: relation.opposite,
                    quantifier: Quantifier::Some,
                    condition: Box::new(filter.clone()),
                };
                open.push((relation.target, condition));
            }
        }
        Ok(())
    }

    async fn refuse_new_key(&self, update: &Update, work: &mut Work, steps: &[Step]) -> Result<(), Error> {
        let described = self.schema.model(update.model);
        for (field, relation) in referrers_away(described) {
            let mut differs = Vec::new();
            for (local, _) in relation.pairs() {
                match update.changes.iter().find(|(changed, _)| *changed == local).map(|(_, change)| change) {
                    None => {}
                    Some(Change::Set(value) | Change::SetWhere { value, .. })
                        if work.value(value).is_some() =>
                    {
                        let value = work.value(value).unwrap_or(Value::Null);
                        let right = Operand::Param(push(&mut work.params, value));
                        let left = column(update.model, local);
                        differs.push(Filter::not(Filter::Compare { op: CompareOp::Equal, left, right }));
                    }
                    Some(_) => differs.push(Filter::Always),
                }
            }
            if differs.is_empty() || relation.on_update == ReferentialAction::NoAction {
                continue;
            }
            let mut filter = Filter::all([update.filter.clone(), Filter::any(differs)]);
            self.resolve(work, steps, &mut filter).await?;
            self.refuse_referrers(described, field, relation, &filter, &work.params).await?;
        }
        Ok(())
    }

    async fn refuse_referrers(
        &self,
        model: &Model,
        field: &Field,
        relation: &Relation,
        filter: &Filter,
        params: &[Value],
    ) -> Result<(), Error> {
        let parts = parts(relation);
        let (mut known, mut keys) = (Vec::new(), Vec::new());
        let referring = if *filter == Filter::Always {
            // All rows go: whoever names one names one of them.
            let is_null = |part: &KeyPart| Filter::IsNull(column(relation.target, part.target));
            Filter::not(Filter::any(parts.iter().map(is_null)))
        } else {
            let fields: Vec<FieldId> = parts.iter().map(|part| part.local).collect();
            let params = params.to_vec();
            let shape = shape_of(model.id, &fields, filter.clone(), Cardinality::Many);
            let shape = purlin_core::statement::ReadShape { limit: Some(MOST_KEYS), ..shape };
            let (rows, outcome) = self.keep(shape, params, Count::None).await?;
            if outcome.has_more {
                return Err(too_large());
            }
            let of_row = |row| {
                let parts = fields.iter().enumerate().map(|(place, field)| (place, model.field(*field)));
                key_of(&self.schema, parts, row)
            };
            keys.extend(rows.iter().filter_map(of_row));
            if keys.is_empty() {
                return Ok(());
            }
            key_filter(relation.target, &parts, &keys, &mut known)
        };
        if !self.any_refers(relation, referring, known, &keys).await? {
            return Ok(());
        }
        let other = &self.schema.model(relation.target).name;
        let mut fields = FieldErrors::default();
        fields.add(&field.name, "still refers to it");
        let message = format!("a {other} still refers to this {} (`{}`)", model.name, field.name);
        Err(Error::Conflict { message, fields })
    }
}

fn written(step: &Step) -> Option<ModelId> {
    match step {
        Step::Insert(insert) => Some(insert.model),
        Step::Update(update) => Some(update.model),
        _ => None,
    }
}

fn parts(relation: &Relation) -> Vec<KeyPart> {
    relation.pairs().map(|(local, target)| KeyPart { position: 0, local, target }).collect()
}

/// The key that a step gives a row, unless it has a null in it or stays as it is.
fn named_key(
    model: &Model,
    field: &Field,
    relation: &Relation,
    step: &Step,
    work: &Work,
) -> Result<Option<Vec<Value>>, Error> {
    let unknown = || {
        Error::Unsupported(format!(
            "the key of {} leads into another datasource and must be given whole, as values",
            field.name
        ))
    };
    let mut key = Vec::new();
    let mut given = 0;
    for (local, _) in relation.pairs() {
        let value = match step {
            Step::Insert(insert) => {
                let value = insert.values.iter().find(|(known, _)| *known == local);
                match value {
                    None if model.field(local).is_required() => return Err(unknown()),
                    None => Some(Value::Null),
                    Some((_, value)) => Some(work.value(value).ok_or_else(unknown)?),
                }
            }
            Step::Update(update) => match update.changes.iter().find(|(known, _)| *known == local) {
                None => None,
                Some((_, Change::Set(value) | Change::SetWhere { value, .. })) => {
                    Some(work.value(value).ok_or_else(unknown)?)
                }
                Some(_) => return Err(unknown()),
            },
            _ => None,
        };
        given += usize::from(value.is_some());
        key.extend(value);
    }
    if given == 0 || key.iter().any(Value::is_null) {
        return Ok(None);
    }
    if given < relation.pairs().count() { Err(unknown()) } else { Ok(Some(key)) }
}

fn dangling(schema: &Schema, model: &Model, field: &Field, relation: &Relation) -> Error {
    let target = &schema.model(relation.target).name;
    let mut fields = FieldErrors::default();
    for (own, _) in relation.pairs() {
        fields.add(&model.field(own).name, "refers to a row that does not exist");
    }
    Error::Conflict {
        message: format!("the {target} that `{}` refers to does not exist", field.name),
        fields,
    }
}
