//! The ceiling: the benchmark's API written by hand for this one schema, on hyper and one database.
//! It does the work that any correct server must do (token, user, policy, durable commit) and
//! nothing that a generic one adds. It shows what the machine can give, not how to build an app.

mod auth;
mod json;
mod mariadb;
mod postgres;
mod posts;
mod query;
mod router;
mod sqlite;
mod store;
mod time;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use self::mariadb::MariaDb;
use self::postgres::Postgres;
use self::sqlite::Sqlite;
use self::store::Store;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// What all threads share.
pub(crate) struct Shared<S> {
    pub(crate) keys: auth::Keys,
    pub(crate) store: S,
}

fn main() -> Result<(), Failure> {
    let setting = |name: &str| std::env::var(name).map_err(|_| format!("set {name}"));
    let port: u16 = setting("PORT")?.parse()?;
    let keys = auth::Keys {
        secret: setting("JWT_SECRET")?.into_bytes(),
        issuer: setting("JWT_ISSUER")?,
        audience: setting("JWT_AUDIENCE")?,
    };
    let url = setting("DATABASE_URL")?;
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?.block_on(async {
        match url.split_once(':').unwrap_or_default() {
            ("postgres" | "postgresql", _) => serve(Postgres::connect(&url).await?, keys, port).await,
            ("mysql", _) => serve(MariaDb::connect(&url).await?, keys, port).await,
            ("file", path) => serve(Sqlite::open(path), keys, port).await,
            _ => Err("DATABASE_URL is of no database that is known here".into()),
        }
    })
}

async fn serve<S: Store>(store: S, keys: auth::Keys, port: u16) -> Result<(), Failure> {
    let shared = Arc::new(Shared { keys, store });
    let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await?;
    let mut stop = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    loop {
        let (stream, _) = tokio::select! {
            accepted = listener.accept() => accepted?,
            _ = stop.recv() => return Ok(()),
        };
        stream.set_nodelay(true)?;
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            let service = service_fn(|request| router::answer(&shared, request));
            // A connection that the client drops is not this server's failure.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}
