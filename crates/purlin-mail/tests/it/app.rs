//! An app with an outbox in a SQLite file, and mails as its features send them.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use purlin_core::Error;
use purlin_core::mail::{Mail, Mailer as _};
use purlin_core::schema::Schema;
use purlin_core::store::Store;
use purlin_core::system::{Row, Table, When};
use purlin_mail::{Delivery, Originator, Outbox, Pace, Sender, Smtp, SmtpUrl, Templates};
use purlin_migrate::{Answers, Direction, MigrationDialect, PhysicalSchema, diff, physical, render};
use purlin_schema::{Builtin, SourceFile};
use purlin_store_sqlite::{Config, SqliteStore, open_for_migration};
use serde_json::{Value as Json, json};
use tokio::runtime::Runtime;

#[derive(Debug)]
pub(crate) struct App {
    pub(crate) runtime: Runtime,
    pub(crate) outbox: Outbox,
    pub(crate) table: Table,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) folder: PathBuf,
    owned: Option<tempfile::TempDir>,
}

pub(crate) fn schema() -> Arc<Schema> {
    let app = purlin_schema::compile(vec![SourceFile::new("app.zmodel", "model Note { id Int @id }")]);
    let builtin = Builtin::compile(vec![SourceFile::new("mail.zmodel", purlin_mail::SCHEMA)]).unwrap();
    Arc::new(app.schema.unwrap().with_builtin(&builtin))
}

impl App {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut app = Self::at(folder.path());
        app.owned = Some(folder);
        app
    }

    /// With the database of this folder, which is made where it is missing.
    pub(crate) fn at(folder: &Path) -> Self {
        let (schema, path) = (schema(), folder.join("app.db"));
        if !path.exists() {
            make_tables(&path, &schema);
        }
        let store: Arc<dyn Store> =
            Arc::new(SqliteStore::open(Config::new(&path), Arc::clone(&schema)).unwrap());
        let outbox = Outbox::new(&schema, &store, Arc::new(Templates::builtin().unwrap())).unwrap();
        let table = Table::builtin(&schema, &store, "Mail", "tests of mail").unwrap();
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        Self { runtime, outbox, table, store, folder: folder.to_owned(), owned: None }
    }

    pub(crate) fn send(&self, mail: Mail) -> Result<(), Error> {
        self.runtime.block_on(self.outbox.send(mail))
    }

    pub(crate) fn sender(&self, delivery: Arc<dyn Delivery>, pace: Pace) -> Sender {
        let _entered = self.runtime.enter();
        let from = Originator::parse("Shop <hello@shop.example>").unwrap();
        let reply_to = Originator::parse("help@shop.example").ok();
        Sender::start(&self.outbox, from, reply_to, delivery, pace)
    }

    pub(crate) fn rows(&self) -> Vec<Row> {
        self.runtime.block_on(self.table.list(&When::Always, &[], 10_000)).unwrap()
    }

    /// Waits until every mail has ended, and gives the rows.
    #[track_caller]
    pub(crate) fn ended(&self) -> Vec<Row> {
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            let queued = self.runtime.block_on(self.table.count(&When::equal("state", "queued"))).unwrap();
            if queued == 0 {
                return self.rows();
            }
            assert!(Instant::now() < deadline, "{queued} mails are still queued");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

fn make_tables(path: &Path, schema: &Schema) {
    let target = physical(schema, schema.datasources[0].id, MigrationDialect::Sqlite).unwrap();
    let steps =
        diff(MigrationDialect::Sqlite, &PhysicalSchema::default(), &target, &Answers::default()).steps;
    let connection = open_for_migration(path).unwrap();
    for step in render(MigrationDialect::Sqlite, &steps, &target, Direction::Up) {
        step.statements.iter().for_each(|sql| connection.execute_batch(sql).unwrap());
    }
}

pub(crate) fn mail(to: &str) -> Mail {
    mail_with(to, json!({"app": "Shop", "url": "https://shop.example/verify?token=t0k", "minutes": 30}))
}

pub(crate) fn mail_with(to: &str, data: Json) -> Mail {
    Mail { to: to.to_owned(), template: "verify-email".into(), data, locale: None }
}

/// Attempts follow each other at once; two failures are followed by the end.
pub(crate) fn hurried() -> Pace {
    let milliseconds = Duration::from_millis;
    Pace {
        waits: vec![milliseconds(20)],
        give_up_after: milliseconds(400),
        lease: milliseconds(1500),
        delivery_timeout: milliseconds(1000),
        look: milliseconds(100),
        ..Pace::default()
    }
}

pub(crate) fn smtp(url: &str) -> Result<Smtp, purlin_mail::Error> {
    let from = Originator::parse("hello@shop.example").unwrap();
    Smtp::new(&SmtpUrl::parse(url)?, &from, Some(purlin_testkit::smtp::CERTIFICATE))
}
