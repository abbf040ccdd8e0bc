//! `purlin generate signing-key`: a new Ed25519 key for access tokens.

use std::fmt;
use std::io::{ErrorKind, Write as _};
use std::path::PathBuf;

use purlin_auth::token::Key;
use serde::Serialize;

use crate::cli::{Context, Exit, Failure};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The file to write, relative to the app folder; only its owner can read it.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
}

#[derive(Debug, Serialize)]
struct Answer {
    file: PathBuf,
    kid: String,
}

impl fmt::Display for Answer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = self.file.display();
        write!(
            formatter,
            "wrote {file} (kid {}); keep it out of version control and name it in purlin.toml:\n\n[auth]\nsigning_key = \"{file}\"",
            self.kid
        )
    }
}

pub fn run(args: &Args, context: &Context) -> Result<Exit, Failure> {
    context.require_app()?;
    let failed = |text: String| Failure::problem("SIGNING_KEY", text);
    let pem = Key::generate_ed25519_pem().map_err(|error| failed(error.to_string()))?;
    let key = Key::ed25519_from_pem(&pem).map_err(|error| failed(error.to_string()))?;
    let path = context.app.join(&args.file);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)
            .map_err(|error| failed(format!("cannot make the folder of {}: {error}", args.file.display())))?;
    }
    let mut options = std::fs::OpenOptions::new();
    // A key that is there is never written over.
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(&path).and_then(|mut file| file.write_all(pem.as_bytes()));
    written.map_err(|error| {
        let failure = failed(format!("cannot write {}: {error}", args.file.display()));
        match error.kind() {
            ErrorKind::AlreadyExists => failure.with_help("a key is never written over: choose another name"),
            _ => failure,
        }
    })?;
    context.output.answer(&Answer { file: args.file.clone(), kid: key.id().to_owned() });
    Ok(Exit::Fine)
}
