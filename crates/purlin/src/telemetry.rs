//! Logs: one `tracing` subscriber, for people or as JSON lines, on standard error.
//! Secrets never get here: they have a type whose `Debug` prints nothing.

use std::io::IsTerminal;

use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, Registry, fmt};

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
        LogFormat::Json => json(std::io::stderr),
        LogFormat::Auto if !is_terminal => json(std::io::stderr),
        LogFormat::Auto | LogFormat::Human => {
            let has_color = is_terminal && std::env::var_os("NO_COLOR").is_none();
            human(has_color, std::io::stderr)
        }
    };
    let registry = tracing_subscriber::registry().with(layer.with_filter(targets));
    registry.try_init().map_err(|_| Error::Started)
}

type BoxedLayer = Box<dyn Layer<Registry> + Send + Sync>;

fn json<W: for<'a> MakeWriter<'a> + Send + Sync + 'static>(writer: W) -> BoxedLayer {
    let layer = fmt::layer().json().flatten_event(true).with_current_span(true);
    layer.with_span_list(false).with_writer(writer).boxed()
}

fn human<W: for<'a> MakeWriter<'a> + Send + Sync + 'static>(has_color: bool, writer: W) -> BoxedLayer {
    fmt::layer().with_ansi(has_color).with_target(false).with_writer(writer).boxed()
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::config::Secret;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    /// What one event in a span looks like, as JSON or for people.
    fn logged(is_json: bool) -> String {
        let lines = Lines::default();
        let writer = lines.clone();
        let make = move || writer.clone();
        let layer = if is_json { json(make) } else { human(false, make) };
        let subscriber = tracing_subscriber::registry().with(layer);
        tracing::subscriber::with_default(subscriber, || {
            let _span = tracing::info_span!("request", request_id = "r1").entered();
            tracing::info!(secret = ?Secret::new("hunter2"), status = 200, "answered with 200");
        });
        let bytes = lines.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn json_is_one_line_with_the_request_id() {
        let line: serde_json::Value = serde_json::from_str(&logged(true)).unwrap();
        assert_eq!(line["level"], "INFO");
        assert_eq!(line["message"], "answered with 200");
        assert_eq!(line["status"], 200);
        assert_eq!(line["span"]["request_id"], "r1");
    }

    #[test]
    fn no_form_shows_a_secret() {
        for is_json in [true, false] {
            let text = logged(is_json);
            assert!(text.contains("answered") && text.contains("r1"), "{text}");
            assert!(!text.contains("hunter2") && !text.contains('\u{1b}'), "{text}");
        }
    }
}
