//! `/healthz`: the process answers. `/readyz`: its stores do too. `/metrics`: numbers, for who has the token, or
//! without one for this machine.

use std::fmt;
use std::sync::Arc;

use http::StatusCode;
use subtle::ConstantTimeEq;

use crate::error::Error;
use crate::metrics::Metrics;
use crate::module::{BoxFuture, Handler, Module, Routes};
use crate::request::Request;
use crate::response::{Response, json, text};

/// Whether what the app stands on can be reached.
pub trait Readiness: Send + Sync {
    fn check(&self) -> BoxFuture<'_, Result<(), NotReady>>;
}

/// What cannot be reached.
#[derive(Debug)]
pub struct NotReady {
    /// A sentence for anybody: the path asks for no credentials.
    pub what: String,
    /// For the log.
    pub cause: purlin_core::Error,
}

pub struct Health {
    readiness: Arc<dyn Readiness>,
    metrics: Arc<Metrics>,
    token: Option<Arc<[u8]>>,
}

impl Health {
    pub fn new(readiness: Arc<dyn Readiness>, metrics: Arc<Metrics>) -> Self {
        Self { readiness, metrics, token: None }
    }

    /// What must be given to read the metrics.
    #[must_use]
    pub fn metrics_token(mut self, token: Option<&str>) -> Self {
        self.token = token.map(|token| token.as_bytes().into());
        self
    }
}

impl Module for Health {
    fn name(&self) -> &'static str {
        "health"
    }

    fn routes(&self, routes: &mut Routes) {
        routes
            .get("/healthz", |_: Request| -> BoxFuture<'static, _> {
                Box::pin(async { Ok(json(StatusCode::OK, &b"{\"status\":\"ok\"}"[..])) })
            })
            .unlimited();
        routes.get("/readyz", Ready(Arc::clone(&self.readiness))).unlimited();
        let numbers = Numbers { metrics: Arc::clone(&self.metrics), token: self.token.clone() };
        routes.get("/metrics", numbers).unlimited();
    }
}

struct Numbers {
    metrics: Arc<Metrics>,
    token: Option<Arc<[u8]>>,
}

impl Numbers {
    fn check(&self, request: &Request) -> Result<(), Error> {
        let Some(token) = &self.token else {
            let is_local = request.is_local();
            return is_local.then_some(()).ok_or_else(|| {
                let message =
                    "metrics are for this machine only; set METRICS_TOKEN to read them from elsewhere";
                Error::Core(purlin_core::Error::Denied(message.to_owned()))
            });
        };
        let given = request.bearer()?.ok_or(purlin_core::Error::Unauthenticated)?;
        // In a time that does not tell how much of it is right.
        if bool::from(given.ct_eq(token)) { Ok(()) } else { Err(Error::Token) }
    }
}

impl Handler for Numbers {
    fn call(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        let answer = self
            .check(&request)
            .map(|()| text(StatusCode::OK, "text/plain; version=0.0.4", self.metrics.render()));
        Box::pin(std::future::ready(answer))
    }
}

struct Ready(Arc<dyn Readiness>);

impl Handler for Ready {
    fn call(&self, _: Request) -> BoxFuture<'_, Result<Response, Error>> {
        Box::pin(async {
            match self.0.check().await {
                Ok(()) => Ok(json(StatusCode::OK, &b"{\"status\":\"ready\"}"[..])),
                Err(NotReady { what, cause }) => {
                    tracing::warn!(error = %cause, "not ready: {what}");
                    Err(Error::Core(purlin_core::Error::Unavailable(what)))
                }
            }
        })
    }
}

impl fmt::Debug for Health {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Health")
    }
}
