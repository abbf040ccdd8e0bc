//! The connection breaks at every single statement in turn, as if the process were killed there:
//! the database holds the old state or the new one, never anything between, and a second try works.

use purlin_migrate::{
    Accepted, Backup, DatabaseError, Failure, MigrationConnection, MigrationDialect, Migrator, Row,
};

use crate::app::{App, nothing, schema};
use crate::connection::TestConnection;

/// Works for so many statements, then never again.
struct Breaking {
    connection: TestConnection,
    left: usize,
}

impl Breaking {
    fn take(&mut self) -> Result<(), DatabaseError> {
        self.left = self
            .left
            .checked_sub(1)
            .ok_or(DatabaseError { failure: Failure::Other, message: "the connection broke".to_owned() })?;
        Ok(())
    }
}

impl MigrationConnection for Breaking {
    fn execute(&mut self, sql: &str, parameters: &[&str]) -> Result<(), DatabaseError> {
        self.take()?;
        self.connection.execute(sql, parameters)
    }

    fn query(&mut self, sql: &str, parameters: &[&str]) -> Result<Vec<Row>, DatabaseError> {
        self.take()?;
        self.connection.query(sql, parameters)
    }

    fn backup(&mut self, label: &str) -> Result<Backup, DatabaseError> {
        self.take()?;
        self.connection.backup(label)
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

type Attempt<'a> = &'a dyn Fn(&Migrator, &mut dyn MigrationConnection) -> Result<(), purlin_migrate::Error>;

fn check(attempt: Attempt<'_>) {
    for statements in 0.. {
        let mut app = App::new();
        app.record(OLD, "old", &nothing()).unwrap();
        app.database.run("INSERT INTO User VALUES (1, 'Ada'), (2, NULL)");
        app.record_as(NEW, "new", &nothing(), true).unwrap();
        let migrator = Migrator::new("db", MigrationDialect::Sqlite, &app.path("migrations"));
        let mut breaking =
            Breaking { connection: TestConnection::file(&app.path("app.db")), left: statements };
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
