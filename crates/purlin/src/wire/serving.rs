//! A running server: bind, serve, stop. What `dev` and `serve` share.

use std::net::SocketAddr;
use std::sync::Arc;

use purlin_core::schema::Schema;
use purlin_core::store::Store;
use purlin_http::{App, ConnectionLimits, Live, Metrics, Server};
use purlin_store_mongo::MongoStore;
use purlin_store_mysql::MySqlStore;
use purlin_store_postgres::PostgresStore;
use purlin_store_several::SeveralStores;
use purlin_store_sqlite::SqliteStore;
use tokio::runtime::Runtime;

use super::{Database, Place};
use crate::cli::Failure;
use crate::config::Settings;

/// The store of databases that have their tables already.
pub async fn open_store(
    databases: &[Database],
    settings: &Settings,
    schema: &Arc<Schema>,
) -> Result<Arc<dyn Store>, Failure> {
    if let [only] = databases {
        return open_one(only, settings, schema).await;
    }
    let mut stores = Vec::with_capacity(databases.len());
    for database in databases {
        stores.push((database.datasource, open_one(database, settings, schema).await?));
    }
    Ok(Arc::new(SeveralStores::new(Arc::clone(schema), stores)))
}

async fn open_one(
    database: &Database,
    settings: &Settings,
    schema: &Arc<Schema>,
) -> Result<Arc<dyn Store>, Failure> {
    let failed = |error: &dyn std::fmt::Display| {
        Failure::problem("DATABASE", format!("datasource {}: {error}", database.name))
    };
    let waiting = usize::try_from(settings.database.write_queue).unwrap_or(usize::MAX);
    let timeout = settings.database.statement_timeout;
    let schema = Arc::clone(schema);
    match &database.place {
        Place::File(path) => {
            let mut config = purlin_store_sqlite::Config::new(path);
            (config.read_timeout, config.write_timeout) = (timeout, timeout);
            config.write_queue = waiting;
            Ok(Arc::new(SqliteStore::open(config, schema).map_err(|error| failed(&error))?))
        }
        Place::Postgres(address) => {
            let mut config = purlin_store_postgres::Config::new((**address).clone());
            config.statement_timeout = timeout;
            config.waiting = waiting;
            let connected = PostgresStore::connect(config, schema).await;
            Ok(Arc::new(connected.map_err(|error| failed(&error))?))
        }
        Place::MySql(address) => {
            let mut config = purlin_store_mysql::Config::new((**address).clone());
            config.statement_timeout = timeout;
            config.waiting = waiting;
            let connected = MySqlStore::connect(config, schema).await;
            Ok(Arc::new(connected.map_err(|error| failed(&error))?))
        }
        Place::Mongo(url) => {
            let mut config = purlin_store_mongo::Config::new(&url.0);
            (config.read_timeout, config.write_timeout) = (timeout, timeout);
            let connected = MongoStore::connect(config, schema).await;
            Ok(Arc::new(connected.map_err(|error| failed(&error))?))
        }
    }
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
