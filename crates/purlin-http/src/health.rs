//! `/healthz`: the process answers. `/readyz`: its stores do too. `/metrics`: numbers.

use std::fmt;
use std::sync::Arc;

use http::StatusCode;

use crate::error::Error;
use crate::metrics::Metrics;
use crate::module::{BoxFuture, Handler, Module, Routes};
use crate::request::Request;
use crate::response::{Response, json, text};

/// Whether what the app stands on can be reached.
pub trait Readiness: Send + Sync {
    fn check(&self) -> BoxFuture<'_, Result<(), purlin_core::Error>>;
}

pub struct Health {
    readiness: Arc<dyn Readiness>,
    metrics: Arc<Metrics>,
}

impl Health {
    pub fn new(readiness: Arc<dyn Readiness>, metrics: Arc<Metrics>) -> Self {
        Self { readiness, metrics }
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
        let metrics = Arc::clone(&self.metrics);
        routes
            .get("/metrics", move |_: Request| -> BoxFuture<'static, _> {
                let body = metrics.render();
                Box::pin(async { Ok(text(StatusCode::OK, "text/plain; version=0.0.4", body)) })
            })
            .unlimited();
    }
}

struct Ready(Arc<dyn Readiness>);

impl Handler for Ready {
    fn call(&self, _: Request) -> BoxFuture<'_, Result<Response, Error>> {
        Box::pin(async {
            match self.0.check().await {
                Ok(()) => Ok(json(StatusCode::OK, &b"{\"status\":\"ready\"}"[..])),
                // Why is for the log: this path asks for no credentials.
                Err(error) => {
                    tracing::warn!(%error, "not ready");
                    let message = "a store does not answer".to_owned();
                    Err(Error::Core(purlin_core::Error::Unavailable(message)))
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
