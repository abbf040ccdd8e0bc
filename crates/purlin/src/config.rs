//! Configuration: `purlin.toml`, `.env` and the environment become one [`Config`].
//! The table in `keys.rs` is the only list of keys, names, defaults and explanations.

mod dotenv;
mod environment;
mod file;
mod forms;
mod given;
mod keys;
mod load;
mod models;
mod problem;
mod providers;
mod reference;
mod secret;
mod settings;
mod suggest;
mod units;

#[cfg(test)]
mod tests;

pub use environment::Environment;
pub use load::{Config, load};
pub use problem::{Problem, Problems};
pub use reference::toml_reference;
pub use secret::Secret;
pub use settings::{
    ApiSettings, AuthSettings, CacheSettings, DatabaseSettings, DefaultAccess, LogFormat, LogSettings,
    MailSettings, ModelCache, RateLimitSettings, ServerSettings, Settings, SigningKey,
};
pub(crate) use suggest::nearest;
pub(crate) use units::duration as parse_duration;
