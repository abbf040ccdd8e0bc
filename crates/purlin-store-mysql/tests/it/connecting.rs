//! Addresses that do not work, and servers that go away and come back.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use purlin_core::statement::{Filter, WritePlan};
use purlin_store_mysql::{Address, Config, Error, MySqlStore, open_for_migration};
use purlin_testkit::conformance::{self, Kit};
use purlin_testkit::private::{Authority, MARIADB, PrivateServer, killed_and_back};
use purlin_testkit::services;
use serde_json::json;

use crate::tables::{on_server, run};

/// An address, what is wrong with it, and what is said.
type Refused<'a> = (String, fn(&Error) -> bool, &'a str);

fn refusal(url: &str) -> Error {
    let config =
        Config { connect_timeout: Duration::from_secs(2), ..Config::new(Address::parse(url).unwrap()) };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(MySqlStore::connect(config, conformance::schema())).unwrap_err()
}

#[test]
fn refusals_say_what_to_do_and_hide_the_password() {
    let server = services::mysql();
    let place = server.rsplit_once('@').map_or(server.as_str(), |(_, place)| place).trim_end_matches('/');
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let silent = silent.local_addr().map(|address| (silent, address)).unwrap();
    let cases: Vec<Refused<'_>> = vec![
        (
            format!("mysql://ada:hush-hush@{nobody}/app"),
            |error| matches!(error, Error::Unreachable { .. }),
            "check the address",
        ),
        (
            format!("mysql://ada:hush-hush@{}/app", silent.1),
            |error| matches!(error, Error::Unreachable { .. }),
            "no answer within 2 s",
        ),
        (
            "mysql://ada:hush-hush@nowhere.invalid/app".to_owned(),
            |error| matches!(error, Error::Unreachable { .. }),
            "nowhere.invalid",
        ),
        (
            format!("mysql://no_such_user:hush-hush@{place}/app"),
            |error| matches!(error, Error::Credentials { .. }),
            "check user and password",
        ),
        (
            services::with_database(&server, "no_such_database"),
            |error| matches!(error, Error::MissingDatabase { .. }),
            "CREATE DATABASE no_such_database",
        ),
        (server.clone(), |error| matches!(error, Error::NoDatabase { .. }), "names no database"),
        (
            services::with_database(&format!("{server}?ssl-mode=verify_identity"), "mysql"),
            |error| matches!(error, Error::Tls { .. }),
            "ssl-mode",
        ),
    ];
    for (url, is_expected, advice) in cases {
        let error = refusal(&url);
        let text = error.to_string();
        assert!(is_expected(&error), "{url}: {error:?}");
        assert!(text.contains(advice), "{url}: {text}");
        assert!(!format!("{text} {error:?}").contains("hush-hush"), "{text} {error:?}");
    }
}

/// Server, user, host, options, and whether the connection is encrypted or what is said.
type Encryption<'a> = (&'a PrivateServer, &'a str, &'a str, String, Result<bool, &'a str>);

/// A server with TLS and one without; what each mode of the address does there, for requests and migrations.
#[test]
fn encrypted_connections() {
    let folder = tempfile::tempdir().unwrap();
    let (ours, other) = (Authority::new(folder.path(), "ours"), Authority::new(folder.path(), "other"));
    let encrypted = PrivateServer::start_with(&MARIADB, |place| {
        let (certificate, key) = ours.sign(place, "server", "DNS:localhost");
        vec![format!("--ssl-cert={}", certificate.display()), format!("--ssl-key={}", key.display())]
    });
    let plain = PrivateServer::start_with(&MARIADB, |_| vec!["--skip-ssl".to_owned()]);
    run(&encrypted.url(), "CREATE USER careful@'127.0.0.1' IDENTIFIED BY 'hush-hush' REQUIRE SSL");
    run(&encrypted.url(), "GRANT ALL ON *.* TO careful@'127.0.0.1'");
    for server in [&encrypted, &plain] {
        run(&server.url(), "CREATE USER ada@'127.0.0.1' IDENTIFIED BY 'hush-hush'");
        run(&server.url(), "GRANT ALL ON *.* TO ada@'127.0.0.1'");
    }
    let ours = format!("ssl-ca={}", ours.certificate().display());
    let other = format!("ssl-ca={}", other.certificate().display());
    let (yes, no) = (Ok(true), Ok(false));
    let cases: Vec<Encryption<'_>> = vec![
        (&encrypted, "ada", "127.0.0.1", String::new(), yes),
        (&encrypted, "ada", "127.0.0.1", "ssl-mode=disabled".into(), no),
        (&encrypted, "ada", "127.0.0.1", "ssl-mode=required".into(), yes),
        (&encrypted, "ada", "localhost", format!("ssl-mode=verify_identity&{ours}"), yes),
        (&encrypted, "ada", "localhost", format!("ssl-mode=verify_ca&{ours}"), yes),
        (&encrypted, "ada", "localhost", format!("ssl-mode=required&{ours}"), yes),
        (&encrypted, "ada", "127.0.0.1", format!("ssl-mode=verify_identity&{ours}"), Err("certificate")),
        (&encrypted, "ada", "localhost", format!("ssl-mode=verify_ca&{other}"), Err("certificate")),
        (&encrypted, "ada", "localhost", format!("ssl-mode=required&{other}"), Err("certificate")),
        // Never without, where an authority is named.
        (&encrypted, "ada", "localhost", other.clone(), Err("certificate")),
        (&encrypted, "ada", "localhost", "ssl-mode=verify_identity".into(), Err("certificate")),
        (&encrypted, "careful", "127.0.0.1", String::new(), yes),
        (&encrypted, "careful", "127.0.0.1", "ssl-mode=disabled".into(), Err("ccess denied")),
        (&plain, "ada", "127.0.0.1", String::new(), no),
        (&plain, "ada", "127.0.0.1", "ssl-mode=required".into(), Err("SSL")),
        (&plain, "ada", "127.0.0.1", ours.clone(), Err("SSL")),
    ];
    for (server, user, host, options, expected) in cases {
        let place = format!("{user}:hush-hush@{host}");
        let url = services::with_database(&server.url(), "mysql").replace("root@127.0.0.1", &place);
        let address = Address::parse(&format!("{url}?{options}")).unwrap();
        let looked = open_for_migration(&address)
            .and_then(|mut connection| connection.query("SHOW STATUS LIKE 'Ssl_cipher'", &[]));
        let looked = looked.map(|rows| rows[0][1].as_deref() != Some("")).map_err(|error| error.to_string());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let opened = runtime.block_on(MySqlStore::connect(Config::new(address), conformance::schema()));
        let opened = opened.map(|_| ()).map_err(|error| error.to_string());
        match expected {
            Ok(is_encrypted) => {
                assert_eq!(looked, Ok(is_encrypted), "{user} {host} {options}");
                assert!(opened.is_ok(), "{user} {host} {options}: {opened:?}");
            }
            Err(text) => {
                for said in [looked.unwrap_err(), opened.unwrap_err()] {
                    assert!(said.contains(text), "{user} {host} {options}: {said}");
                    assert!(!said.contains("hush-hush"), "{said}");
                }
            }
        }
    }
}

#[test]
fn a_server_that_is_killed_and_comes_back() {
    let mut server = PrivateServer::start(&MARIADB);
    let schema = conformance::schema();
    let (_, store) = on_server(&server.url(), schema.clone(), |_| {});
    killed_and_back(&Kit { store, schema }, &mut server, Duration::from_secs(1));
}

/// It takes connections and answers nothing.
#[test]
fn a_server_that_hangs() {
    let server = PrivateServer::start(&MARIADB);
    let schema = conformance::schema();
    let (_, store) = on_server(&server.url(), schema.clone(), |config| {
        config.statement_timeout = Duration::from_millis(500);
        config.connect_timeout = Duration::from_millis(500);
    });
    let kit = Kit { store, schema };
    insert(&kit, 1).unwrap();
    server.signal("STOP");
    for id in 2..4 {
        let start = Instant::now();
        assert_eq!(insert(&kit, id).unwrap_err().code(), "UNAVAILABLE");
        assert!(start.elapsed() < Duration::from_secs(4), "{:?}", start.elapsed());
    }
    server.signal("CONT");
    let start = Instant::now();
    while insert(&kit, 10).is_err() {
        assert!(start.elapsed() < Duration::from_secs(10), "it does not recover");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// By the server, one by one: whoever comes next does not notice.
#[test]
fn connections_that_are_closed_while_they_rest() {
    let schema = conformance::schema();
    let server = services::mysql();
    let (name, store) = on_server(&server, schema.clone(), |_| {});
    let kit = Kit { store, schema };
    insert(&kit, 1).unwrap();
    let kill = format!(
        "BEGIN NOT ATOMIC DECLARE done INT DEFAULT 0; \
         FOR it IN (SELECT id FROM information_schema.PROCESSLIST WHERE db = '{name}') DO \
         EXECUTE IMMEDIATE CONCAT('KILL ', it.id); END FOR; END"
    );
    run(&server, &kill);
    // A read looks for another connection by itself.
    kit.ask(|b| b.many("Tag", "id", Filter::Always)).unwrap();
    run(&server, &kill);
    // So does a write, after a while.
    std::thread::sleep(Duration::from_millis(1_100));
    insert(&kit, 2).unwrap();
}

pub(crate) fn insert(kit: &Kit, id: i64) -> Result<(), purlin_core::Error> {
    let b = kit.build();
    let steps = vec![b.insert("Tag", &json!({"id": id, "label": format!("{id}")}), None)];
    kit.write(WritePlan { steps, params: b.into_params(), result: None, ..WritePlan::default() }).map(|_| ())
}
