//! The two ports of the web kit that the engine and its store stand behind.

use std::sync::Arc;

use purlin_core::store::BoxFuture;
use purlin_core::{Engine, Error, User};
use purlin_http::{Readiness, UserLoader};

/// Users are rows of the auth model.
pub(super) struct EngineUsers(pub Arc<Engine>);

impl UserLoader for EngineUsers {
    fn load<'a>(&'a self, subject: &'a str) -> BoxFuture<'a, Result<Option<Arc<User>>, Error>> {
        Box::pin(async move { Ok(self.0.load_user(subject).await?.map(Arc::new)) })
    }

    fn version(&self) -> u64 {
        self.0.schema().auth_model.map_or(0, |model| self.0.store().version(model))
    }
}

/// The app is ready when its store answers.
pub(super) struct StoreReadiness(pub Arc<Engine>);

impl Readiness for StoreReadiness {
    fn check(&self) -> BoxFuture<'_, Result<(), Error>> {
        self.0.store().ping()
    }
}
