//! Where all crates meet: configuration and a checked schema become a running app.

mod app;
mod auth;
mod builtin;
mod database;
mod docs;
mod fit;
mod keys;
mod mail;
mod migration;
mod readiness;
mod rehearsal;
mod serving;
mod stop_signal;

pub use app::{Assembled, assemble, engine, openapi_options};
pub use builtin::with_builtin;
pub use database::{Database, Fallback, database};
pub use fit::{Fit, Missing, require_fit};
pub use keys::{Keys, server_secret};
pub use mail::{Mail, WithoutServer, mail, mail_files, mail_server, mail_templates, require_mail, stop_mail};
pub use migration::{SqliteMigration, migrator, migrator_to_look};
pub use rehearsal::rehearse;
pub use serving::{bind, open_store, origin, runtime};
pub use stop_signal::StopSignal;
