//! Servers that go away and come back, and connections that are encrypted or refused.

use std::path::Path;
use std::time::{Duration, Instant};

use purlin_core::statement::{Filter, WritePlan};
use purlin_store_postgres::{Address, Config, PostgresStore, open_to_look};
use purlin_testkit::conformance::{self, Kit};
use purlin_testkit::private::{Authority, POSTGRES, PrivateServer, killed_and_back};
use serde_json::json;

use crate::tables::on_server;

#[test]
fn a_server_that_is_killed_and_comes_back() {
    let mut server = PrivateServer::start(&POSTGRES);
    let schema = conformance::schema();
    let (store, _) = on_server(&server.url(), schema.clone(), |_| {});
    killed_and_back(&Kit { store, schema }, &mut server, Duration::from_secs(1));
}

/// It takes connections and answers nothing.
#[test]
fn a_server_that_hangs() {
    let server = PrivateServer::start(&POSTGRES);
    let schema = conformance::schema();
    let (store, _) = on_server(&server.url(), schema.clone(), |config| {
        config.statement_timeout = Duration::from_millis(500);
        config.connect_timeout = Duration::from_millis(500);
    });
    let kit = Kit { store, schema };
    insert(&kit, 1).unwrap();
    let backends = "SELECT pid FROM pg_stat_activity WHERE application_name = 'purlin'";
    let found = open_to_look(&Address::parse(&server.url()).unwrap()).unwrap().query(backends, &[]).unwrap();
    let backends: Vec<String> = found.into_iter().flatten().flatten().collect();
    assert!(!backends.is_empty());
    let signal_all = |name: &str| {
        server.signal(name);
        for backend in &backends {
            std::process::Command::new("kill").args([&format!("-{name}"), backend]).status().unwrap();
        }
    };
    signal_all("STOP");
    for id in 2..4 {
        let start = Instant::now();
        let read = kit.ask(|b| b.many("Tag", "id", Filter::Always)).map(|_| ());
        assert_eq!(read.unwrap_err().code(), "UNAVAILABLE");
        assert_eq!(insert(&kit, id).unwrap_err().code(), "UNAVAILABLE");
        assert!(start.elapsed() < Duration::from_secs(6), "{:?}", start.elapsed());
    }
    signal_all("CONT");
    let start = Instant::now();
    while insert(&kit, 10).is_err() || kit.ask(|b| b.many("Tag", "id", Filter::Always)).is_err() {
        assert!(start.elapsed() < Duration::from_secs(10), "it does not recover");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn insert(kit: &Kit, id: i64) -> Result<(), purlin_core::Error> {
    let b = kit.build();
    let steps = vec![b.insert("Tag", &json!({"id": id, "label": format!("{id}")}), None)];
    kit.write(WritePlan { steps, params: b.into_params(), result: None, ..WritePlan::default() }).map(|_| ())
}

/// Server, host, options, and whether the connection is encrypted or what is said.
type Encryption<'a> = (&'a PrivateServer, &'a str, String, Result<&'a str, &'a str>);

/// A server with TLS and one without; what each mode of the address does there.
#[test]
fn encrypted_connections() {
    let folder = tempfile::tempdir().unwrap();
    let (ours, other) = (Authority::new(folder.path(), "ours"), Authority::new(folder.path(), "other"));
    let encrypted = PrivateServer::start_with(&POSTGRES, |place| {
        let (certificate, key) = ours.sign(place, "server", "DNS:localhost");
        let file = |name: &str, path: &Path| ["-c".to_owned(), format!("{name}={}", path.display())];
        let on = ["-c".to_owned(), "ssl=on".to_owned()];
        [on, file("ssl_cert_file", &certificate), file("ssl_key_file", &key)].concat()
    });
    let plain = PrivateServer::start(&POSTGRES);
    let ours = format!("sslrootcert={}", ours.certificate().display());
    let other = format!("sslrootcert={}", other.certificate().display());
    let missing = format!("sslrootcert={}", folder.path().join("missing.pem").display());
    let (yes, no) = (Ok("true"), Ok("false"));
    let cases: Vec<Encryption<'_>> = vec![
        (&encrypted, "127.0.0.1", String::new(), yes),
        (&encrypted, "127.0.0.1", "sslmode=prefer".into(), yes),
        (&encrypted, "127.0.0.1", "sslmode=disable".into(), no),
        (&encrypted, "127.0.0.1", "sslmode=require".into(), yes),
        (&encrypted, "localhost", format!("sslmode=verify-full&{ours}"), yes),
        (&encrypted, "localhost", format!("sslmode=verify-ca&{ours}"), yes),
        // As libpq: the authority counts, the name does not.
        (&encrypted, "127.0.0.1", format!("sslmode=verify-ca&{ours}"), yes),
        (&encrypted, "127.0.0.1", format!("sslmode=require&{ours}"), yes),
        (&encrypted, "127.0.0.1", format!("sslmode=verify-full&{ours}"), Err("127.0.0.1")),
        (&encrypted, "localhost", format!("sslmode=verify-full&{other}"), Err("certificate")),
        (&encrypted, "localhost", format!("sslmode=verify-ca&{other}"), Err("certificate")),
        (&encrypted, "localhost", format!("sslmode=require&{other}"), Err("certificate")),
        (&encrypted, "localhost", "sslmode=verify-full".into(), Err("certificate")),
        (
            &encrypted,
            "localhost",
            format!("sslmode=verify-full&{missing}"),
            Err("missing.pem cannot be read"),
        ),
        (&plain, "127.0.0.1", String::new(), no),
        (&plain, "127.0.0.1", "sslmode=require".into(), Err("TLS")),
        (&plain, "localhost", format!("sslmode=verify-full&{ours}"), Err("TLS")),
    ];
    for (server, host, options, expected) in cases {
        let url = server.url().replace("127.0.0.1", host).replace("postgres@", "postgres:hush-hush@");
        let url = format!("{url}?{options}");
        let address = Address::parse(&url).unwrap();
        let looked = open_to_look(&address).and_then(|mut connection| {
            connection.query("SELECT ssl::text FROM pg_stat_ssl WHERE pid = pg_backend_pid()", &[])
        });
        let looked = looked.map(|rows| rows[0][0].clone().unwrap()).map_err(|error| error.to_string());
        let opened = opened(Config::new(address));
        match expected {
            Ok(is_encrypted) => {
                assert_eq!(looked.as_deref(), Ok(is_encrypted), "{options} {host}");
                assert!(opened.is_ok(), "{options} {host}: {opened:?}");
            }
            Err(text) => {
                for said in [looked.unwrap_err(), opened.unwrap_err()] {
                    assert!(said.contains(text) && !said.contains("hush-hush"), "{options} {host}: {said}");
                }
            }
        }
    }
}

fn opened(config: Config) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let opened = runtime.block_on(PostgresStore::connect(config, conformance::schema()));
    opened.map(|_| ()).map_err(|error| error.to_string())
}
