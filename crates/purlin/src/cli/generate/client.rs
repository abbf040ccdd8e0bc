//! `purlin generate client`: the client of the API in TypeScript, one file without dependencies.

use std::fmt;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use purlin_codegen::ClientOptions;
use serde::Serialize;

use crate::cli::output::shown;
use crate::cli::{Context, Exit, Failure};
use crate::wire;

/// How each client begins; what begins otherwise is somebody's own work.
const MARK: &str = "// Made by purlin ";

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Write into this file, or into client.ts of this folder, instead of standard output.
    #[arg(long, short, visible_alias = "output", value_name = "FILE|FOLDER")]
    pub out: Option<PathBuf>,

    /// Write nothing: exit with 1 where the file is not what would be written.
    #[arg(long, requires = "out")]
    pub check: bool,
}

#[derive(Debug, Serialize)]
struct Answer {
    file: PathBuf,
    /// Whether the file had to be written.
    changed: bool,
}

impl fmt::Display for Answer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = shown(&self.file);
        if self.changed {
            write!(formatter, "wrote {file}")
        } else {
            write!(formatter, "{file} is up to date")
        }
    }
}

pub fn run(args: &Args, context: &Context) -> Result<Exit, Failure> {
    let config = context.config()?;
    let schema = context.schema()?;
    let options = wire::openapi_options(&config.settings, &context.title(), &schema)?;
    let about = ClientOptions { made_by: format!("purlin {}", env!("CARGO_PKG_VERSION")) };
    let text = purlin_codegen::client(&schema, &options, &about);
    let Some(out) = &args.out else {
        context.output.text(&text);
        return Ok(Exit::Fine);
    };
    let file = file_of(out);
    let known = known(&file)?;
    let changed = known.as_deref() != Some(text.as_str());
    if changed && args.check {
        let message = format!("{} is not the client of this schema", shown(&file));
        return Err(Failure::problem("STALE", message).with_help("run it again without --check"));
    }
    if changed {
        write(&file, &text)
            .map_err(|error| Failure::problem("WRITE", format!("cannot write {}: {error}", shown(&file))))?;
    }
    context.output.answer(&Answer { file, changed });
    Ok(Exit::Fine)
}

/// A folder is one that is there, or a name without an ending.
fn file_of(out: &Path) -> PathBuf {
    if out.is_dir() || out.extension().is_none() { out.join("client.ts") } else { out.to_owned() }
}

/// What stands in the file. What somebody has written is not written over.
fn known(file: &Path) -> Result<Option<String>, Failure> {
    match fs::read_to_string(file) {
        Ok(text) if text.starts_with(MARK) || text.trim().is_empty() => Ok(Some(text)),
        Ok(_) => {
            let message = format!("{} is there, and no client that Purlin made", shown(file));
            Err(Failure::problem("NOT_OURS", message).with_help("name another file, or remove this one"))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::problem("READ", format!("cannot read {}: {error}", shown(file)))),
    }
}

fn write(file: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(file, text)
}
