//! All keys as the text of a `purlin.toml`, each commented out at its default.

use super::keys::{self, Key};
use super::{models, providers};

/// The text that `purlin new` writes, and the reference of the configuration.
pub fn toml_reference() -> String {
    let mut text = String::from(
        "# Every key is optional and stands here with its default. Each can also be set in the\n\
         # environment or in .env, as PURLIN_<SECTION>_<KEY>; secrets can be set only there.\n",
    );
    for section in keys::sections() {
        text.extend(["\n[", section, "]\n"]);
        for key in keys::all().filter(|key| key.section == section) {
            text.push_str(&entry(key));
        }
        if section == models::SECTION {
            text.push_str(
                "# What one model alone is told is a section of its own, [api.models.NAME], with:\n",
            );
            text.extend(["#   ", models::CACHE, ": ", models::ABOUT_CACHE, "\n"]);
        }
        if section == providers::SECTION {
            text.push_str(&of_providers());
        }
    }
    text
}

/// As prose: without a provider there is no such section.
fn of_providers() -> String {
    let mut text =
        String::from("# A provider of sign-in is a section of its own, [auth.providers.NAME], with:\n");
    for key in providers::KEYS {
        let place = if key.is_secret { key.variable("name") + " in .env" } else { key.name.to_owned() };
        text.extend(["#   ", &place, ": ", key.about, "\n"]);
    }
    text
}

fn entry(key: &Key) -> String {
    let variable = match key.variable {
        Some(short) => format!(" ({short})"),
        None => String::new(),
    };
    if key.is_secret {
        let variable = key.variable.map_or_else(|| key.long_variable(), str::to_owned);
        return format!("# {}\n# A secret: set {variable} in .env.\n", key.about);
    }
    let is_number = !key.default.is_empty() && key.default.bytes().all(|byte| byte.is_ascii_digit());
    let is_text = !is_number && !matches!(key.default, "true" | "false") && !key.default.starts_with('[');
    let quote = if is_text { "\"" } else { "" };
    format!("# {}{variable}\n# {} = {quote}{}{quote}\n", key.about, key.name, key.default)
}
