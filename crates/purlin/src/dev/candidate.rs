//! One reading of the app, made ready to serve: compiled, with a store and an app. Nothing of it can be
//! seen, and no table is changed, until the session takes it.

use std::sync::Arc;

use purlin_core::schema::Schema;
use purlin_core::store::Store;
use purlin_http::{App, Metrics};
use tokio::runtime::Handle;

use crate::cli::{Context, Failure};
use crate::config::Config;
use crate::wire::{self, Database, Fallback, Mail, Place, WithoutServer};

#[derive(Debug)]
pub struct Candidate {
    pub config: Config,
    pub schema: Arc<Schema>,
    pub databases: Vec<Database>,
    /// The file was not there before.
    pub is_new: bool,
    pub store: Arc<dyn Store>,
    pub app: App,
    pub mail: Mail,
    /// Of the schema; `purlin check` shows them.
    pub warnings: usize,
}

impl Candidate {
    pub fn make(context: &Context, metrics: &Arc<Metrics>, runtime: &Handle) -> Result<Self, Failure> {
        let mut config = context.config()?;
        let link_base = &mut config.settings.auth.link_base;
        if link_base.is_empty() {
            *link_base = format!("http://localhost:{}", config.settings.server.port);
        }
        let (schema, warnings) = context.schema_with_warnings()?;
        let databases = wire::databases(&schema, &config, Fallback::Embedded)?;
        context.require_honoured(&schema, &databases)?;
        let keys = wire::Keys::load(&config, true)?;
        let is_new = databases.iter().all(|database| database.place.is_missing());
        for database in databases.iter().filter(|database| is_server_of_tables(&database.place)) {
            // The server may not have it yet.
            wire::migrator(&context.app, database)?;
        }
        let store = runtime.block_on(wire::open_store(&databases, &config.settings, &schema))?;
        let mail = wire::mail(&config, &schema, &store, WithoutServer::Catch)?;
        let assembled = wire::assemble(
            &config.settings,
            &context.title(),
            &schema,
            Arc::clone(&store),
            &keys,
            Arc::clone(metrics),
            mail.mailer(),
        )?;
        let advisor = wire::IndexAdvisor::new(&schema, &store, &context.app, runtime);
        assembled.engine.advise(Arc::new(advisor));
        Ok(Self { mail, config, schema, databases, is_new, store, app: assembled.app, warnings })
    }
}

/// Its server may have to make the database before anybody can connect.
fn is_server_of_tables(place: &Place) -> bool {
    place.file().is_none() && place.dialect().is_some()
}
