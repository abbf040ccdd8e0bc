//! A connection that is made anew when it is lost. While the server is away, whoever asks hears so at once; one of them,
//! now and then, tries again.

use std::sync::{Arc, Mutex, PoisonError};

use purlin_sql::server::{Attempts, Refusal};
use tokio::sync::Mutex as AsyncMutex;

use crate::config::Config;
use crate::session::Session;

#[derive(Debug, Default)]
pub(crate) struct Lane {
    session: Mutex<Option<Arc<Session>>>,
    attempts: AsyncMutex<Attempts>,
}

impl Lane {
    pub(crate) fn holding(session: Session) -> Self {
        Self { session: Mutex::new(Some(Arc::new(session))), attempts: AsyncMutex::default() }
    }

    pub(crate) async fn session(&self, config: &Config) -> Result<Arc<Session>, Refusal> {
        if let Some(session) = self.open() {
            return Ok(session);
        }
        // Who comes while somebody tries waits for what they find.
        let mut attempts = self.attempts.lock().await;
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
