//! `purlin policy explain update Post 7 --as user:2 --data '{…}'`: the rules' answer for one row of the app's database.
//! Nothing is written.

use std::sync::Arc;

use purlin_core::schema::PolicyOperation;
use serde_json::Value as Json;

use crate::cli::{Context, Exit, Failure};
use crate::policy::{Asking, Refused, Told, Who, key_of, model_named, operation_named};
use crate::wire::{self, Fallback, Missing};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// create, read, update or delete.
    #[arg(value_name = "OPERATION", value_parser = operation_named)]
    pub operation: PolicyOperation,

    #[arg(value_name = "MODEL")]
    pub model: String,

    /// The key of the row, several values with commas between; not for a create.
    #[arg(value_name = "ROW")]
    pub row: Option<String>,

    /// Who asks: user:ID, anonymous or admin.
    #[arg(long = "as", value_name = "WHO", default_value = "anonymous")]
    pub who: Who,

    /// What is written, as in a request.
    #[arg(long, value_name = "JSON")]
    pub data: Option<String>,
}

pub fn run(args: &Args, context: &Context) -> Result<Exit, Failure> {
    let (config, schema) = (context.config()?, context.schema()?);
    let sources = context.compile(None)?.sources;
    let model = model_named(&schema, &args.model).map_err(Failure::wrong_use)?;
    let key = match (&args.row, args.operation) {
        (Some(_), PolicyOperation::Create) => {
            return Err(Failure::wrong_use("a create is about no row that is there: give --data"));
        }
        (None, PolicyOperation::Create) => None,
        (None, operation) => {
            return Err(Failure::wrong_use(format!("say which {} to {}", model.name, operation.as_str())));
        }
        (Some(row), _) => Some(key_of(&schema, model, row).map_err(Failure::wrong_use)?),
    };
    let data = args.data.as_deref().map(data).transpose()?;
    let databases = wire::databases(&schema, &config, Fallback::Embedded)?;
    wire::require_fits(&context.app, &databases, &schema, Missing::Refuse)?;
    let verdict = wire::runtime()?.block_on(async {
        let store = wire::open_store(&databases, &config.settings, &schema).await?;
        let engine = wire::engine(&config.settings, &schema, Arc::clone(&store))?;
        let asking = Asking::new(&engine, wire::default_access(&config.settings)).map_err(failure)?;
        let verdict = asking.verdict(&args.who, args.operation, model, key.as_ref(), data.as_ref()).await;
        store.close().await;
        verdict.map_err(failure)
    })?;
    let row = args.row.as_ref().map(|row| format!(" {row}")).unwrap_or_default();
    let question = format!("{} {}{row} as {}", args.operation.as_str(), model.name, args.who);
    context.output.answer(&Told::new(question, model, &verdict, &sources));
    Ok(Exit::Fine)
}

fn data(text: &str) -> Result<Json, Failure> {
    serde_json::from_str(text).map_err(|error| Failure::wrong_use(format!("--data is not JSON: {error}")))
}

pub(super) fn failure(refused: Refused) -> Failure {
    match refused {
        Refused::Question(message) => Failure::problem("QUESTION", message),
        Refused::Database(error) => Failure::problem("DATABASE", error.to_string()),
    }
}
