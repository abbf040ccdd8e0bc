//! `purlin serve`: serve the app in production. It changes no database and makes no secret; only with
//! `--embedded` it makes what is not there yet.

use std::sync::Arc;

use purlin_auth::Auth;
use purlin_http::{Live, Metrics};

use super::{Context, Exit, Failure, counted};
use crate::telemetry;
use crate::wire::{self, Fallback, Missing, StopSignal, WithoutServer};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Listen on this port instead of the configured one; 0 takes any free one.
    #[arg(long)]
    pub port: Option<u16>,

    /// Use embedded databases where an address is not set, and a kept secret where none is set.
    #[arg(long)]
    pub embedded: bool,
}

pub fn run(args: &Args, context: &Context) -> Result<Exit, Failure> {
    let config = context.config()?;
    telemetry::start(&config.settings.log).map_err(|error| Failure::problem("LOGS", error.to_string()))?;
    let schema = context.schema()?;
    let fallback = if args.embedded { Fallback::Embedded } else { Fallback::Refuse };
    let databases = wire::databases(&schema, &config, fallback)?;
    context.require_honoured(&schema, &databases)?;
    let keys = wire::Keys::load(&config, args.embedded)?;
    let missing = if args.embedded { Missing::Create } else { Missing::Refuse };
    let fit = wire::require_fits(&context.app, &databases, &schema, missing)?;
    fit.notes.iter().for_each(|note| tracing::info!("{note}"));
    fit.drift.iter().for_each(|drift| tracing::warn!("{drift}"));
    let metrics = Arc::new(Metrics::default());
    let settings = &config.settings;
    wire::runtime()?.block_on(async {
        let store = wire::open_store(&databases, settings, &schema).await?;
        let title = context.title();
        let mail = wire::mail(&config, &schema, &store, WithoutServer::SendNone)?;
        wire::require_mail(&config, &schema, &mail)?;
        let assembled = wire::assemble(
            settings,
            &title,
            &schema,
            Arc::clone(&store),
            &keys,
            Arc::clone(&metrics),
            mail.mailer(),
        )?;
        wire::keep_pruning(&schema, &store)
            .map_err(|error| Failure::problem("BUILTIN_TABLES", error.to_string()))?;
        if let Some(auth) = &assembled.auth {
            tokio::spawn(Auth::keep_pruning(Arc::downgrade(auth)));
        }
        let live = Arc::new(Live::new(assembled.app));
        let stop = StopSignal::listen()?;
        let server = wire::bind(settings, args.port, live, metrics).await?;
        if let Ok(address) = server.address() {
            let url = format!("{}{}", wire::origin(address), settings.api.base_path);
            let models = schema.own_models().count();
            tracing::info!(url, models, "serving {} at {url}", counted(models, "model"));
        }
        let sender = mail.start();
        server
            .serve(async {
                stop.wait().await;
                tracing::info!("stopping");
            })
            .await;
        wire::stop_mail(sender, settings.server.shutdown_timeout).await;
        store.close().await;
        tracing::info!("stopped");
        Ok(Exit::Fine)
    })
}
