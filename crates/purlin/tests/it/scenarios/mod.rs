//! The scenarios of app folders, over real HTTP: each file against a server of its own, freshly seeded.
//! What their members mean is said in `examples/blog/tests/README.md`.

mod answers;
mod play;
mod suite;

use std::fs;
use std::path::{Path, PathBuf};

use crate::app::App;
use crate::engines::{Engine, Places};
pub(crate) use play::{encoded, token, totp};
use suite::{Mode, Played, Suite};

/// A person reads so many; the rest follows from them as a rule.
const SHOWN: usize = 60;

/// Users, sessions and what attacks them.
const STARTER: &str = "../../examples/starter";
const BLOG: &str = "../../examples/blog";
/// Two datasources.
const AIZY: &str = "../../examples/aizy";
/// Shapes that the blog has no use for.
const OFFICE: &str = "tests/office";
/// Writes inside of writes, with many rows, and in batches.
const WORKSHOP: &str = "tests/workshop";

const SQLITE: Places = &[("DATABASE_URL", Engine::Sqlite)];
const POSTGRES: Places = &[("DATABASE_URL", Engine::Postgres)];
const MYSQL: Places = &[("DATABASE_URL", Engine::MySql)];
const MONGODB: Places = &[("DATABASE_URL", Engine::Mongo)];
const TWO_FILES: Places = &[("USERS_DATABASE_URL", Engine::Sqlite), ("CATALOG_DATABASE_URL", Engine::Sqlite)];
const TWO_SERVERS: Places = &[("USERS_DATABASE_URL", Engine::MySql), ("CATALOG_DATABASE_URL", Engine::Mongo)];
const TWO_OTHERS: Places =
    &[("USERS_DATABASE_URL", Engine::Postgres), ("CATALOG_DATABASE_URL", Engine::Sqlite)];

/// The same files with the same answers on every engine.
mod sqlite {
    use super::*;

    #[test]
    fn blog() {
        check(BLOG, SQLITE);
    }

    #[test]
    fn starter() {
        check(STARTER, SQLITE);
    }

    #[test]
    fn office() {
        check(OFFICE, SQLITE);
    }

    #[test]
    fn workshop() {
        check(WORKSHOP, SQLITE);
    }

    #[test]
    fn aizy() {
        check(AIZY, TWO_FILES);
    }
}

mod postgres {
    use super::*;

    #[test]
    fn blog() {
        check(BLOG, POSTGRES);
    }

    #[test]
    fn starter() {
        check(STARTER, POSTGRES);
    }

    #[test]
    fn office() {
        check(OFFICE, POSTGRES);
    }

    #[test]
    fn workshop() {
        check(WORKSHOP, POSTGRES);
    }

    #[test]
    fn aizy() {
        same_answers(AIZY, [TWO_FILES, TWO_OTHERS]);
    }
}

mod mysql {
    use super::*;

    #[test]
    fn blog() {
        check(BLOG, MYSQL);
    }

    #[test]
    fn starter() {
        check(STARTER, MYSQL);
    }

    #[test]
    fn office() {
        check(OFFICE, MYSQL);
    }

    #[test]
    fn workshop() {
        check(WORKSHOP, MYSQL);
    }
}

mod mongodb {
    use super::*;

    #[test]
    #[ignore = "twelve seeds of 3,691 rows take a minute and more on the server that the tests have"]
    fn blog() {
        check(BLOG, MONGODB);
    }

    #[test]
    fn starter() {
        check(STARTER, MONGODB);
    }

    #[test]
    fn office() {
        check(OFFICE, MONGODB);
    }

    #[test]
    fn workshop() {
        check(WORKSHOP, MONGODB);
    }

    #[test]
    fn aizy() {
        same_answers(AIZY, [TWO_FILES, TWO_SERVERS]);
    }
}

/// What `purlin new` writes, and nobody has touched.
#[test]
fn a_new_app() {
    check_app(&App::new(), "purlin", "templates", SQLITE);
}

/// What the catcher writes in development is what a mail server gets.
#[test]
fn mail_of_the_starter_in_development() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(STARTER);
    let app = App::copy_of(&source);
    let Played { failures, .. } =
        Suite::new(&app, "starter", SQLITE).play(&source.join("tests/mail.json"), Mode::Dev);
    none_of(&failures);
}

#[track_caller]
fn check(folder: &str, places: Places) {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let app_name = source.file_name().unwrap().to_string_lossy().into_owned();
    check_app(&App::copy_of(&source), &app_name, folder, places);
}

/// Tokens are made for the app by its name.
#[track_caller]
fn check_app(app: &App, app_name: &str, folder: &str, places: Places) {
    let suite = Suite::new(app, app_name, places);
    let failures: Vec<String> =
        files_of(folder).iter().flat_map(|file| suite.play(file, Mode::Serve).failures).collect();
    none_of(&failures);
}

/// The cases hold on the first places as on the others, and every answer is the same to its last member.
#[track_caller]
fn same_answers(folder: &str, places: [Places; 2]) {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let app_name = source.file_name().unwrap().to_string_lossy().into_owned();
    let apps = [App::copy_of(&source), App::copy_of(&source)];
    let suites = [Suite::new(&apps[0], &app_name, places[0]), Suite::new(&apps[1], &app_name, places[1])];
    let mut failures = Vec::new();
    for file in files_of(folder) {
        let [one, other] = suites.each_ref().map(|suite| suite.play(&file, Mode::Serve));
        failures.extend(one.failures);
        failures.extend(other.failures);
        assert!(!one.answers.is_empty());
        assert_eq!(one.answers.len(), other.answers.len());
        for (one, other) in one.answers.iter().zip(&other.answers).filter(|(one, other)| one != other) {
            failures.push(format!("{}:\n    {one}\n    {other}", file.display()));
        }
    }
    none_of(&failures);
}

fn files_of(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder).join("tests");
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|end| end == "json"));
    files.sort();
    assert!(!files.is_empty(), "there are no scenarios");
    files
}

#[track_caller]
fn none_of(failures: &[String]) {
    let shown = failures.iter().take(SHOWN).cloned().collect::<Vec<_>>().join("\n  ");
    assert!(failures.is_empty(), "{} scenarios failed:\n  {shown}", failures.len());
}
