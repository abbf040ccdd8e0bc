//! The tables that the features keep for themselves, put behind the app's own models.

use purlin_core::schema::Schema;
use purlin_schema::{Builtin, SourceFile};

use crate::cli::Failure;

/// One schema of each feature, by the feature's name.
const SCHEMAS: &[(&str, &str)] = &[
    ("auth", purlin_auth::SCHEMA),
    ("mail", purlin_mail::SCHEMA),
    ("replies", purlin_core::replies::SCHEMA),
];

/// The app's schema as it is stored: with all built-in tables, whatever the configuration uses, so that
/// no setting changes a database.
pub fn with_builtin(schema: Schema) -> Result<Schema, Failure> {
    let files = SCHEMAS.iter().map(|(name, text)| SourceFile::new(*name, *text)).collect();
    let builtin = Builtin::compile(files).map_err(|text| Failure::problem("BUILTIN_TABLES", text))?;
    Ok(schema.with_builtin(&builtin))
}
