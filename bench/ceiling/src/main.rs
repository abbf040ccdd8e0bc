//! The ceiling: the benchmark's API written by hand for this one schema, on hyper and SQLite.
//! It does the work that any correct server must do (token, user, policy, durable commit) and
//! nothing that a generic one adds. It shows what the machine can give, not how to build an app.

mod auth;
mod json;
mod posts;
mod query;
mod reader;
mod router;
mod writer;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// What all threads share.
pub(crate) struct Shared {
    pub(crate) database: String,
    pub(crate) secret: Vec<u8>,
    pub(crate) issuer: String,
    pub(crate) audience: String,
    /// Commits acknowledged by the writer: a reader that has seen fewer renews its snapshot.
    pub(crate) commits: AtomicU64,
    pub(crate) writer: writer::Writer,
}

impl Shared {
    pub(crate) fn commits(&self) -> u64 {
        self.commits.load(Ordering::Acquire)
    }
}

fn main() -> Result<(), Failure> {
    let setting = |name: &str| std::env::var(name).map_err(|_| format!("set {name}"));
    let port: u16 = setting("PORT")?.parse()?;
    let database = setting("DATABASE_URL")?.trim_start_matches("file:").to_owned();
    let shared = Arc::new_cyclic(|weak| Shared {
        writer: writer::Writer::start(&database, weak.clone()),
        database,
        secret: setting("JWT_SECRET").unwrap_or_default().into_bytes(),
        issuer: setting("JWT_ISSUER").unwrap_or_default(),
        audience: setting("JWT_AUDIENCE").unwrap_or_default(),
        commits: AtomicU64::new(0),
    });
    if shared.secret.is_empty() || shared.issuer.is_empty() || shared.audience.is_empty() {
        return Err("set JWT_SECRET, JWT_ISSUER and JWT_AUDIENCE".into());
    }
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?
        .block_on(serve(shared, port))
}

async fn serve(shared: Arc<Shared>, port: u16) -> Result<(), Failure> {
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
