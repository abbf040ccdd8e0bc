//! A running server: bind, serve, stop. What `dev` and `serve` share.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use purlin_core::schema::Schema;
use purlin_core::store::{Loader, Store};
use purlin_http::{App, ConnectionLimits, Live, Metrics, Server};
use purlin_store_mongo::MongoStore;
use purlin_store_mysql::MySqlStore;
use purlin_store_postgres::PostgresStore;
use purlin_store_several::SeveralStores;
use purlin_store_sqlite::{SqliteLoader, SqliteStore};
use tokio::runtime::Runtime;

use super::{Database, Place};
use crate::cli::Failure;
use crate::config::Settings;

/// For a MongoDB server, however long statements may take.
const LONGEST_SEARCH: Duration = Duration::from_secs(30);

/// The store of databases that have their tables already.
pub async fn open_store(
    databases: &[Database],
    settings: &Settings,
    schema: &Arc<Schema>,
) -> Result<Arc<dyn Store>, Failure> {
    if let [only] = databases {
        return Ok(open_one(only, settings, schema).await?.into_store());
    }
    let mut stores = Vec::with_capacity(databases.len());
    for database in databases {
        let opened = open_one(database, settings, schema).await?;
        stores.push((database.datasource, opened.into_store()));
    }
    Ok(Arc::new(SeveralStores::new(Arc::clone(schema), stores)))
}

async fn open_one(database: &Database, settings: &Settings, schema: &Arc<Schema>) -> Result<Opened, Failure> {
    let failed = |error: &dyn std::fmt::Display| failed(database, error);
    let waiting = usize::try_from(settings.database.write_queue).unwrap_or(usize::MAX);
    let timeout = settings.database.statement_timeout;
    let schema = Arc::clone(schema);
    match &database.place {
        Place::File(path) => {
            let mut config = purlin_store_sqlite::Config::new(path);
            (config.read_timeout, config.write_timeout) = (timeout, timeout);
            config.write_queue = waiting;
            let opened = SqliteStore::open(config, schema).map_err(|error| failed(&error))?;
            Ok(Opened::Sqlite(Arc::new(opened)))
        }
        Place::Postgres(address) => {
            let mut config = purlin_store_postgres::Config::new((**address).clone());
            config.statement_timeout = timeout;
            config.waiting = waiting;
            let connected = PostgresStore::connect(config, schema).await;
            Ok(Opened::Postgres(Arc::new(connected.map_err(|error| failed(&error))?)))
        }
        Place::MySql(address) => {
            let mut config = purlin_store_mysql::Config::new((**address).clone());
            config.statement_timeout = timeout;
            config.waiting = waiting;
            let connected = MySqlStore::connect(config, schema).await;
            Ok(Opened::MySql(Arc::new(connected.map_err(|error| failed(&error))?)))
        }
        Place::Mongo(url) => {
            let mut config = purlin_store_mongo::Config::new(&url.0);
            (config.read_timeout, config.write_timeout) = (timeout, timeout);
            // Work that may take long may also wait for a server that is busy with it.
            config.server_timeout = config.server_timeout.max((timeout / 10).min(LONGEST_SEARCH));
            let connected = MongoStore::connect(config, schema).await;
            Ok(Opened::Mongo(Arc::new(connected.map_err(|error| failed(&error))?)))
        }
    }
}

/// The store of a database that data is moved into, and the way in.
pub async fn open_to_fill(
    database: &Database,
    settings: &Settings,
    schema: &Arc<Schema>,
) -> Result<(Arc<dyn Store>, Arc<dyn Loader>), Failure> {
    let opened = open_one(database, settings, schema).await?;
    let loader: Arc<dyn Loader> = match (&opened, &database.place) {
        (Opened::Postgres(store), _) => Arc::clone(store) as _,
        (Opened::MySql(store), _) => Arc::clone(store) as _,
        (Opened::Mongo(store), _) => Arc::clone(store) as _,
        (Opened::Sqlite(_), place) => {
            let path = place.file().unwrap_or(std::path::Path::new(""));
            let loader = SqliteLoader::open(path, Arc::clone(schema));
            Arc::new(loader.map_err(|error| failed(database, &error))?)
        }
    };
    Ok((opened.into_store(), loader))
}

enum Opened {
    Sqlite(Arc<SqliteStore>),
    Postgres(Arc<PostgresStore>),
    MySql(Arc<MySqlStore>),
    Mongo(Arc<MongoStore>),
}

impl Opened {
    fn into_store(self) -> Arc<dyn Store> {
        match self {
            Self::Sqlite(store) => store,
            Self::Postgres(store) => store,
            Self::MySql(store) => store,
            Self::Mongo(store) => store,
        }
    }
}

fn failed(database: &Database, error: &dyn std::fmt::Display) -> Failure {
    Failure::problem("DATABASE", format!("datasource {}: {error}", database.name))
}

/// One worker for each core: reads run on the workers themselves.
pub fn runtime() -> Result<Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_name("purlin-worker")
        .build()
        .map_err(|error| Failure::problem("RUNTIME", format!("cannot start the workers: {error}")))
}

/// Binds the configured address; a port that is taken is known before anything is said to run.
pub async fn bind(
    settings: &Settings,
    port: Option<u16>,
    live: Arc<Live<App>>,
    metrics: Arc<Metrics>,
) -> Result<Server, Failure> {
    let port = port.unwrap_or(settings.server.port);
    let host = settings.server.host.as_str();
    let mut addresses = tokio::net::lookup_host((host, port))
        .await
        .map_err(|error| Failure::problem("ADDRESS", format!("cannot resolve the host {host}: {error}")))?;
    let address: SocketAddr = addresses
        .next()
        .ok_or_else(|| Failure::problem("ADDRESS", format!("the host {host} has no address")))?;
    let limits =
        ConnectionLimits { drain_timeout: settings.server.shutdown_timeout, ..ConnectionLimits::default() };
    match Server::bind(address, live, metrics).await {
        Ok(server) => Ok(server.limits(limits)),
        Err(error) => {
            let failure = Failure::problem("ADDRESS", format!("cannot listen on {address}: {error}"));
            Err(failure.with_help("choose another port with --port or PORT"))
        }
    }
}

/// Where a browser on this machine finds the server.
pub fn origin(address: SocketAddr) -> String {
    if address.ip().is_unspecified() {
        format!("http://localhost:{}", address.port())
    } else {
        format!("http://{address}")
    }
}
