//! Addresses that do not work, and servers that go away and come back.

use std::net::TcpListener;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use purlin_core::statement::{Filter, WritePlan};
use purlin_store_mysql::{Address, Config, Error, MySqlStore};
use purlin_testkit::conformance::{self, Kit};
use purlin_testkit::services;
use serde_json::json;

use crate::server::Server;
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

#[test]
fn encrypted_connections() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../purlin-testkit/src/smtp");
    let certificate = format!("{folder}/certificate.pem");
    let server =
        Server::start_with(vec![format!("--ssl-cert={certificate}"), format!("--ssl-key={folder}/key.pem")]);
    let url = services::with_database(&server.url(), "mysql");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let opened = |url: &str, options: &str| {
        let config = Config::new(Address::parse(&format!("{url}?{options}")).unwrap());
        runtime.block_on(MySqlStore::connect(config, conformance::schema())).err()
    };
    for options in ["", "ssl-mode=disabled", "ssl-mode=required"] {
        assert!(opened(&url, options).is_none(), "{options}");
    }
    assert!(opened(&url, &format!("ssl-mode=verify_identity&sslcert={certificate}")).is_none());
    let error = opened(&url, "ssl-mode=verify_identity");
    assert!(matches!(error, Some(Error::Tls { .. })), "{error:?}");
    run(&server.url(), "CREATE USER careful@'127.0.0.1' IDENTIFIED BY 'hush' REQUIRE SSL");
    run(&server.url(), "GRANT ALL ON *.* TO careful@'127.0.0.1'");
    let careful = url.replace("root@", "careful:hush@");
    assert!(opened(&careful, "").is_none());
    assert!(matches!(opened(&careful, "ssl-mode=disabled"), Some(Error::Credentials { .. })));
}

/// Killed while many write, and started again: what was acknowledged is there, and whoever asks in between hears at
/// once that the database is away.
#[test]
fn a_server_that_is_killed_and_comes_back() {
    let mut server = Server::start();
    let schema = conformance::schema();
    let (_, store) = on_server(&server.url(), schema.clone(), |_| {});
    let kit = Kit { store, schema };
    let is_over = AtomicBool::new(false);
    let writer = |number: i64| {
        let (mut acknowledged, mut refused, mut longest) = (Vec::new(), 0, Duration::ZERO);
        for id in (number * 1_000_000).. {
            if is_over.load(Ordering::Relaxed) {
                break;
            }
            let start = Instant::now();
            match insert(&kit, id) {
                Ok(()) => acknowledged.push(id),
                Err(error) => {
                    assert_eq!(error.code(), "UNAVAILABLE", "{error:?}");
                    refused += 1;
                    longest = longest.max(start.elapsed());
                    std::thread::sleep(Duration::from_millis(5));
                }
            }
        }
        (acknowledged, refused, longest)
    };
    let outcomes: Vec<_> = std::thread::scope(|scope| {
        let writers: Vec<_> = (1..=4).map(|number| scope.spawn(move || writer(number))).collect();
        for _ in 0..2 {
            std::thread::sleep(Duration::from_millis(400));
            server.kill();
            std::thread::sleep(Duration::from_millis(600));
            server.run();
            let start = Instant::now();
            while kit.ask(|b| b.many("Tag", "id", Filter::Never)).is_err() {
                assert!(start.elapsed() < Duration::from_secs(10), "it does not recover");
                std::thread::sleep(Duration::from_millis(20));
            }
        }
        std::thread::sleep(Duration::from_millis(400));
        is_over.store(true, Ordering::Relaxed);
        writers.into_iter().map(|writer| writer.join().unwrap()).collect()
    });
    let (rows, _) = kit.ask(|b| b.many("Tag", "id", Filter::Always)).unwrap();
    let there: std::collections::HashSet<i64> =
        rows.as_array().unwrap().iter().map(|row| row["id"].as_i64().unwrap()).collect();
    for (acknowledged, refused, longest) in outcomes {
        assert!(acknowledged.len() > 10 && refused > 10, "{} and {refused}", acknowledged.len());
        assert!(longest < Duration::from_secs(1), "somebody waited {longest:?}");
        let lost: Vec<_> = acknowledged.iter().filter(|id| !there.contains(id)).collect();
        assert!(lost.is_empty(), "{lost:?}");
    }
}

/// It takes connections and answers nothing.
#[test]
fn a_server_that_hangs() {
    let server = Server::start();
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
    kit.write(WritePlan { steps, params: b.into_params(), result: None }).map(|_| ())
}
