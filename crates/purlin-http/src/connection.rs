//! One client's connection, and which app it sees.

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Poll, Waker};

use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::net::TcpStream;

use crate::answer::answer;
use crate::app::App;
use crate::io::ClientIo;
use crate::limits::ConnectionLimits;
use crate::live::Live;
use crate::metrics::Metrics;
use crate::watchdog::{Activity, Order};

/// What the requests of one connection share. Theirs alone, so that its reference count is
/// not fought over by other connections.
#[derive(Debug)]
pub(crate) struct ConnectionState {
    live: Arc<Live<App>>,
    app: Arc<App>,
    generation: u64,
    activity: Arc<Activity>,
    metrics: Arc<Metrics>,
    peer: IpAddr,
}

impl ConnectionState {
    /// The other end of the connection.
    pub(crate) fn peer(&self) -> IpAddr {
        self.peer
    }

    pub(crate) fn app(&self) -> &Arc<App> {
        &self.app
    }

    pub(crate) fn live(&self) -> &Live<App> {
        &self.live
    }

    pub(crate) fn activity(&self) -> &Activity {
        &self.activity
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        &self.metrics
    }
}

/// Serves until the client leaves or the watchdog says so.
pub(crate) async fn serve(
    stream: TcpStream,
    peer: IpAddr,
    live: Arc<Live<App>>,
    metrics: Arc<Metrics>,
    limits: ConnectionLimits,
    activity: Arc<Activity>,
) {
    let io = ClientIo::new(stream, Arc::clone(&activity), limits.write_timeout);
    let current = {
        let generation = live.generation();
        RefCell::new(Arc::new(ConnectionState {
            live: Arc::clone(&live),
            app: live.get(),
            generation,
            activity: Arc::clone(&activity),
            metrics,
            peer,
        }))
    };
    let service = service_fn(move |request| answer(newest(&live, &current), request));
    let builder = protocol(&limits);
    let mut connection = pin!(builder.serve_connection(io, service));
    let mut known: Option<Waker> = None;
    let mut is_leaving = false;
    poll_fn(|context| {
        if !known.as_ref().is_some_and(|known| known.will_wake(context.waker())) {
            activity.wake(context.waker());
            known = Some(context.waker().clone());
        }
        match activity.order() {
            Order::Stay => {}
            Order::Leave if is_leaving => {}
            Order::Leave => {
                connection.as_mut().graceful_shutdown();
                is_leaving = true;
            }
            Order::Cut => return Poll::Ready(()),
        }
        // Clients break off all the time: that is their affair.
        connection.as_mut().poll(context).map(|_| ())
    })
    .await;
}

fn newest(live: &Arc<Live<App>>, current: &RefCell<Arc<ConnectionState>>) -> Arc<ConnectionState> {
    let mut current = current.borrow_mut();
    let generation = live.generation();
    if current.generation != generation {
        *current = Arc::new(ConnectionState {
            live: Arc::clone(live),
            app: live.get(),
            generation,
            activity: Arc::clone(&current.activity),
            metrics: Arc::clone(&current.metrics),
            peer: current.peer,
        });
    }
    Arc::clone(&current)
}

/// What the parser insists on.
const SMALLEST_BUFFER: usize = 8 << 10;

fn protocol(limits: &ConnectionLimits) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    // No header timeout here: it would set a timer for each request, which the watchdog does not.
    builder.http1().max_buf_size(limits.header_bytes.max(SMALLEST_BUFFER));
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits.streams)
        .max_header_list_size(u32::try_from(limits.header_bytes).unwrap_or(u32::MAX))
        .keep_alive_interval(limits.header_timeout)
        .keep_alive_timeout(limits.header_timeout);
    builder
}
