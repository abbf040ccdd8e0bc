//! `purlin new`: an app folder that runs. It writes into a new or empty folder only.

use std::fmt;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{Context, Exit, Failure};
use crate::config;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The folder to write; its last part is the name of the app.
    #[arg(value_name = "NAME")]
    pub folder: PathBuf,
}

#[derive(Debug, Serialize)]
struct Answer {
    folder: PathBuf,
    files: Vec<&'static str>,
}

impl fmt::Display for Answer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let folder = self.folder.display();
        writeln!(formatter, "{folder} is ready: {}", self.files.join(", "))?;
        writeln!(formatter, "\nNext:\n  cd {folder} && purlin dev")
    }
}

pub fn run(args: &Args, context: &Context) -> Result<Exit, Failure> {
    let folder = &args.folder;
    require_empty(folder)?;
    let files = files(&app_name(folder));
    for (name, text) in &files {
        write(folder, name, text).map_err(|error| cannot_write(&folder.join(name), &error))?;
    }
    let files = files.iter().map(|(name, _)| *name).collect();
    context.output.answer(&Answer { folder: folder.clone(), files });
    Ok(Exit::Fine)
}

fn files(name: &str) -> [(&'static str, String); 6] {
    let readme = include_str!("../../templates/README.md").replace("{{name}}", name);
    [
        ("schema.zmodel", include_str!("../../templates/schema.zmodel").to_owned()),
        ("seed.json", include_str!("../../templates/seed.json").to_owned()),
        ("purlin.toml", config::toml_reference()),
        (".env.example", include_str!("../../templates/env.example").to_owned()),
        (".gitignore", include_str!("../../templates/gitignore").to_owned()),
        ("README.md", readme),
    ]
}

fn require_empty(folder: &Path) -> Result<(), Failure> {
    match fs::read_dir(folder).map(|mut entries| entries.next().is_none()) {
        Ok(true) => Ok(()),
        Ok(false) => {
            let message = format!("{} exists and is not empty", folder.display());
            Err(Failure::problem("NOT_EMPTY", message).with_help("choose another name"))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(cannot_write(folder, &error)),
    }
}

/// The last part of the folder's path, also for `.` and `..`.
fn app_name(folder: &Path) -> String {
    let absolute = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let name = absolute.file_name().map(|name| name.to_string_lossy().into_owned());
    name.unwrap_or_else(|| "app".to_owned())
}

fn write(folder: &Path, name: &str, text: &str) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    fs::write(folder.join(name), text)
}

fn cannot_write(path: &Path, error: &io::Error) -> Failure {
    Failure::problem("CANNOT_WRITE", format!("cannot write {}: {error}", path.display()))
        .with_help("check the rights of the folder and the space on its disk")
}
