//! The body of a request on its way in. A client that is still sending when the connection
//! closes sees a broken connection instead of its answer: what nobody read is read away first.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::HeaderMap;
use http::header::EXPECT;
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};

/// How much of an unwanted body is read away, and how long that may take.
const MOST_BYTES: usize = 4 << 20;
const MOST_TIME: Duration = Duration::from_secs(2);

/// Shared by the handler, who may take it, and the server, who sees to what is left. `None` for a
/// request without a body.
#[derive(Clone, Default)]
pub(crate) struct Inbound(Option<Arc<Mutex<Slot>>>);

struct Slot {
    body: Option<Incoming>,
    /// It sends no body before it is asked to.
    awaits_consent: bool,
}

impl Inbound {
    pub(crate) fn new(body: Incoming, headers: &HeaderMap) -> Self {
        if body.is_end_stream() {
            return Self(None);
        }
        let awaits_consent = headers.contains_key(EXPECT);
        Self(Some(Arc::new(Mutex::new(Slot { body: Some(body), awaits_consent }))))
    }

    pub(crate) fn take(&self) -> Option<Incoming> {
        let mut slot = self.0.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner);
        slot.awaits_consent = false;
        slot.body.take()
    }

    pub(crate) fn put_back(&self, body: Incoming) {
        if let Some(slot) = &self.0 {
            slot.lock().unwrap_or_else(PoisonError::into_inner).body = Some(body);
        }
    }

    /// Reads away what nobody took, within limits; beyond them the connection is closed.
    pub(crate) async fn discard(self) {
        let Some(slot) = self.0 else { return };
        let body = {
            let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
            if slot.awaits_consent { None } else { slot.body.take() }
        };
        let Some(mut body) = body else { return };
        let announced = body.size_hint().lower();
        if announced > MOST_BYTES as u64 {
            return;
        }
        let reading = async {
            let mut read = 0;
            while let Some(Ok(frame)) = body.frame().await {
                read += frame.data_ref().map_or(0, bytes::Bytes::len);
                if read > MOST_BYTES {
                    break;
                }
            }
        };
        // Late or not, the answer goes out now.
        let _ = tokio::time::timeout(MOST_TIME, reading).await;
    }
}

impl fmt::Debug for Inbound {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(if self.0.is_some() { "Inbound(body)" } else { "Inbound(none)" })
    }
}
