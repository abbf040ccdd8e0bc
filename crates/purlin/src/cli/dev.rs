//! `purlin dev`: serve the app and follow every change of its files.

use std::sync::Arc;
use std::time::Instant;

use tokio::runtime::Handle;

use super::{ConsentFlags, Context, Exit, Failure, Output, Terminal};
use crate::dev::{Event, Inputs, Reload, Session, Watch};
use crate::telemetry;
use crate::wire::{self, StopSignal};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Listen on this port instead of the configured one; 0 takes any free one.
    #[arg(long)]
    pub port: Option<u16>,

    #[command(flatten)]
    pub consent: ConsentFlags,
}

pub fn run(args: &Args, context: &Context) -> Result<Exit, Failure> {
    let started = Instant::now();
    let settings = context.config()?.settings;
    telemetry::start(&settings.log).map_err(|error| Failure::problem("LOGS", error.to_string()))?;
    args.consent.consent()?;
    let mut watch = Watch::new();
    let runtime = wire::runtime()?;
    let session = Arc::new(first(args, context, &mut watch, runtime.handle())?);
    let served = runtime.block_on(serve(args, &session, context.output, watch, started));
    // Nothing that is still going on may hold the process: what counts has ended.
    runtime.shutdown_background();
    served
}

/// Waits until there is a first schema that can be served.
fn first(args: &Args, context: &Context, watch: &mut Watch, runtime: &Handle) -> Result<Session, Failure> {
    let output = context.output;
    loop {
        let inputs = Inputs::read(&context.app);
        watch.follow(inputs.folders(&context.app));
        let mut person = Terminal::new(output.is_json());
        match Session::start(context.clone(), args.consent.clone(), &mut person, runtime) {
            Ok((session, events)) => {
                events.iter().for_each(|event| output.event(event));
                return Ok(session);
            }
            Err(failure) if matches!(failure.code, "SCHEMA" | "NO_MODELS") => {
                output.event(&Event::problem(failure, false));
            }
            Err(failure) => return Err(failure),
        }
        while Inputs::read(&context.app) == inputs {
            watch.wait();
        }
    }
}

async fn serve(
    args: &Args,
    session: &Arc<Session>,
    output: Output,
    watch: Watch,
    started: Instant,
) -> Result<Exit, Failure> {
    let settings = &session.config().settings;
    let (live, metrics) = (Arc::clone(session.live()), Arc::clone(session.metrics()));
    let stop = StopSignal::listen()?;
    let server = wire::bind(settings, args.port, live, metrics).await?;
    let address =
        server.address().map_err(|error| Failure::problem("ADDRESS", format!("cannot listen: {error}")))?;
    output.event(&Event::Ready {
        address,
        url: format!("{}{}", wire::origin(address), settings.api.base_path),
        docs: format!("{}/docs", wire::origin(address)),
        models: session.models(),
        milliseconds: started.elapsed().as_millis(),
    });
    // Nobody sends yet whom it could replace.
    drop(session.start_mail(&Handle::current()));
    let (follower, runtime) = (Arc::clone(session), Handle::current());
    // A thread of its own: it compiles, migrates and may ask, and is left behind at the end.
    std::thread::Builder::new()
        .name("purlin-dev".to_owned())
        .spawn(move || follow(&follower, watch, output, &runtime))
        .map_err(|error| Failure::problem("RUNTIME", format!("cannot follow the files: {error}")))?;
    server
        .serve(async {
            stop.wait().await;
            output.event(&Event::Stopping);
        })
        .await;
    session.close().await;
    Ok(Exit::Fine)
}

fn follow(session: &Session, mut watch: Watch, output: Output, runtime: &Handle) {
    let mut person = Terminal::new(output.is_json());
    loop {
        watch.follow(session.folders());
        match session.reload(&mut person, runtime) {
            Reload::Unchanged => watch.wait(),
            Reload::Done(events) => events.iter().for_each(|event| output.event(event)),
            Reload::Refused(failure) => output.event(&Event::problem(failure, true)),
        }
    }
}
