//! `[api.models.NAME]`: what one model alone is told, a section for each. Whether there is such a model shows when the
//! schema is at hand.

use std::time::Duration;

use super::given::Given;
use super::settings::{ModelCache, Settings};

pub(super) const SECTION: &str = "api";
pub(super) const NAME: &str = "models";
/// The only key so far.
pub(super) const CACHE: &str = "cache";
pub(super) const ABOUT_CACHE: &str =
    "how long answers of reads are kept, such as \"30s\"; writes end them sooner, see docs/caching.md";

/// Shorter, an answer is old before it is asked for again.
const SHORTEST_CACHE: Duration = Duration::from_secs(1);

pub(super) fn set_cache(
    settings: &mut Settings,
    model: &str,
    place: &str,
    given: &Given,
) -> Result<(), String> {
    let longest = given.duration(SHORTEST_CACHE)?;
    settings.api.caches.push(ModelCache { model: model.to_owned(), place: place.to_owned(), longest });
    Ok(())
}
