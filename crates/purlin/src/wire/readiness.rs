//! When the app is ready.

use std::sync::Arc;

use purlin_core::store::BoxFuture;
use purlin_core::{Engine, Error};
use purlin_http::Readiness;

/// The app is ready when its store answers.
pub(super) struct StoreReadiness(pub Arc<Engine>);

impl Readiness for StoreReadiness {
    fn check(&self) -> BoxFuture<'_, Result<(), Error>> {
        self.0.store().ping()
    }
}
