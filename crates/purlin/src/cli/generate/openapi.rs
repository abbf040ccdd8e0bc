//! `purlin generate openapi`: the OpenAPI 3.1 document of the API.

use std::path::PathBuf;

use serde_json::Value;

use crate::cli::{Context, Exit, Failure};
use crate::wire;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Write into this file instead of standard output.
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

pub fn run(args: &Args, context: &Context) -> Result<Exit, Failure> {
    let text = format!("{:#}\n", document(context)?);
    match &args.output {
        None => context.output.text(&text),
        Some(path) => std::fs::write(path, text).map_err(|error| {
            Failure::problem("WRITE", format!("cannot write {}: {error}", path.display()))
        })?,
    }
    Ok(Exit::Fine)
}

/// The document of the app as it is.
pub(in crate::cli) fn document(context: &Context) -> Result<Value, Failure> {
    let config = context.config()?;
    let schema = context.schema()?;
    let options = wire::openapi_options(&config.settings, &context.title(), &schema)?;
    Ok(purlin_codegen::openapi(&schema, &options))
}
