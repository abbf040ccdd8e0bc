//! Which models' answers are kept: the names of the configuration against the schema.

use purlin_core::CacheSettings;
use purlin_core::schema::{Model, Schema};

use crate::cli::Failure;
use crate::config::{ModelCache, Settings, nearest};

/// Names every model that there is not, and every one that cannot have a cache.
pub(super) fn cache_settings(settings: &Settings, schema: &Schema) -> Result<CacheSettings, Failure> {
    let (mut models, mut problems) = (Vec::new(), Vec::new());
    for ModelCache { model: name, place, longest } in &settings.api.caches {
        match served(schema).find(|model| key_of(model) == *name) {
            Some(model) if model.is_view => problems.push(format!(
                "{place}: answers of `{name}` cannot be kept: it is a view, and nobody tells when what it shows changes"
            )),
            Some(model) => models.push((model.id, *longest)),
            None => problems.push(format!("{place}: {}", unknown(schema, name))),
        }
    }
    if !problems.is_empty() {
        let failure = Failure::problem("CACHE", problems.join("\n"));
        return Err(failure.with_help(
            "[api.models.NAME] is named as the model, with a small first letter: [api.models.post] for Post",
        ));
    }
    Ok(CacheSettings {
        models,
        size_bytes: usize::try_from(settings.cache.size_bytes).unwrap_or(usize::MAX),
        others_within: settings.cache.others_within,
    })
}

fn unknown(schema: &Schema, name: &str) -> String {
    let keys: Vec<String> = served(schema).map(key_of).collect();
    match nearest(name, keys.iter().map(String::as_str)) {
        Some(near) => format!("there is no model `{name}`; did you mean `{near}`?"),
        None => format!("there is no model `{name}`; there are {}", keys.join(", ")),
    }
}

fn served(schema: &Schema) -> impl Iterator<Item = &Model> {
    schema.models.iter().filter(|model| !model.is_ignored && !model.is_builtin)
}

/// `orderItem` for `OrderItem`.
fn key_of(model: &Model) -> String {
    let mut letters = model.name.chars();
    let first = letters.next().into_iter().flat_map(char::to_lowercase);
    first.chain(letters.as_str().chars()).collect()
}
