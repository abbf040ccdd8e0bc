//! Listens, hands connections out, and stops without breaking off what runs.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

use crate::app::App;
use crate::connection;
use crate::limits::ConnectionLimits;
use crate::live::Live;
use crate::metrics::Metrics;
use crate::places::Places;
use crate::watchdog::Watchdog;

/// A bound socket, not yet served.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    live: Arc<Live<App>>,
    metrics: Arc<Metrics>,
    limits: ConnectionLimits,
}

/// After an error such as too many open files, so that others can end first.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

impl Server {
    /// Binds at once, so that a busy port is known before anything is said to be running.
    pub async fn bind(address: SocketAddr, live: Arc<Live<App>>, metrics: Arc<Metrics>) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        Ok(Self { listener, live, metrics, limits: ConnectionLimits::default() })
    }

    #[must_use]
    pub fn limits(mut self, limits: ConnectionLimits) -> Self {
        self.limits = limits;
        self
    }

    /// With the port that was really taken.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until `stop` is ready; then takes no more connections, lets running requests end,
    /// and returns when the last has, or after the drain timeout.
    pub async fn serve(self, stop: impl Future<Output = ()>) {
        let Self { listener, live, metrics, limits } = self;
        let watchdog = Watchdog::default();
        let places = Arc::new(Semaphore::new(limits.connections));
        let clients = Places::new(limits.connections_of_one);
        let accepting = async {
            loop {
                // The semaphore is never closed.
                let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
                let (stream, peer) = accept(&listener).await;
                let Some(client) = clients.take(peer) else {
                    tracing::debug!(%peer, "closed a connection of a client that has too many");
                    continue;
                };
                let (live, metrics) = (Arc::clone(&live), Arc::clone(&metrics));
                let serving = connection::serve(stream, peer, live, metrics, limits, watchdog.watch());
                tokio::spawn(async move {
                    serving.await;
                    drop((place, client));
                });
            }
        };
        tokio::select! {
            () = accepting => {}
            () = watchdog.keep_looking(&limits) => {}
            () = stop => {}
        }
        drop(listener);
        watchdog.stop();
        // Every connection holds a place: when all are free, all have ended.
        let all = u32::try_from(limits.connections).unwrap_or(u32::MAX);
        if tokio::time::timeout(limits.drain_timeout, places.acquire_many(all)).await.is_err() {
            let left = limits.connections.saturating_sub(places.available_permits());
            tracing::warn!(connections = left, "stopped before all requests had ended");
        }
    }
}

async fn accept(listener: &TcpListener) -> (TcpStream, IpAddr) {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                // Answers are written whole: waiting to fill a packet only delays them.
                let _ = stream.set_nodelay(true);
                // A socket for both families names IPv4 clients in IPv6 form.
                return (stream, peer.ip().to_canonical());
            }
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}
