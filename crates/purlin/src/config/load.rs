//! Joins the sources. The later wins: defaults, `purlin.toml`, `.env`, the process; there
//! `PURLIN_SERVER_PORT` wins over `PORT`. All problems of all sources are reported at once.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::environment::{Environment, Variable};
use super::file::{self, What};
use super::given::Given;
use super::keys::{self, Key};
use super::models;
use super::problem::{Problem, Problems};
use super::providers::{self, ProviderKey};
use super::settings::Settings;
use super::{dotenv, suggest::nearest};

const DOTENV: &str = ".env";

/// Everything that an app folder and its surroundings say about how to run it.
#[derive(Clone, Debug)]
pub struct Config {
    /// The app folder.
    pub app: PathBuf,
    pub settings: Settings,
    /// For `env("NAME")` in the schema.
    pub environment: Environment,
}

/// Reads the configuration of an app folder; both files may be absent.
pub fn load(app: &Path, process: Environment) -> Result<Config, Problems> {
    let mut loader = Loader { settings: Settings::default(), problems: Vec::new() };
    for key in keys::all() {
        loader.set(key, &Given::Loose(key.default.to_owned()), "default");
    }
    if let Some(text) = loader.read(app, file::NAME) {
        let (entries, problems) = file::read(&text);
        loader.problems.extend(problems);
        for entry in entries {
            match entry.what {
                What::Key(key) => loader.set(key, &entry.given, &entry.place),
                What::RateLimit(route) => loader.set_rate_limit(route, &entry.given, &entry.place),
                What::ModelCache(model) => loader.set_cache(&model, &entry.given, &entry.place),
                What::Provider(name) => {
                    providers::declare(&mut loader.settings, &name);
                }
                What::OfProvider(name, key) => {
                    loader.set_of_provider(&name, key, &entry.given, &entry.place);
                }
            }
        }
    }
    let mut environment = process;
    if let Some(text) = loader.read(app, DOTENV) {
        loader.add_dotenv(&text, &mut environment);
    }
    loader.refuse_unknown_variables(&environment);
    for key in keys::all() {
        loader.set_from_environment(key, &environment);
    }
    loader.set_providers_from_environment(&environment);
    loader.check_limits();
    if loader.problems.is_empty() {
        Ok(Config { app: app.to_owned(), settings: loader.settings, environment })
    } else {
        Err(Problems(loader.problems))
    }
}

struct Loader {
    settings: Settings,
    problems: Vec<Problem>,
}

impl Loader {
    fn set(&mut self, key: &Key, given: &Given, place: &str) {
        if let Err(message) = (key.set)(&mut self.settings, given) {
            let message = format!("`{}.{}` {message}", key.section, key.name);
            self.problem(place, message);
        }
    }

    fn set_rate_limit(&mut self, route: String, given: &Given, place: &str) {
        match given.quota() {
            Ok(quota) => self.settings.rate_limits.routes.push((route, quota)),
            Err(message) => self.problem(place, format!("the limit of \"{route}\" {message}")),
        }
    }

    fn set_cache(&mut self, model: &str, given: &Given, place: &str) {
        if let Err(message) = models::set_cache(&mut self.settings, model, place, given) {
            self.problem(place, format!("`api.models.{model}.cache` {message}"));
        }
    }

    fn set_of_provider(&mut self, provider: &str, key: &ProviderKey, given: &Given, place: &str) {
        if let Err(message) = key.set(&mut self.settings, provider, given) {
            self.problem(place, format!("`auth.providers.{provider}.{}` {message}", key.name));
        }
    }

    fn provider_names(&self) -> Vec<String> {
        self.settings.auth.providers.iter().map(|provider| provider.name.clone()).collect()
    }

    fn set_providers_from_environment(&mut self, environment: &Environment) {
        for provider in self.provider_names() {
            for key in providers::KEYS {
                let name = key.variable(&provider);
                let Some(variable) = environment.find(&name).filter(|found| !found.value.is_empty()) else {
                    continue;
                };
                let given = Given::Loose(variable.value.clone());
                if let Err(message) = key.set(&mut self.settings, &provider, &given) {
                    self.problem(&variable.place, format!("`{name}` {message}"));
                }
            }
        }
    }

    fn problem(&mut self, place: &str, message: String) {
        self.problems.push(Problem { place: place.to_owned(), message });
    }

    /// `None` where there is no such file, or where it could not be read, which is a problem.
    fn read(&mut self, app: &Path, name: &str) -> Option<String> {
        match std::fs::read_to_string(app.join(name)) {
            Ok(text) => Some(text),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) if error.kind() == ErrorKind::InvalidData => {
                self.problem(name, "is not UTF-8 text".to_owned());
                None
            }
            Err(error) => {
                self.problem(name, format!("cannot be read: {error}"));
                None
            }
        }
    }

    fn add_dotenv(&mut self, text: &str, environment: &mut Environment) {
        let (entries, mistakes) = dotenv::parse(text);
        for mistake in mistakes {
            self.problem(&format!("{DOTENV}:{}", mistake.line), mistake.message);
        }
        // In a file the last line of a name counts, and the first one added stays.
        for entry in entries.into_iter().rev() {
            let place = format!("{DOTENV}:{}", entry.line);
            environment.add_missing(entry.name, Variable { value: entry.value, place });
        }
    }

    fn set_from_environment(&mut self, key: &Key, environment: &Environment) {
        let long = key.long_variable();
        let short = key.variable.and_then(|name| Some((name, environment.find(name)?)));
        let found = environment.find(&long).map(|variable| (long.as_str(), variable)).or(short);
        // A variable that is set to nothing is how many tools write "not set".
        if let Some((name, variable)) = found.filter(|(_, found)| !found.value.is_empty()) {
            let given = Given::Loose(variable.value.clone());
            if let Err(message) = (key.set)(&mut self.settings, &given) {
                let place = variable.place.clone();
                self.problem(&place, format!("`{name}` {message}"));
            }
        }
    }

    fn refuse_unknown_variables(&mut self, environment: &Environment) {
        let mut known: Vec<String> = keys::all().map(Key::long_variable).collect();
        for provider in self.provider_names() {
            known.extend(providers::KEYS.iter().map(|key| key.variable(&provider)));
        }
        for (name, variable) in environment.iter() {
            // Servers for tests are named so.
            if !name.starts_with("PURLIN_")
                || name.starts_with("PURLIN_TEST_")
                || known.iter().any(|known| known == name)
            {
                continue;
            }
            let hint = match nearest(name, known.iter().map(String::as_str)) {
                Some(near) => format!("did you mean `{near}`?"),
                None if name.starts_with(providers::PREFIX) => {
                    "a provider needs its section [auth.providers.NAME] in purlin.toml".to_owned()
                }
                None => "unset it, or see the comments in purlin.toml for all keys".to_owned(),
            };
            self.problem(&variable.place, format!("there is no setting `{name}`; {hint}"));
        }
    }

    fn check_limits(&mut self) {
        let api = &self.settings.api;
        if api.default_limit > api.max_limit {
            let message = format!(
                "`api.default_limit` ({}) must not be above `api.max_limit` ({})",
                api.default_limit, api.max_limit
            );
            self.problem(file::NAME, message);
        }
    }
}
