//! Stores to test, each in a database of its own that goes with it.

use std::fmt::Write as _;
use std::sync::Arc;

use mysql_async::Conn;
use mysql_async::prelude::Queryable as _;
use purlin_core::schema::{FieldId, IndexField, Link, Model, ReferentialAction, Schema};
use purlin_core::store::Store;
use purlin_sql::Dialect;
use purlin_sql::dialect::{Flavour, MySql};
use purlin_store_mysql::{Address, Config, MySqlStore};
use purlin_testkit::{OnRuntime, services};

pub(crate) fn in_database(schema: Arc<Schema>) -> Arc<dyn Store> {
    on_server(&services::mysql(), schema, |_| {}).1
}

/// A store on this server, and the name of its database.
pub(crate) fn on_server(
    server: &str,
    schema: Arc<Schema>,
    change: impl FnOnce(&mut Config),
) -> (String, Arc<OnRuntime<MySqlStore>>) {
    let name = services::unique_name("store");
    let url = services::with_database(server, &name);
    let (created, dropped) = (server.to_owned(), server.to_owned());
    let drop = format!("DROP DATABASE `{name}`");
    let store = OnRuntime::new(
        async || {
            create(&created, &name, &schema).await;
            let mut config = Config::new(Address::parse(&url).unwrap());
            change(&mut config);
            MySqlStore::connect(config, schema).await.unwrap()
        },
        move || run(&dropped, &drop),
    );
    (name, store)
}

async fn create(server: &str, name: &str, schema: &Schema) {
    let mut connection = Conn::new(mysql_async::Opts::from_url(server).unwrap()).await.unwrap();
    let version: Option<String> = connection.query_first("SELECT VERSION()").await.unwrap();
    let dialect = MySql { flavour: Flavour::of_version(&version.unwrap()) };
    let mut statements = vec![format!("CREATE DATABASE `{name}`"), format!("USE `{name}`")];
    statements.extend(tables(dialect, schema));
    for statement in statements {
        connection.query_drop(&statement).await.map_err(|error| format!("{statement}: {error}")).unwrap();
    }
    connection.disconnect().await.unwrap();
}

/// On a runtime of its own.
pub(crate) fn run(server: &str, statement: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut connection = Conn::new(mysql_async::Opts::from_url(server).unwrap()).await.unwrap();
        connection.query_drop(statement).await.unwrap();
        connection.disconnect().await.unwrap();
    });
}

fn tables(dialect: MySql, schema: &Schema) -> Vec<String> {
    let mut statements = Vec::new();
    let mut keys = Vec::new();
    for model in &schema.models {
        let name = dialect.table(model);
        let mut parts = Vec::new();
        for field in model.columns() {
            let mut kind = dialect.column_type(schema, model, field).to_string();
            if dialect.is_counted_key(model, field) {
                kind.push_str(" AUTO_INCREMENT");
            }
            let mut part = format!("{} {kind}", dialect.identifier(&field.column));
            if field.is_required() || field.is_list() {
                part.push_str(" NOT NULL");
            }
            if let Some(default) = dialect.column_default(schema, field) {
                write!(part, " DEFAULT {default}").unwrap();
            }
            parts.push(part);
        }
        parts.push(format!("PRIMARY KEY ({})", columns(dialect, model, &model.primary_key.fields)));
        statements.push(format!("CREATE TABLE {name} ({}) {}", parts.join(", "), options(dialect)));
        for unique in &model.uniques {
            statements
                .push(format!("ALTER TABLE {name} ADD UNIQUE ({})", columns(dialect, model, &unique.fields)));
        }
        for field in &model.fields {
            let Some(relation) = field.relation() else { continue };
            let target = schema.model(relation.target);
            let names = |model: &Model, fields: &[FieldId]| {
                let quoted = fields.iter().map(|id| dialect.identifier(&model.field(*id).column));
                quoted.collect::<Vec<_>>().join(", ")
            };
            match &relation.link {
                Link::Owning { fields, references, .. } => keys.push(format!(
                    "ALTER TABLE {name} ADD FOREIGN KEY ({}) REFERENCES {} ({}) ON DELETE {} ON UPDATE {}",
                    names(model, fields),
                    dialect.table(target),
                    names(target, references),
                    action(relation.on_delete),
                    action(relation.on_update),
                )),
                Link::Join(join) if join.local_column == "A" => {
                    let end = |column: &str, model: &Model| {
                        let key = model.key_fields().next().unwrap();
                        format!(
                            "{column} {} NOT NULL, FOREIGN KEY ({column}) REFERENCES {} ({}) \
                             ON DELETE CASCADE ON UPDATE CASCADE",
                            dialect.column_type(schema, model, key),
                            dialect.table(model),
                            dialect.identifier(&key.column),
                        )
                    };
                    let join = dialect.identifier(&join.table);
                    keys.push(format!(
                        "CREATE TABLE {join} ({}, {}, PRIMARY KEY (A, B)) {}",
                        end("A", model),
                        end("B", target),
                        options(dialect),
                    ));
                }
                _ => {}
            }
        }
    }
    statements.extend(keys);
    statements
}

fn columns(dialect: MySql, model: &Model, fields: &[IndexField]) -> String {
    let part = |field: &IndexField| dialect.identifier(&model.field(field.field).column);
    fields.iter().map(part).collect::<Vec<_>>().join(", ")
}

fn options(dialect: MySql) -> String {
    format!("ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = {}", dialect.collation())
}

fn action(action: ReferentialAction) -> &'static str {
    match action {
        ReferentialAction::Cascade => "CASCADE",
        ReferentialAction::Restrict => "RESTRICT",
        ReferentialAction::NoAction => "NO ACTION",
        ReferentialAction::SetNull => "SET NULL",
        ReferentialAction::SetDefault => "SET DEFAULT",
    }
}
