//! Typed rows into the database, as the app itself: through the engine, so that defaults and validations
//! hold, past the policies. Batches are one transaction each; a batch that fails is tried row by row, so
//! that the row can be named.

use std::sync::Arc;

use purlin_core::operation::{Action, Count, Data, Operation, Page, Query, Selection, Where};
use purlin_core::schema::{FieldKind, Model, ModelId, Relation};
use purlin_core::sink::NullSink;
use purlin_core::statement::{Change, Expect, Filter, Guarded, ParamId, Step, Update, WritePlan, WriteValue};
use purlin_core::value::Value;
use purlin_core::{Actor, Engine, Error, FieldErrors};

use super::read::keys_of;
use super::{Place, Row, Seed, Table};

const REASON: &str = "db seed";
/// Rows of one transaction.
const BATCH: usize = 500;

/// What to do with rows that are there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Usage {
    /// Only an empty database is seeded.
    Fresh,
    /// Rows whose key exists are left as they are.
    Add,
    /// The seed's tables are emptied first.
    Replace,
}

/// How many rows a table was given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seeded {
    pub table: String,
    pub written: usize,
    pub skipped: usize,
}

#[derive(Debug)]
pub struct Loader<'a> {
    engine: &'a Arc<Engine>,
    usage: Usage,
}

impl<'a> Loader<'a> {
    pub fn new(engine: &'a Arc<Engine>, usage: Usage) -> Self {
        Self { engine, usage }
    }

    /// The models of the seed that hold rows.
    pub async fn occupied(&self, seed: &Seed) -> Result<Vec<String>, Error> {
        let mut occupied = Vec::new();
        for table in &seed.tables {
            let Table::Model { model, .. } = table else { continue };
            let query = Query {
                filter: Where::everything(),
                order: Vec::new(),
                selection: Selection::default(),
                page: Page::Offset { skip: 0, take: Some(1) },
                count: Count::None,
                distinct: Vec::new(),
            };
            let answer = self.run(*model, Action::List(query)).await?;
            if answer > 0 {
                occupied.push(self.engine.schema().model(*model).name.clone());
            }
        }
        Ok(occupied)
    }

    /// Empties the seed's models, the last first, in one transaction of each datasource.
    pub async fn empty(&self, seed: &Seed) -> Result<(), Error> {
        let schema = self.engine.schema();
        let models: Vec<&Model> = seed
            .tables
            .iter()
            .filter_map(|table| match table {
                Table::Model { model, .. } => Some(schema.model(*model)),
                Table::Join { .. } => None,
            })
            .collect();
        // No plan writes in two databases.
        for models in models.chunk_by(|one, other| one.datasource == other.datasource).rev() {
            self.execute(emptying(models)).await?;
        }
        Ok(())
    }

    /// `progress` hears of every table with the rows done so far.
    pub async fn load(
        &self,
        seed: Seed,
        mut progress: impl FnMut(&str, usize, usize),
    ) -> Result<Vec<Seeded>, Vec<String>> {
        let schema = Arc::clone(self.engine.schema());
        let mut seeded = Vec::with_capacity(seed.tables.len());
        let mut links = Vec::new();
        for table in seed.tables {
            match table {
                Table::Model { model, rows } => {
                    let model = schema.model(model);
                    for row in &rows {
                        links.extend(Self::links_of(model, row));
                    }
                    seeded.push(self.load_model(model, rows, &mut progress).await?);
                }
                Table::Join { model, relation, rows } => {
                    let table = rows.first().map_or_else(String::new, |row| row.place.table.clone());
                    let total = rows.len();
                    links.extend(rows.into_iter().map(|row| Self::link_of_join(model, relation, row)));
                    seeded.push(Seeded { table, written: total, skipped: 0 });
                }
            }
        }
        self.load_links(links, &mut progress).await?;
        Ok(seeded)
    }

    async fn load_model(
        &self,
        model: &Model,
        rows: Vec<Row>,
        progress: &mut impl FnMut(&str, usize, usize),
    ) -> Result<Seeded, Vec<String>> {
        let (total, mut done, mut skipped) = (rows.len(), 0, 0);
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            let mut batch: Vec<(Place, Data)> = Vec::with_capacity(BATCH);
            for row in rows.by_ref().take(BATCH) {
                done += 1;
                if self.usage == Usage::Add && self.is_there(model, &row).await? {
                    skipped += 1;
                } else {
                    batch.push((row.place, row.data));
                }
            }
            self.create(model, batch).await?;
            progress(&model.name, done, total);
        }
        Ok(Seeded { table: model.name.clone(), written: total - skipped, skipped })
    }

    async fn is_there(&self, model: &Model, row: &Row) -> Result<bool, Vec<String>> {
        for key in keys_of(model, &row.data) {
            match self.run(model.id, Action::Get { key, selection: Selection::default() }).await {
                Ok(_) => return Ok(true),
                Err(Error::NotFound) => {}
                Err(error) => return Err(described(&row.place, &error)),
            }
        }
        Ok(false)
    }

    async fn create(&self, model: &Model, batch: Vec<(Place, Data)>) -> Result<(), Vec<String>> {
        let (places, rows): (Vec<Place>, Vec<Data>) = batch.into_iter().unzip();
        let Some(first) = places.first() else { return Ok(()) };
        let error = match self.insert(model, rows.clone()).await {
            Ok(()) => return Ok(()),
            Err(error) => error,
        };
        if let Error::Invalid(errors) = &error {
            let lines = located(&places, errors);
            if !lines.is_empty() {
                return Err(lines);
            }
        }
        // The database names no row: the first that it refuses alone is the one.
        for (place, row) in places.iter().zip(rows) {
            if let Err(error) = self.insert(model, vec![row]).await {
                return Err(described(place, &error));
            }
        }
        // Alone they fit: what failed was the batch as such, such as its time.
        tracing::debug!(%error, %first, "a batch was written row by row");
        Ok(())
    }

    async fn insert(&self, model: &Model, rows: Vec<Data>) -> Result<(), Error> {
        let keys = model.key_fields().map(|field| field.id).collect();
        let selection = Selection { fields: Some(keys), ..Selection::default() };
        self.run(model.id, Action::Create { rows, many: true, selection }).await.map(|_| ())
    }

    /// The number of rows that it answered.
    async fn run(&self, model: ModelId, action: Action) -> Result<usize, Error> {
        let actor = Actor::System { reason: REASON };
        let operation = Operation { model, action, within: None, errors: FieldErrors::default() };
        let answer = self.engine.run(&actor, operation, Box::new(NullSink)).await?;
        Ok(answer.outcome.rows)
    }

    pub(super) async fn execute(&self, plan: WritePlan) -> Result<(), Error> {
        let plan = Guarded::as_system(plan, REASON);
        self.engine.store().write(plan, Box::new(NullSink)).await.map(|_| ())
    }

    pub(super) fn engine(&self) -> &Engine {
        self.engine
    }
}

/// Optional keys go before the rows, so that rows which refer to each other do not hold each other.
fn emptying(models: &[&Model]) -> WritePlan {
    let mut steps = Vec::new();
    for model in models {
        let keys = model.fields.iter().filter_map(|field| field.relation());
        let keys = keys.filter(|relation| relation.is_owning()).flat_map(Relation::pairs);
        let optional = keys.map(|(local, _)| local).filter(|local| {
            let field = model.field(*local);
            !field.is_required() && !field.is_id && !matches!(field.kind, FieldKind::Unsupported(_))
        });
        let changes: Vec<_> =
            optional.map(|field| (field, Change::Set(WriteValue::Param(ParamId(0))))).collect();
        if !changes.is_empty() {
            let (filter, expect) = (Filter::Always, Expect::Any);
            steps.push(Step::Update(Update { model: model.id, changes, filter, expect }));
        }
    }
    steps.extend(models.iter().rev().map(|model| Step::Delete {
        model: model.id,
        filter: Filter::Always,
        expect: Expect::Any,
    }));
    WritePlan { steps, params: vec![Value::Null], result: None, ..WritePlan::default() }
}

/// `3.email` of a batch: which row that is, and its field.
fn located(places: &[Place], errors: &FieldErrors) -> Vec<String> {
    let mut lines = Vec::new();
    for (path, messages) in &errors.0 {
        let (index, field) = path.split_once('.').unwrap_or((path, ""));
        let place = index.parse::<usize>().ok().and_then(|index| places.get(index));
        let Some(place) = place else { continue };
        let mut found = FieldErrors::default();
        messages.iter().for_each(|message| found.add(field, message.as_str()));
        lines.extend(place.lines(&found));
    }
    lines
}

/// An error of one row, in the words of whoever wrote the seed.
pub(super) fn described(place: &Place, error: &Error) -> Vec<String> {
    let strip = |errors: &FieldErrors| {
        let mut fields = FieldErrors::default();
        for (path, messages) in &errors.0 {
            let field = path.strip_prefix("0.").unwrap_or(path);
            messages.iter().for_each(|message| fields.add(field, message.as_str()));
        }
        fields
    };
    match error {
        Error::Invalid(errors) => place.lines(&strip(errors)),
        Error::Conflict { fields, .. } if !fields.is_empty() => place.lines(&strip(fields)),
        Error::Internal(cause) => vec![format!("{place}: {cause}")],
        other => vec![format!("{place}: {other}")],
    }
}
