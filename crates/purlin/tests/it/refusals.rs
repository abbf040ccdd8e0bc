//! Servers that cannot be used: what the commands say names the datasource, the place and the user, and what to do;
//! never the password.

use purlin_testkit::services;

use crate::app::App;
use crate::program::run;

const PASSWORD: &str = "hush-hush";

/// An address, and parts of what is said about it.
struct Refused {
    url: String,
    says: Vec<String>,
}

fn refused(url: impl Into<String>, says: &[&str]) -> Refused {
    Refused { url: url.into(), says: says.iter().map(|text| (*text).to_owned()).collect() }
}

fn app(provider: &str) -> App {
    App::with_schema(&format!(
        r#"
datasource shop {{
  provider = "{provider}"
  url      = env("SHOP_URL")
}}

model Thing {{
  id   Int    @id @default(autoincrement())
  name String @unique

  @@allow('all', true)
}}
"#
    ))
}

#[track_caller]
fn check(app: &App, cases: &[Refused]) {
    for Refused { url, says } in cases {
        app.write(".env", &format!("SHOP_URL=\"{url}\"\nJWT_SECRET={}\n", "abcdefghij0123456789".repeat(2)));
        for arguments in [["migrate", "deploy"].as_slice(), &["serve", "--port", "0"], &["doctor"]] {
            let ran = run(&app.path, arguments);
            let said = format!("{}{}", ran.stdout, ran.stderr);
            assert_eq!(ran.code, 1, "{url} {arguments:?}: {said}");
            assert!(!said.contains(PASSWORD), "{arguments:?}: {said}");
            for text in says {
                assert!(said.contains(text.as_str()), "{url} {arguments:?}: no {text:?} in {said}");
            }
        }
    }
}

/// `127.0.0.1:5432` of a URL.
fn place_of(url: &str) -> String {
    let place = url.rsplit_once('@').map_or(url, |(_, place)| place);
    place.split('/').next().unwrap_or_default().to_owned()
}

mod postgres {
    use purlin_store_postgres::{Address, MigrationConnection, open_to_look};

    use super::*;
    use crate::engines::Engine;

    fn administer(url: &str, statements: &[&str]) {
        let mut connection: MigrationConnection = open_to_look(&Address::parse(url).unwrap()).unwrap();
        for statement in statements {
            connection.query(statement, &[]).map_err(|error| format!("{statement}: {error}")).unwrap();
        }
    }

    #[test]
    fn say_what_to_do() {
        let database = Engine::Postgres.database();
        let url = database.url.clone().unwrap();
        let app = app("postgresql");
        // The migration stands on disk; the database is empty again.
        app.write(".env", &format!("SHOP_URL=\"{url}\"\n"));
        app.run(&["migrate", "dev", "--name", "init"], 0);
        administer(
            &url,
            &["DROP SCHEMA public CASCADE", "CREATE SCHEMA public", "CREATE TABLE foreign_one (id int)"],
        );
        let [weak, none, reader] = ["weak", "none", "reader"].map(services::unique_name);
        let create = |name: &str| format!("CREATE USER {name} PASSWORD '{PASSWORD}'");
        administer(
            &url,
            &[
                &create(&weak),
                &create(&none),
                &create(&reader),
                &format!("GRANT USAGE ON SCHEMA public TO {weak}"),
                &format!("GRANT ALL ON SCHEMA public TO {reader}"),
                &format!("ALTER ROLE {reader} SET default_transaction_read_only = on"),
            ],
        );
        let place = place_of(&url);
        let name = url.rsplit('/').next().unwrap();
        let by = |user: &str| format!("postgres://{user}:{PASSWORD}@{place}/{name}");
        let at = |user: &str| format!("{user}@{place}/{name}");
        check(
            &app,
            &[
                refused(
                    format!("postgres://ada:{PASSWORD}@127.0.0.1:1/app"),
                    &["datasource shop", "ada@127.0.0.1:1/app", "refused", "check host, port"],
                ),
                refused(
                    format!("postgres://ada:{PASSWORD}@nowhere.invalid/app"),
                    &["datasource shop", "ada@nowhere.invalid:5432/app", "check host, port"],
                ),
                refused(
                    by("nobody_at_all"),
                    &["datasource shop", &at("nobody_at_all"), "password", "check host, port"],
                ),
                refused(
                    format!("{}?sslmode=require", by("postgres")),
                    &["datasource shop", "TLS", "encryption in the address"],
                ),
            ],
        );
        // To look is allowed: only what writes is refused.
        for (user, text, advice) in [
            (&weak, "permission denied", "grant it the right"),
            (&none, "no schema", "grant it the right"),
            (&reader, "read-only", "takes writes"),
        ] {
            app.write(".env", &format!("SHOP_URL=\"{}\"\n", by(user)));
            let ran = app.run(&["migrate", "deploy"], 1);
            for expected in ["datasource \"shop\"", &at(user), text, advice] {
                assert!(ran.stderr.contains(expected), "no {expected:?} in {}", ran.stderr);
            }
            assert!(!ran.stderr.contains(PASSWORD), "{}", ran.stderr);
        }
        app.write(".env", &format!("SHOP_URL=\"{url}\"\n"));
        app.run(&["migrate", "deploy"], 0);
        // What is not the app's stays.
        administer(&url, &["SELECT id FROM foreign_one"]);
        administer(
            &url,
            &[
                &format!("DROP OWNED BY {weak}, {none}, {reader}"),
                &format!("DROP USER {weak}, {none}"),
                &format!("DROP USER {reader}"),
            ],
        );
    }
}

mod mysql {
    use purlin_store_mysql::{Address, open_for_migration};
    use purlin_testkit::private::{MARIADB, PrivateServer};

    use super::*;

    fn administer(url: &str, statements: &[&str]) {
        let mut connection = open_for_migration(&Address::parse(url).unwrap()).unwrap();
        for statement in statements {
            connection.query(statement, &[]).map_err(|error| format!("{statement}: {error}")).unwrap();
        }
    }

    #[test]
    fn say_what_to_do() {
        let server = PrivateServer::start(&MARIADB);
        let url = services::with_database(&server.url(), "shop");
        let app = app("mysql");
        app.write(".env", &format!("SHOP_URL=\"{url}\"\n"));
        app.run(&["migrate", "dev", "--name", "init"], 0);
        let create = |name: &str| format!("CREATE USER {name}@'127.0.0.1' IDENTIFIED BY '{PASSWORD}'");
        administer(
            &server.url(),
            &[
                "DROP DATABASE shop",
                "CREATE DATABASE shop",
                "CREATE TABLE shop.foreign_one (id int)",
                &create("weak"),
                &create("writer"),
                "GRANT SELECT ON shop.* TO weak@'127.0.0.1'",
                "GRANT ALL ON shop.* TO writer@'127.0.0.1'",
            ],
        );
        let place = place_of(&server.url());
        let by = |user: &str| format!("mysql://{user}:{PASSWORD}@{place}/shop");
        let at = |user: &str| format!("{user}@{place}/shop");
        check(
            &app,
            &[
                refused(
                    format!("mysql://ada:{PASSWORD}@127.0.0.1:1/app"),
                    &["datasource shop", "ada@127.0.0.1:1/app", "refused", "check host, port"],
                ),
                refused(
                    by("nobody_at_all"),
                    &["datasource shop", &at("nobody_at_all"), "denied", "check host, port"],
                ),
                refused(
                    format!("mysql://weak:{PASSWORD}@{place}/other"),
                    &["datasource shop", "weak@", "denied", "check host, port"],
                ),
                refused(server.url(), &["datasource shop", "names no database", "at the end of the address"]),
            ],
        );
        let deploy_as = |user: &str, text: &str, advice: &str| {
            app.write(".env", &format!("SHOP_URL=\"{}\"\n", by(user)));
            let ran = app.run(&["migrate", "deploy"], 1);
            for expected in ["datasource \"shop\"", &at(user), text, advice] {
                assert!(ran.stderr.contains(expected), "no {expected:?} in {}", ran.stderr);
            }
            assert!(!ran.stderr.contains(PASSWORD), "{}", ran.stderr);
        };
        deploy_as("weak", "denied", "grant it the right");
        administer(&server.url(), &["SET GLOBAL read_only = 1"]);
        deploy_as("writer", "read-only", "takes writes");
        administer(&server.url(), &["SET GLOBAL read_only = 0"]);
        app.run(&["migrate", "deploy"], 0);
        administer(&server.url(), &["SELECT id FROM shop.foreign_one"]);
    }
}
