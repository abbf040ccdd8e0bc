//! What has changed since: a number for each model. Writes of this process are known; that others may have
//! written is assumed whenever time has passed.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use purlin_core::schema::{ModelId, Schema};

#[derive(Debug)]
pub(crate) struct Versions {
    models: Vec<Mutex<Version>>,
    renew_after: Duration,
}

#[derive(Debug)]
struct Version {
    number: u64,
    since: Instant,
}

impl Versions {
    pub(crate) fn new(schema: &Schema, renew_after: Duration) -> Self {
        let start = || Mutex::new(Version { number: 0, since: Instant::now() });
        Self { models: schema.models.iter().map(|_| start()).collect(), renew_after }
    }

    pub(crate) fn get(&self, model: ModelId) -> u64 {
        self.with(model, |version| {
            // From when it was asked for first, so that who asks twice at once hears the same.
            if version.since.elapsed() >= self.renew_after {
                version.number += 1;
                version.since = Instant::now();
            }
            version.number
        })
    }

    pub(crate) fn bump(&self, model: ModelId) {
        self.with(model, |version| {
            version.number += 1;
            version.number
        });
    }

    fn with(&self, model: ModelId, change: impl FnOnce(&mut Version) -> u64) -> u64 {
        let Some(version) = self.models.get(model.index()) else { return 0 };
        change(&mut version.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
