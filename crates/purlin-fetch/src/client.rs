//! One request, one connection, one answer. What is asked here is asked rarely, so nothing is kept open.

use std::fmt;
use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;
use http::header::{HOST, USER_AGENT};
use http::{HeaderValue, Version};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use crate::answer::Answer;
use crate::connect::{Connection, connect, tls};
use crate::error::{Error, Result};
use crate::request::Request;

const AGENT: &str = concat!("purlin/", env!("CARGO_PKG_VERSION"));

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Until a connection stands, with TLS.
    pub connect: Duration,
    /// For all of it.
    pub total: Duration,
    pub answer_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), total: Duration::from_secs(10), answer_bytes: 256 * 1024 }
    }
}

#[derive(Clone)]
pub struct Client {
    tls: TlsConnector,
    limits: Limits,
}

impl Client {
    /// `certificates`: PEM, to trust beside the usual authorities.
    pub fn new(limits: Limits, certificates: Option<&[u8]>) -> Result<Self> {
        Ok(Self { tls: tls(certificates)?, limits })
    }

    /// The answer whatever its status, redirects included.
    pub async fn send(&self, request: Request) -> Result<Answer> {
        let exchange = async {
            let connecting = timeout(self.limits.connect, connect(&self.tls, &request.url));
            let connection = connecting.await.map_err(|_| Error::Timeout)??;
            exchange(connection, request, self.limits.answer_bytes).await
        };
        timeout(self.limits.total, exchange).await.map_err(|_| Error::Timeout)?
    }
}

async fn exchange(connection: Connection, request: Request, most: usize) -> Result<Answer> {
    let (mut sender, connection) =
        http1::handshake(TokioIo::new(connection)).await.map_err(|error| broken(&error))?;
    let message = message(request)?;
    let mut exchange = pin!(async move {
        let response = sender.send_request(message).await.map_err(|error| broken(&error))?;
        let (head, body) = response.into_parts();
        let body = Limited::new(body, most).collect().await.map_err(|error| {
            if error.is::<LengthLimitError>() {
                Error::TooLarge(most)
            } else {
                Error::Protocol(error.to_string())
            }
        })?;
        Ok(Answer { status: head.status, headers: head.headers, body: body.to_bytes() })
    });
    tokio::select! {
        answer = &mut exchange => return answer,
        // The other side hung up; what it said before may not be read yet.
        _ = connection => {}
    }
    exchange.await
}

fn message(request: Request) -> Result<http::Request<Full<Bytes>>> {
    let unsendable = |error: &dyn fmt::Display| Error::Request(error.to_string());
    let host = HeaderValue::from_str(request.url.authority()).map_err(|error| unsendable(&error))?;
    let mut message = http::Request::builder()
        .method(request.method)
        .uri(request.url.path_and_query())
        .version(Version::HTTP_11)
        .body(Full::new(request.body))
        .map_err(|error| unsendable(&error))?;
    *message.headers_mut() = request.headers;
    message.headers_mut().insert(HOST, host);
    message.headers_mut().insert(USER_AGENT, HeaderValue::from_static(AGENT));
    Ok(message)
}

fn broken(error: &hyper::Error) -> Error {
    Error::Protocol(error.to_string())
}

impl fmt::Debug for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Client").field("limits", &self.limits).finish_non_exhaustive()
    }
}
