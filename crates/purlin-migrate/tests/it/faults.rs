//! The connection breaks at every single statement in turn, as if the process were killed there:
//! the database holds the old state or the new one, never anything between, and a second try works.

use purlin_migrate::{
    Accepted, Answers, Backup, DatabaseError, Failure, MigrationConnection, MigrationDialect, Migrator, Row,
    diff, introspect, physical,
};

use crate::app::{App, nothing, schema};
use crate::connection::TestConnection;
use crate::database::quote;
use crate::server::Server;

/// Works for so many statements, then never again.
struct Breaking<C> {
    connection: C,
    left: usize,
    /// The last statement is carried out, and nobody hears of it.
    hides_last: bool,
}

impl<C: MigrationConnection> Breaking<C> {
    fn take<T>(&mut self, work: impl FnOnce(&mut C) -> Result<T, DatabaseError>) -> Result<T, DatabaseError> {
        let broken = DatabaseError { failure: Failure::Other, message: "the connection broke".to_owned() };
        self.left = self.left.checked_sub(1).ok_or(broken.clone())?;
        let result = work(&mut self.connection)?;
        if self.left == 0 && self.hides_last { Err(broken) } else { Ok(result) }
    }
}

impl<C: MigrationConnection> MigrationConnection for Breaking<C> {
    fn execute(&mut self, sql: &str, parameters: &[&str]) -> Result<(), DatabaseError> {
        self.take(|connection| connection.execute(sql, parameters))
    }

    fn query(&mut self, sql: &str, parameters: &[&str]) -> Result<Vec<Row>, DatabaseError> {
        self.take(|connection| connection.query(sql, parameters))
    }

    fn backup(&mut self, label: &str) -> Result<Backup, DatabaseError> {
        self.take(|connection| connection.backup(label))
    }
}

const OLD: &str = "model User { id Int @id\n name String? }\n model Gone { id Int @id }";
const NEW: &str = "model User { id Int @id\n name String @default(\"\")\n posts Post[] }\n\
                   model Post { id Int @id\n userId Int\n user User @relation(fields: [userId], references: [id]) }";
const STATE: &str = "SELECT group_concat(name) FROM (SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY name)";
const BEFORE: &str = "Gone,User,_purlin_migrations,_purlin_schema";
const AFTER: &str = "Post,Post_userId_idx,User,_purlin_migrations,_purlin_schema";

#[test]
fn broken_deployments_leave_one_of_the_two_states() {
    check(&|migrator, connection| migrator.deploy(connection, &Accepted::default()).map(|_| ()));
}

#[test]
fn broken_development_leaves_one_of_the_two_states() {
    check(&|migrator, connection| migrator.dev(&schema(NEW), connection, &nothing()).map(|_| ()));
}

pub(crate) type Attempt<'a> =
    &'a dyn Fn(&Migrator, &mut dyn MigrationConnection) -> Result<(), purlin_migrate::Error>;

fn check(attempt: Attempt<'_>) {
    for statements in 0.. {
        let mut app = App::new();
        app.record(OLD, "old", &nothing()).unwrap();
        app.database.run("INSERT INTO User VALUES (1, 'Ada'), (2, NULL)");
        app.record_as(NEW, "new", &nothing(), true).unwrap();
        let migrator = Migrator::new("db", MigrationDialect::Sqlite, &app.path("migrations"));
        let mut breaking = Breaking {
            connection: TestConnection::file(&app.path("app.db")),
            left: statements,
            hides_last: false,
        };
        let result = attempt(&migrator, &mut breaking);
        drop(breaking);
        let state = app.database.rows(STATE);
        assert!(state == BEFORE || (state == AFTER && statements > 10), "after {statements}: {state}");
        if result.is_ok() {
            assert_eq!(state, AFTER);
            return;
        }
        attempt(&migrator, app.database.port()).unwrap();
        app.check_rows(STATE, AFTER);
        app.check_rows("SELECT * FROM User", "1|Ada\n2|");
        app.check_rows("SELECT count(*) FROM _purlin_migrations", "2");
    }
}

/// On a server: each try breaks a little later, with what the ones before have left. Then one is whole.
pub(crate) fn goes_on_where_it_broke(dialect: MigrationDialect, attempt: Attempt<'_>) {
    for hides_last in [false, true] {
        // Breaks count most where each statement stays.
        let step = if dialect == MigrationDialect::MySql { 9 } else { 29 };
        for first in (1..400).step_by(step) {
            let mut app = App::on(dialect);
            app.record(OLD, "old", &nothing()).unwrap();
            let name = |name: &str| quote(dialect, name);
            app.database.run(&format!(
                "INSERT INTO {0} ({1}, {2}) VALUES (1, 'Ada'), (2, NULL)",
                name("User"),
                name("id"),
                name("name")
            ));
            app.record_as(NEW, "new", &nothing(), true).unwrap();
            let migrator = app.migrator();
            let mut left = first;
            let mut tries = 0;
            loop {
                let connection = Server::connect(dialect, app.url());
                let mut breaking = Breaking { connection, left, hides_last };
                if attempt(&migrator, &mut breaking).is_ok() {
                    break;
                }
                // The further from the start, the rarer.
                left += 1 + left / 3;
                tries += 1;
                assert!(tries < 40, "never done");
            }
            let rows = format!("SELECT {}, {} FROM {} ORDER BY 1", name("id"), name("name"), name("User"));
            app.check_rows(&rows, "1|Ada\n2|");
            app.check_rows("SELECT count(*) FROM _purlin_migrations WHERE finished_at IS NOT NULL", "2");
            let live = introspect("db", dialect, app.database.port()).unwrap();
            let schema = schema(NEW);
            let target = physical(&schema, schema.datasources[0].id, dialect).unwrap();
            assert_eq!(diff(dialect, &live, &target, &Answers::default()).steps, Vec::new());
            if tries == 0 {
                break;
            }
        }
    }
}

pub(crate) fn deployments(dialect: MigrationDialect) {
    goes_on_where_it_broke(dialect, &|migrator, connection| {
        migrator.deploy(connection, &Accepted::default()).map(|_| ())
    });
}

pub(crate) fn development(dialect: MigrationDialect) {
    goes_on_where_it_broke(dialect, &|migrator, connection| {
        migrator.dev(&schema(NEW), connection, &nothing()).map(|_| ())
    });
}
