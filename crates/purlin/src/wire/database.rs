//! Which database an app uses: what its `datasource` says, else the configuration, else, where that is
//! allowed, an embedded file.

use std::path::{Path, PathBuf};

use purlin_core::schema::{Datasource, Schema, Url};

use crate::app_data::AppData;
use crate::cli::Failure;
use crate::config::Config;

/// An embedded SQLite file; other engines are not in this build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Database {
    /// The datasource's name, for messages and migration folders.
    pub name: String,
    pub path: PathBuf,
    /// What stands in for an unset address, to be said in one line.
    pub note: Option<String>,
}

/// What happens where the address is not set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fallback {
    /// An embedded file in `.purlin/`.
    Embedded,
    Refuse,
}

const DEFAULT_VARIABLE: &str = "DATABASE_URL";

/// The one database of the app's models.
pub fn database(schema: &Schema, config: &Config, fallback: Fallback) -> Result<Database, Failure> {
    let mut used: Vec<_> = schema.models.iter().map(|model| model.datasource).collect();
    used.dedup();
    used.sort_unstable();
    used.dedup();
    if used.len() > 1 {
        let message = "the models stand in several datasources, which this build cannot serve yet";
        return Err(Failure::problem("DATASOURCES", message).with_help("take @@datasource off the models"));
    }
    let datasource =
        used.first().and_then(|id| schema.datasources.get(id.index())).or_else(|| schema.datasources.first());
    let name = datasource.map_or("db", |datasource| datasource.name.as_str());
    match address(datasource, config) {
        Ok(url) => {
            Ok(Database { name: name.to_owned(), path: file_of(&url, name, &config.app)?, note: None })
        }
        Err(variable) if fallback == Fallback::Embedded => {
            let data = AppData::open(&config.app)
                .map_err(|error| Failure::problem("APP_DATA", format!("cannot make .purlin: {error}")))?;
            let path = data.path(&format!("{name}.db"));
            let note = format!("{variable} is not set: using the embedded database .purlin/{name}.db");
            Ok(Database { name: name.to_owned(), path, note: Some(note) })
        }
        Err(variable) => {
            let message = format!("the address of datasource {name} is not set");
            let help = format!(
                "set {variable}, for example to file:./data/app.db, or give --embedded to use a file in .purlin/"
            );
            Err(Failure::problem("DATABASE_URL", message).with_help(help))
        }
    }
}

/// The URL, or the name of the variable that should hold it.
fn address(datasource: Option<&Datasource>, config: &Config) -> Result<String, String> {
    let variable = match datasource.and_then(|datasource| datasource.url.as_ref()) {
        Some(Url::Literal(url)) => return Ok(url.clone()),
        Some(Url::Env(variable)) => variable.as_str(),
        None => DEFAULT_VARIABLE,
    };
    let set = config.environment.get(variable).filter(|url| !url.is_empty());
    if let Some(url) = set {
        return Ok(url.to_owned());
    }
    match &config.settings.database.url {
        Some(url) if variable == DEFAULT_VARIABLE => Ok(url.expose().to_owned()),
        _ => Err(variable.to_owned()),
    }
}

/// `file:./data/app.db`, relative to the app folder; options after `?` belong to other tools.
fn file_of(url: &str, name: &str, app: &Path) -> Result<PathBuf, Failure> {
    let Some(file) = url.strip_prefix("file:").or_else(|| url.strip_prefix("sqlite:")) else {
        let scheme = url.split(':').next().unwrap_or_default();
        let message =
            format!("datasource {name} has a {scheme}: address, and this build serves SQLite files only");
        let help = "give it a file: address, or unset the variable to use an embedded file in `purlin dev`";
        return Err(Failure::problem("DATABASE_URL", message).with_help(help));
    };
    let file = file.split('?').next().unwrap_or_default();
    let file = file.strip_prefix("//").unwrap_or(file);
    if file.is_empty() || file == ":memory:" {
        let message = format!("datasource {name} must name a file, such as file:./data/app.db");
        return Err(Failure::problem("DATABASE_URL", message));
    }
    Ok(app.join(file))
}
