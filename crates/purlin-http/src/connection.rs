//! One client's connection: which app it sees, and whether it does anything worth its place.

use std::cell::RefCell;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::net::TcpStream;
use tokio::sync::watch;

use crate::answer::answer;
use crate::app::App;
use crate::io::ClientIo;
use crate::limits::ConnectionLimits;
use crate::live::Live;
use crate::metrics::Metrics;

/// What the requests of one connection share. Theirs alone, so that its reference count is
/// not fought over by other connections.
#[derive(Debug)]
pub(crate) struct ConnectionState {
    app: Arc<App>,
    generation: u64,
    activity: Arc<Activity>,
    metrics: Arc<Metrics>,
}

impl ConnectionState {
    pub(crate) fn app(&self) -> &Arc<App> {
        &self.app
    }

    pub(crate) fn activity(&self) -> &Activity {
        &self.activity
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        &self.metrics
    }
}

/// What a connection has done so far.
#[derive(Debug, Default)]
pub(crate) struct Activity {
    reads: AtomicU64,
    started: AtomicU64,
    finished: AtomicU64,
}

impl Activity {
    pub(crate) fn note_read(&self) {
        self.reads.fetch_add(1, Ordering::Relaxed);
    }

    /// A request runs until the answer is dropped, finished or not.
    pub(crate) fn begin(&self) -> Running<'_> {
        self.started.fetch_add(1, Ordering::Relaxed);
        Running(self)
    }

    fn counts(&self) -> (u64, u64, u64) {
        let finished = self.finished.load(Ordering::Relaxed);
        (self.reads.load(Ordering::Relaxed), self.started.load(Ordering::Relaxed), finished)
    }
}

pub(crate) struct Running<'a>(&'a Activity);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.finished.fetch_add(1, Ordering::Relaxed);
    }
}

/// Serves until the client leaves, wastes its place, or the server stops.
pub(crate) async fn serve(
    stream: TcpStream,
    live: Arc<Live<App>>,
    metrics: Arc<Metrics>,
    limits: ConnectionLimits,
    mut stop: watch::Receiver<bool>,
) {
    let activity = Arc::new(Activity::default());
    let io = ClientIo::new(stream, Arc::clone(&activity), limits.write_timeout);
    let current = {
        let generation = live.generation();
        let state = ConnectionState { app: live.get(), generation, activity: Arc::clone(&activity), metrics };
        RefCell::new(Arc::new(state))
    };
    let service = service_fn(move |request| answer(newest(&live, &current), request));
    let builder = protocol(&limits);
    let mut connection = pin!(builder.serve_connection(io, service));
    let mut watchdog = Watchdog::new(&limits);
    let mut ticks = tokio::time::interval(limits.header_timeout / 2);
    ticks.reset();
    // Made once: a future that waits anew after each request would go through the channel's lock twice. It
    // borrows the receiver, for the server waits until the last one is gone.
    let mut stopping = pin!(async { stop.wait_for(|stop| *stop).await.is_ok() });
    let mut is_leaving = false;
    loop {
        tokio::select! {
            biased;
            // Clients break off all the time: that is their affair.
            _ = connection.as_mut() => return,
            _ = ticks.tick() => match watchdog.look(&activity) {
                Verdict::Fine => {}
                Verdict::Leave if is_leaving => return,
                Verdict::Leave => {
                    connection.as_mut().graceful_shutdown();
                    is_leaving = true;
                }
                Verdict::Cut => return,
            },
            _ = stopping.as_mut(), if !is_leaving => {
                connection.as_mut().graceful_shutdown();
                is_leaving = true;
            }
        }
    }
}

fn newest(live: &Live<App>, current: &RefCell<Arc<ConnectionState>>) -> Arc<ConnectionState> {
    let mut current = current.borrow_mut();
    let generation = live.generation();
    if current.generation != generation {
        *current = Arc::new(ConnectionState {
            app: live.get(),
            generation,
            activity: Arc::clone(&current.activity),
            metrics: Arc::clone(&current.metrics),
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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Fine,
    /// Idle for long: finish politely.
    Leave,
    /// A head that does not come to its end: no more patience.
    Cut,
}

/// Looks at a connection now and then instead of setting a timer for each request.
struct Watchdog {
    header_timeout: Duration,
    idle_timeout: Duration,
    /// Since when no request has begun or run, and the reads seen then.
    quiet: (Instant, u64),
    started: u64,
}

impl Watchdog {
    fn new(limits: &ConnectionLimits) -> Self {
        Self {
            header_timeout: limits.header_timeout,
            idle_timeout: limits.idle_timeout,
            quiet: (Instant::now(), 0),
            started: 0,
        }
    }

    fn look(&mut self, activity: &Activity) -> Verdict {
        let (reads, started, finished) = activity.counts();
        if started != finished || started != self.started {
            self.started = started;
            self.quiet = (Instant::now(), reads);
            return Verdict::Fine;
        }
        let (since, reads_then) = self.quiet;
        let quiet_for = since.elapsed();
        let is_half_sent = started == 0 || reads != reads_then;
        if is_half_sent && quiet_for >= self.header_timeout {
            Verdict::Cut
        } else if quiet_for >= self.idle_timeout {
            Verdict::Leave
        } else {
            Verdict::Fine
        }
    }
}
