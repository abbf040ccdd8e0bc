//! Who is calling: sign-in and sessions over HTTP ([`Auth`], [`AuthRoutes`]), on top of passwords, tokens,
//! codes, keys and signatures. These parts are pure functions of what they are given: time is an argument,
//! randomness the system's. Rows are kept in built-in tables ([`SCHEMA`]); mail goes through the core's port.

pub mod address;
mod admin_routes;
mod admins;
pub mod api_key;
mod attempts;
mod belongings;
pub mod code;
mod codes;
mod credentials;
mod describe;
mod error;
mod flow;
mod identities;
mod input;
mod keys;
mod oauth;
mod pace;
pub mod password;
mod random;
pub mod recovery;
pub mod refresh;
mod routes;
mod second_factor;
pub mod secret;
mod service;
mod sessions;
mod settings;
pub mod siwe;
pub mod token;
pub mod totp;
mod unverified;
mod user_hooks;
mod user_model;
mod users;
mod weighty;

pub use admin_routes::AdminRoutes;
pub use admins::{Admins, Known};
pub use credentials::AppCredentials;
pub use describe::{Described, describe};
pub use error::{Error, Result};
pub use oauth::{ClientSecret, ProviderSettings};
pub use routes::AuthRoutes;
pub use service::{Auth, Parts};
pub use settings::{Registration, Settings, Verification};
pub use user_hooks::UserHooks;

/// What sign-in keeps, in the schema language: built-in tables of the app.
pub const SCHEMA: &str = include_str!("schema.zmodel");
