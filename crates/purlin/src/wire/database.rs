//! Which databases an app uses: what each `datasource` says, else the configuration, else, where that is
//! allowed, an embedded file.

use purlin_core::schema::{Datasource, DatasourceId, Schema, Url};

use super::Place;
use crate::app_data::AppData;
use crate::cli::Failure;
use crate::config::Config;

/// The database of one datasource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Database {
    /// The datasource's name, for messages and migration folders.
    pub name: String,
    pub datasource: DatasourceId,
    pub place: Place,
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

/// The databases of all datasources that models stand in, the default one first. Fails with every address that is
/// missing or wrong.
pub fn databases(schema: &Schema, config: &Config, fallback: Fallback) -> Result<Vec<Database>, Failure> {
    let mut used: Vec<DatasourceId> = schema.models.iter().map(|model| model.datasource).collect();
    used.sort_unstable();
    used.dedup();
    if used.is_empty() {
        used.extend(schema.datasources.first().map(|datasource| datasource.id));
    }
    let mut found = Vec::with_capacity(used.len());
    let mut failures = Vec::new();
    for datasource in used.iter().filter_map(|id| schema.datasources.get(id.index())) {
        match database(datasource, config, fallback) {
            Ok(database) => found.push(database),
            Err(failure) => failures.push(failure),
        }
    }
    match Failure::joined(failures) {
        Some(failure) => Err(failure),
        None => Ok(found),
    }
}

/// Those whose address is set and well.
pub fn configured_databases(schema: &Schema, config: &Config) -> Vec<Database> {
    let found = schema.datasources.iter().map(|datasource| database(datasource, config, Fallback::Refuse));
    found.filter_map(Result::ok).collect()
}

fn database(datasource: &Datasource, config: &Config, fallback: Fallback) -> Result<Database, Failure> {
    let name = datasource.name.as_str();
    let of = |place, note| Database { name: name.to_owned(), datasource: datasource.id, place, note };
    match address(datasource, config) {
        Ok(url) => Ok(of(Place::parse(&url, name, &config.app)?, None)),
        Err(variable) if fallback == Fallback::Embedded => {
            let data = AppData::open(&config.app)
                .map_err(|error| Failure::problem("APP_DATA", format!("cannot make .purlin: {error}")))?;
            let path = data.path(&format!("{name}.db"));
            let note = format!("{variable} is not set: using the embedded database .purlin/{name}.db");
            Ok(of(Place::File(path), Some(note)))
        }
        Err(variable) => {
            let message = format!("the address of datasource {name} is not set");
            let help = format!(
                "set {variable}, for example to postgresql://user:password@host/database or file:./data/app.db, or give \
                 --embedded to use a file in .purlin/"
            );
            Err(Failure::problem("DATABASE_URL", message).with_help(help))
        }
    }
}

/// What says where the datasource is: a variable, or `None` where the schema itself does.
pub fn variable_of(datasource: &Datasource) -> Option<&str> {
    match &datasource.url {
        Some(Url::Literal(_)) => None,
        Some(Url::Env(variable)) => Some(variable),
        None => Some(DEFAULT_VARIABLE),
    }
}

/// The URL, or the name of the variable that should hold it.
fn address(datasource: &Datasource, config: &Config) -> Result<String, String> {
    if let Some(Url::Literal(url)) = &datasource.url {
        return Ok(url.clone());
    }
    let variable = variable_of(datasource).unwrap_or(DEFAULT_VARIABLE);
    let set = config.environment.get(variable).filter(|url| !url.is_empty());
    if let Some(url) = set {
        return Ok(url.to_owned());
    }
    match &config.settings.database.url {
        Some(url) if variable == DEFAULT_VARIABLE => Ok(url.expose().to_owned()),
        _ => Err(variable.to_owned()),
    }
}
