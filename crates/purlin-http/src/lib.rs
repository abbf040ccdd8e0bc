//! The web kit: a request becomes an actor and a handler's call, an error becomes the one
//! error body. Limits, request ids, headers and the server are here; models and rules are not.

mod answer;
mod app;
mod auth;
mod client_address;
mod compress;
mod connection;
mod contain;
mod cors;
mod error;
mod health;
mod inbound;
mod io;
mod limits;
mod live;
mod metrics;
mod module;
mod network;
mod places;
mod rate;
mod request;
mod request_id;
mod response;
mod router;
mod server;
mod watchdog;

pub use app::{App, AppBuilder};
pub use auth::{Authenticator, Credentials, Scopes, Verified};
pub use client_address::TrustedProxies;
pub use cors::Cors;
pub use error::Error;
pub use health::{Health, NotReady, Readiness};
pub use limits::{ConnectionLimits, RequestLimits};
pub use live::{Live, Pause};
pub use metrics::Metrics;
pub use module::{BoxFuture, Handler, Module, Route, Routes};
pub use rate::{MemoryRateLimiter, RateLimits};
pub use request::Request;
pub use request_id::RequestId;
pub use response::{Response, empty, html, json, text};
pub use router::RouteError;
pub use server::Server;
