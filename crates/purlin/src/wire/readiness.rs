//! When the app is ready.

use std::collections::BTreeSet;
use std::sync::Arc;

use purlin_core::store::BoxFuture;
use purlin_core::{Engine, Error};
use purlin_http::{NotReady, Readiness};

/// The app is ready when its store answers.
pub(super) struct StoreReadiness(pub Arc<Engine>);

impl Readiness for StoreReadiness {
    fn check(&self) -> BoxFuture<'_, Result<(), NotReady>> {
        Box::pin(async {
            let Err(cause) = self.0.store().ping().await else { return Ok(()) };
            let schema = self.0.schema();
            let places: BTreeSet<_> = schema.models.iter().map(|model| model.datasource).collect();
            let what = match &cause {
                // A store of several names those that are down, and no more.
                Error::Unavailable(what) if places.len() > 1 => what.clone(),
                _ => {
                    let place = places.first().and_then(|place| schema.datasources.get(place.index()));
                    let name = place.map_or("db", |datasource| datasource.name.as_str());
                    format!("the datasource {name} does not answer")
                }
            };
            Err(NotReady { what, cause })
        })
    }
}
