//! Stores to test, each in a schema of its own that goes with it.

use std::fmt::Write as _;
use std::sync::Arc;

use purlin_core::schema::{FieldId, IndexField, Link, Model, ReferentialAction, Schema};
use purlin_core::store::Store;
use purlin_sql::Dialect;
use purlin_sql::dialect::Postgres;
use purlin_store_postgres::{Address, Config, PostgresStore, open_for_migration, open_to_look};
use purlin_testkit::{OnRuntime, services};

pub(crate) fn in_schema(schema: Arc<Schema>) -> Arc<dyn Store> {
    placed(schema).0
}

/// Also where it is.
pub(crate) fn placed(schema: Arc<Schema>) -> (Arc<OnRuntime<PostgresStore>>, Address) {
    let (store, address) = on_server(&services::postgres(), schema, |_| {});
    (store, address)
}

/// A store on this server, and where its tables are.
pub(crate) fn on_server(
    server: &str,
    schema: Arc<Schema>,
    change: impl FnOnce(&mut Config),
) -> (Arc<OnRuntime<PostgresStore>>, Address) {
    let mut address = Address::parse(server).unwrap();
    let name = services::unique_name("store");
    address.schema = Some(name.clone());
    let mut connection = open_for_migration(&address).unwrap();
    for statement in tables(&schema) {
        connection.query(&statement, &[]).map_err(|error| format!("{statement}: {error}")).unwrap();
    }
    drop(connection);
    let mut config = Config::new(address.clone());
    change(&mut config);
    let place = address.clone();
    let store = OnRuntime::new(
        async || PostgresStore::connect(config, schema).await.unwrap(),
        move || {
            let drop = format!("DROP SCHEMA \"{name}\" CASCADE");
            open_to_look(&place).unwrap().query(&drop, &[]).unwrap();
        },
    );
    (store, address)
}

fn tables(schema: &Schema) -> Vec<String> {
    let mut statements = Vec::new();
    let mut keys = Vec::new();
    for model in &schema.models {
        let name = Postgres.table(model);
        let mut parts = Vec::new();
        for field in model.columns() {
            let mut kind = Postgres.column_type(schema, model, field).to_string();
            if Postgres.is_counted_key(model, field) {
                kind = format!("{}serial", if kind == "bigint" { "big" } else { "" });
            }
            let mut part = format!("{} {kind}", Postgres.identifier(&field.column));
            if field.is_required() || field.is_list() {
                part.push_str(" NOT NULL");
            }
            if let Some(default) = Postgres.column_default(schema, field) {
                write!(part, " DEFAULT {default}").unwrap();
            }
            parts.push(part);
        }
        parts.push(format!("PRIMARY KEY ({})", columns(model, &model.primary_key.fields)));
        statements.push(format!("CREATE TABLE {name} ({})", parts.join(", ")));
        for unique in &model.uniques {
            statements.push(format!("CREATE UNIQUE INDEX ON {name} ({})", columns(model, &unique.fields)));
        }
        for field in &model.fields {
            let Some(relation) = field.relation() else { continue };
            let target = schema.model(relation.target);
            let names = |model: &Model, fields: &[FieldId]| {
                let quoted = fields.iter().map(|id| Postgres.identifier(&model.field(*id).column));
                quoted.collect::<Vec<_>>().join(", ")
            };
            match &relation.link {
                Link::Owning { fields, references, .. } => keys.push(format!(
                    "ALTER TABLE {name} ADD FOREIGN KEY ({}) REFERENCES {} ({}) ON DELETE {} ON UPDATE {}",
                    names(model, fields),
                    Postgres.table(target),
                    names(target, references),
                    action(relation.on_delete),
                    action(relation.on_update),
                )),
                Link::Join(join) if join.local_column == "A" => {
                    let end = |column: &str, model: &Model| {
                        let key = model.key_fields().next().unwrap();
                        format!(
                            "\"{column}\" {} NOT NULL REFERENCES {} ON DELETE CASCADE ON UPDATE CASCADE",
                            Postgres.column_type(schema, model, key),
                            Postgres.table(model),
                        )
                    };
                    let join = Postgres.identifier(&join.table);
                    keys.push(format!(
                        "CREATE TABLE {join} ({}, {}, PRIMARY KEY (\"A\", \"B\"))",
                        end("A", model),
                        end("B", target)
                    ));
                }
                _ => {}
            }
        }
    }
    statements.extend(keys);
    statements
}

fn columns(model: &Model, fields: &[IndexField]) -> String {
    let part = |field: &IndexField| Postgres.identifier(&model.field(field.field).column);
    fields.iter().map(part).collect::<Vec<_>>().join(", ")
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
