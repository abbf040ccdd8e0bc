//! The app put together on an empty database and without serving it: whatever would keep it from starting is
//! found by `check` and `doctor` too.

use std::path::PathBuf;
use std::sync::Arc;

use purlin_core::schema::Schema;
use purlin_core::store::Store;
use purlin_http::Metrics;
use purlin_store_sqlite::SqliteStore;

use super::keys::Keys;
use super::mail::{WithoutServer, mail};
use crate::cli::Failure;
use crate::config::{Config, Secret};

/// Stands in for a secret that `serve` will be given.
const NO_SECRET: &str = "a secret that nobody is ever given, for nothing";

/// As `dev` would start it: what only `serve` asks for, `serve` says.
pub fn rehearse(config: &Config, title: &str, schema: &Arc<Schema>) -> Result<(), Failure> {
    let mut config = config.clone();
    let settings = &mut config.settings;
    settings.auth.jwt_secret.get_or_insert_with(|| Secret::new(NO_SECRET));
    if settings.auth.link_base.is_empty() {
        settings.auth.link_base = format!("http://localhost:{}", settings.server.port);
    }
    let keys = Keys::load(&config, false)?;
    let folder = Folder::make().map_err(|error| {
        Failure::problem("REHEARSAL", format!("cannot make a temporary folder to try the app in: {error}"))
    })?;
    let empty = purlin_store_sqlite::Config::new(folder.0.join("empty.db"));
    let store = SqliteStore::open(empty, Arc::clone(schema))
        .map_err(|error| Failure::problem("DATABASE", error.to_string()))?;
    let store: Arc<dyn Store> = Arc::new(store);
    let mail = mail(&config, schema, &store, WithoutServer::SendNone)?;
    let metrics = Arc::new(Metrics::default());
    super::assemble(&config.settings, title, schema, store, &keys, metrics, mail.mailer()).map(|_| ())
}

/// A temporary folder, gone when all is done.
#[derive(Debug)]
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn make() -> std::io::Result<Self> {
        let mut name = [0; 8];
        getrandom::fill(&mut name).map_err(std::io::Error::other)?;
        let path = std::env::temp_dir().join(format!("purlin-{:016x}", u64::from_le_bytes(name)));
        std::fs::create_dir(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What stays is the system's to clear.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
