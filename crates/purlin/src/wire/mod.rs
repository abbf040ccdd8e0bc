//! Where all crates meet: configuration and a checked schema become a running app.

mod advisor;
mod app;
mod auth;
mod builtin;
mod cache;
mod database;
mod docs;
mod documents;
mod fit;
mod honoured;
mod keys;
mod mail;
mod migration;
mod mysql_migration;
mod place;
mod postgres_migration;
mod readiness;
mod rehearsal;
mod replies;
mod serving;
mod stop_signal;

pub use advisor::{IndexAdvisor, missing_indexes};
pub use app::{Assembled, assemble, default_access, engine, openapi_options};
pub use builtin::with_builtin;
pub use database::{Database, Fallback, configured_databases, databases, variable_of};
pub use documents::{drop_documents, make_documents, missing_documents, present_documents};
pub use fit::{Fit, Missing, refuse_unfinished_move, require_fit, require_fits};
pub use honoured::refused;
pub use keys::{Keys, server_secret};
pub use mail::{Mail, WithoutServer, mail, mail_files, mail_server, mail_templates, require_mail, stop_mail};
pub use migration::{
    AnyMigration, copy_of, migrator, migrator_of, migrator_to_look, migrator_without_database,
};
pub use place::{MongoUrl, Place};
pub use rehearsal::{Folder, rehearse};
pub use replies::keep_pruning;
pub use serving::{bind, open_store, open_to_fill, origin, runtime};
pub use stop_signal::StopSignal;
