//! A connection that is made anew when it is lost. While the server is away, whoever asks hears so at once; one of them,
//! now and then, tries again.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use purlin_sql::server::Refusal;
use tokio::sync::Mutex as AsyncMutex;

use crate::config::Config;
use crate::error::Error;
use crate::session::Session;

const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

#[derive(Debug, Default)]
pub(crate) struct Lane {
    session: Mutex<Option<Arc<Session>>>,
    attempts: AsyncMutex<Attempts>,
}

/// Of a server that does not answer.
#[derive(Debug, Default)]
pub(crate) struct Attempts {
    pause: Option<Duration>,
    next: Option<Instant>,
}

impl Attempts {
    /// Whether to try now, or what to say instead.
    pub(crate) fn check(&self) -> Result<(), Refusal> {
        match self.next {
            Some(next) if Instant::now() < next => Err(away("the server does not answer")),
            _ => Ok(()),
        }
    }

    pub(crate) fn failed(&mut self, error: &Error) -> Refusal {
        let pause = self.pause.map_or(FIRST_PAUSE, |pause| (pause * 2).min(LONGEST_PAUSE));
        if self.pause.is_none() {
            tracing::error!(%error, "the database is lost");
        }
        self.pause = Some(pause);
        self.next = Some(Instant::now() + pause);
        away(&error.to_string())
    }

    pub(crate) fn succeeded(&mut self) {
        if self.pause.take().is_some() {
            tracing::info!("the database is back");
        }
        self.next = None;
    }
}

fn away(detail: &str) -> Refusal {
    Refusal::Unavailable(detail.to_owned())
}

impl Lane {
    pub(crate) fn holding(session: Session) -> Self {
        Self { session: Mutex::new(Some(Arc::new(session))), attempts: AsyncMutex::default() }
    }

    pub(crate) async fn session(&self, config: &Config) -> Result<Arc<Session>, Refusal> {
        if let Some(session) = self.open() {
            return Ok(session);
        }
        let mut attempts = match self.attempts.try_lock() {
            Ok(attempts) => attempts,
            // Somebody tries already. Who comes just after the loss waits for them.
            Err(_) => self.attempts.lock().await,
        };
        if let Some(session) = self.open() {
            return Ok(session);
        }
        attempts.check()?;
        match Session::open(config).await {
            Ok(session) => {
                attempts.succeeded();
                let session = Arc::new(session);
                *self.held() = Some(Arc::clone(&session));
                Ok(session)
            }
            Err(error) => Err(attempts.failed(&error)),
        }
    }

    /// The session, if it can be used.
    pub(crate) fn open(&self) -> Option<Arc<Session>> {
        self.held().as_ref().filter(|session| !session.is_closed()).map(Arc::clone)
    }

    pub(crate) fn close(&self) {
        *self.held() = None;
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Option<Arc<Session>>> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
