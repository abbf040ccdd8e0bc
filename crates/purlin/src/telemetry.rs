//! Logs: one `tracing` subscriber, for people or as JSON lines, on standard error.
//! Secrets never get here: they have a type whose `Debug` prints nothing.

use std::io::IsTerminal;

use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt};

use crate::config::{LogFormat, LogSettings};

/// Why the logs could not be started.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("`log.level` is not a level or a list of levels by target")]
    Level,
    #[error("logs were started already")]
    Started,
}

/// Starts the logs of this process; it can be done once.
pub fn start(settings: &LogSettings) -> Result<(), Error> {
    let targets: Targets = settings.level.parse().map_err(|_| Error::Level)?;
    let is_terminal = std::io::stderr().is_terminal();
    let layer = match settings.format {
        LogFormat::Json => json(),
        LogFormat::Auto if !is_terminal => json(),
        LogFormat::Auto | LogFormat::Human => human(is_terminal),
    };
    let registry = tracing_subscriber::registry().with(layer.with_filter(targets));
    registry.try_init().map_err(|_| Error::Started)
}

type BoxedLayer = Box<dyn Layer<tracing_subscriber::Registry> + Send + Sync>;

fn json() -> BoxedLayer {
    let layer = fmt::layer().json().flatten_event(true).with_current_span(true);
    layer.with_span_list(false).with_writer(std::io::stderr).boxed()
}

fn human(is_terminal: bool) -> BoxedLayer {
    let has_color = is_terminal && std::env::var_os("NO_COLOR").is_none();
    fmt::layer().with_ansi(has_color).with_target(false).with_writer(std::io::stderr).boxed()
}
