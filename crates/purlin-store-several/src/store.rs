//! The store: which store has a model, and the port's implementation.

use std::sync::Arc;

use purlin_core::changes::Table;
use purlin_core::error::Error;
use purlin_core::schema::{DatasourceId, ModelId, Schema};
use purlin_core::sink::RowSink;
use purlin_core::statement::{Guarded, Read, ReadOutcome, WriteOutcome, WritePlan};
use purlin_core::store::{BoxFuture, Store};

use crate::near::stays;
use crate::references::Ties;

#[derive(Debug)]
pub struct SeveralStores {
    pub(crate) schema: Arc<Schema>,
    /// By datasource; `None` for one that no model stands in.
    stores: Vec<Option<Arc<dyn Store>>>,
    pub(crate) ties: Ties,
}

impl SeveralStores {
    /// Each store knows the whole schema, and has the tables of its own datasource.
    pub fn new(schema: Arc<Schema>, stores: Vec<(DatasourceId, Arc<dyn Store>)>) -> Self {
        let mut by_datasource: Vec<Option<Arc<dyn Store>>> = Vec::new();
        by_datasource.resize(schema.datasources.len(), None);
        for (datasource, store) in stores {
            if let Some(place) = by_datasource.get_mut(datasource.index()) {
                *place = Some(store);
            }
        }
        let ties = Ties::of(&schema);
        Self { schema, stores: by_datasource, ties }
    }

    pub(crate) fn place(&self, model: ModelId) -> DatasourceId {
        self.schema.model(model).datasource
    }

    pub(crate) fn at(&self, datasource: DatasourceId) -> Result<&Arc<dyn Store>, Error> {
        let found = self.stores.get(datasource.index()).and_then(Option::as_ref);
        found.ok_or_else(|| Error::internal("a datasource has no store"))
    }

    pub(crate) fn of_model(&self, model: ModelId) -> Result<&Arc<dyn Store>, Error> {
        self.at(self.place(model))
    }

    fn named(&self) -> impl Iterator<Item = (&str, &Arc<dyn Store>)> {
        let names = self.schema.datasources.iter().map(|datasource| datasource.name.as_str());
        names.zip(&self.stores).filter_map(|(name, store)| Some((name, store.as_ref()?)))
    }
}

impl Store for SeveralStores {
    fn read<'a>(
        &'a self,
        read: &'a Guarded<Read>,
        sink: &'a mut dyn RowSink,
    ) -> BoxFuture<'a, Result<ReadOutcome, Error>> {
        let shape = &read.get().shape;
        let found = stays(&self.schema, shape).and_then(|stays| Ok((stays, self.of_model(shape.model)?)));
        match found {
            Ok((true, store)) => store.read(read, sink),
            Ok((false, _)) => Box::pin(self.read_across(read.get(), sink)),
            Err(error) => Box::pin(async move { Err(error) }),
        }
    }

    fn write(
        &self,
        plan: Guarded<WritePlan>,
        sink: Box<dyn RowSink>,
    ) -> BoxFuture<'_, Result<WriteOutcome, Error>> {
        match self.only_place(plan.get()).and_then(|place| self.at(place).ok()) {
            Some(store) => store.write(plan, sink),
            None => Box::pin(self.write_across(plan.into_inner(), sink)),
        }
    }

    fn version(&self, model: ModelId) -> u64 {
        self.of_model(model).map_or(0, |store| store.version(model))
    }

    fn changes(&self, tables: &[Table]) -> u64 {
        let of_table = |table: &Table| {
            let (Table::Model(model) | Table::Join(model, _)) = *table;
            self.of_model(model).map_or(0, |store| store.changes(&[*table]))
        };
        tables.iter().map(of_table).fold(0, u64::wrapping_add)
    }

    fn hears_others(&self, model: ModelId) -> bool {
        self.of_model(model).is_ok_and(|store| store.hears_others(model))
    }

    /// Says which do not answer, and why only to the log.
    fn ping(&self) -> BoxFuture<'_, Result<(), Error>> {
        Box::pin(async move {
            let mut down = Vec::new();
            for (name, store) in self.named() {
                if let Err(error) = store.ping().await {
                    let cause = match &error {
                        Error::Internal(cause) => cause.to_string(),
                        other => other.to_string(),
                    };
                    tracing::warn!(datasource = name, cause, "the datasource {name} does not answer");
                    down.push(format!("the datasource {name} does not answer"));
                }
            }
            if down.is_empty() { Ok(()) } else { Err(Error::Unavailable(down.join("; "))) }
        })
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            for (_, store) in self.named() {
                store.close().await;
            }
        })
    }
}
