//! An app that is checked and seeded once, and each file of scenarios against a server of its own.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value as Json;

use super::play::{Play, SECRET};
use crate::app::App;
use crate::arrived::Mails;
use crate::engines::{Database, Engine, Places};
use crate::server::Server;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// With a mail server, and all that is logged searched for secrets.
    Serve,
    Dev,
}

pub(super) struct Suite<'a> {
    app: &'a App,
    app_name: &'a str,
    places: Places,
    /// The files of the embedded databases, by name; others are seeded for each play.
    seeded: Option<BTreeMap<String, Vec<u8>>>,
}

/// What came of one file.
pub(super) struct Played {
    pub failures: Vec<String>,
    /// Each case's name and answer, without what every run makes anew.
    pub answers: Vec<String>,
}

impl<'a> Suite<'a> {
    pub(super) fn new(app: &'a App, app_name: &'a str, places: Places) -> Self {
        app.write(".env", &format!("JWT_SECRET=\"{SECRET}\"\n"));
        app.run(&["fmt", "--check"], 0);
        let is_embedded = places.iter().all(|(_, engine)| *engine == Engine::Sqlite);
        let seeded = is_embedded.then(|| {
            app.run(&["db", "seed"], 0);
            databases_of(&app.path.join(".purlin"))
        });
        Self { app, app_name, places, seeded }
    }

    pub(super) fn play(&self, file: &Path, mode: Mode) -> Played {
        let copy = App::copy_of(&self.app.path);
        let databases: Vec<Database> = self.places.iter().map(|(_, engine)| engine.database()).collect();
        let named = self.places.iter().zip(&databases);
        let lines: String = named.map(|((variable, _), database)| database.environment(variable)).collect();
        copy.write(".env", &format!("{}{lines}", self.app.read(".env")));
        match &self.seeded {
            Some(seeded) => {
                fs::create_dir(copy.path.join(".purlin")).unwrap();
                for (name, bytes) in seeded {
                    fs::write(copy.path.join(".purlin").join(name), bytes).unwrap();
                }
            }
            None => drop(copy.run(&["db", "seed"], 0)),
        }
        // A variable that nothing reads would leave its datasource in a file.
        let files = self.places.iter().filter(|(_, engine)| *engine == Engine::Sqlite).count();
        assert_eq!(databases_of(&copy.path.join(".purlin")).len(), files, "{:?}", self.places);
        let config = fs::read_to_string(file.with_extension("toml"));
        let config =
            config.unwrap_or_else(|_| fs::read_to_string(copy.path.join("purlin.toml")).unwrap_or_default());
        copy.write("purlin.toml", &with_debug_log(&config));
        let (mails, arguments, env) = match mode {
            Mode::Serve => {
                let mails = Mails::server();
                let env = mails.environment();
                (mails, ["serve", "--embedded", "--port", "0"].as_slice(), env)
            }
            Mode::Dev => (Mails::caught(&copy.path), ["dev", "--port", "0"].as_slice(), String::new()),
        };
        copy.write(".env", &format!("{}{env}", copy.read(".env")));
        let server = Server::start(&copy.path, arguments);
        let mut play = Play::new(server, self.app_name, mails);

        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        let cases: Vec<Json> = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
        let mut failures = Vec::new();
        for case in &cases {
            let problems = play.run(case);
            if !problems.is_empty() {
                failures.push(format!("{name}: {}\n    {}", case["name"], problems.join("\n    ")));
            }
        }
        let answers = std::mem::take(&mut play.answers);
        let late = play.end(mode);
        failures.extend(late.into_iter().map(|problem| format!("{name}, when all is done: {problem}")));
        Played { failures, answers }
    }
}

fn databases_of(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        assert!(!name.ends_with("-wal"), "the file is not whole");
        if path.extension().is_some_and(|end| end == "db") {
            found.insert(name, fs::read(&path).unwrap());
        }
    }
    found
}

/// A new app's file has a table of logs already, with all its keys commented out.
fn with_debug_log(config: &str) -> String {
    let log = "[log]\nlevel = \"debug\"\n";
    if config.contains("[log]\n") { config.replace("[log]\n", log) } else { format!("{config}\n{log}") }
}
