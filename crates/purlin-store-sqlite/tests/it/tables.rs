//! Stores to test, with the tables of a schema. Migrations are another crate's; here is only
//! what a new, empty database needs.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use purlin_core::Error;
use purlin_core::changes::Table;
use purlin_core::schema::{FieldId, IndexField, Link, Model, ModelId, ReferentialAction, Schema, SortOrder};
use purlin_core::sink::RowSink;
use purlin_core::statement::{Guarded, Read, ReadOutcome, WriteOutcome, WritePlan};
use purlin_core::store::{BoxFuture, Store};
use purlin_sql::Dialect;
use purlin_sql::dialect::Sqlite;
use purlin_store_sqlite::{Config, SqliteStore, open_for_migration};

/// A store that takes its folder with it when it goes.
#[derive(Debug)]
pub(crate) struct Owned {
    store: SqliteStore,
    _folder: tempfile::TempDir,
}

pub(crate) fn in_folder(schema: Arc<Schema>) -> Arc<dyn Store> {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("new/app.db"), schema);
    Arc::new(Owned { store, _folder: folder })
}

pub(crate) fn open(path: &Path, schema: Arc<Schema>) -> SqliteStore {
    open_with(Config::new(path), schema)
}

pub(crate) fn open_with(config: Config, schema: Arc<Schema>) -> SqliteStore {
    create_tables(&config.path, &schema);
    SqliteStore::open(config, schema).unwrap()
}

pub(crate) fn create_tables(path: &Path, schema: &Schema) {
    let connection = open_for_migration(path).unwrap();
    let exists: bool =
        connection.query_row("SELECT count(*) > 0 FROM sqlite_schema", [], |row| row.get(0)).unwrap();
    if !exists {
        connection.execute_batch(&tables(schema)).unwrap();
    }
}

pub(crate) fn tables(schema: &Schema) -> String {
    let mut text = String::new();
    for model in &schema.models {
        table(&mut text, schema, model);
    }
    for model in &schema.models {
        for field in &model.fields {
            if let Some(Link::Join(join)) = field.relation().map(|relation| &relation.link)
                && join.local_column == "A"
            {
                let target = schema.model(field.relation().unwrap().target);
                let end = |column: &str, model: &Model| {
                    let key = model.key_fields().next().unwrap();
                    let kind = Sqlite.column_type(schema, model, key);
                    format!(
                        "\"{column}\" {kind} NOT NULL REFERENCES {}({}) ON DELETE CASCADE ON UPDATE CASCADE",
                        Sqlite.identifier(&Sqlite.table_name(model)),
                        Sqlite.identifier(&key.column)
                    )
                };
                let name = Sqlite.identifier(&join.table);
                write!(
                    text,
                    "CREATE TABLE {name} ({}, {});\nCREATE UNIQUE INDEX {} ON {name}(\"A\", \"B\");\n\
                     CREATE INDEX {} ON {name}(\"B\");\n",
                    end("A", model),
                    end("B", target),
                    Sqlite.identifier(&format!("{}_AB_unique", join.table)),
                    Sqlite.identifier(&format!("{}_B_index", join.table)),
                )
                .unwrap();
            }
        }
    }
    text
}

fn table(text: &mut String, schema: &Schema, model: &Model) {
    let table = Sqlite.table_name(model);
    let mut parts = Vec::new();
    for field in model.columns() {
        let mut part =
            format!("{} {}", Sqlite.identifier(&field.column), Sqlite.column_type(schema, model, field));
        if Sqlite.is_counted_key(model, field) {
            part.push_str(" PRIMARY KEY AUTOINCREMENT");
        }
        if field.is_required() || field.is_list() {
            part.push_str(" NOT NULL");
        }
        if let Some(default) = Sqlite.column_default(schema, field) {
            write!(part, " DEFAULT {default}").unwrap();
        }
        parts.push(part);
    }
    let keys: Vec<_> = model.key_fields().collect();
    if !keys.iter().any(|key| Sqlite.is_counted_key(model, key)) {
        parts.push(format!("PRIMARY KEY ({})", columns(model, &model.primary_key.fields)));
    }
    let mut keys_of_others = Vec::new();
    for field in &model.fields {
        let Some(relation) = field.relation() else { continue };
        let Link::Owning { fields, references, .. } = &relation.link else { continue };
        let target = schema.model(relation.target);
        let names = |model: &Model, fields: &[FieldId]| {
            fields.iter().map(|id| Sqlite.identifier(&model.field(*id).column)).collect::<Vec<_>>().join(", ")
        };
        parts.push(format!(
            "FOREIGN KEY ({}) REFERENCES {}({}) ON DELETE {} ON UPDATE {}",
            names(model, fields),
            Sqlite.identifier(&Sqlite.table_name(target)),
            names(target, references),
            action(relation.on_delete),
            action(relation.on_update),
        ));
        keys_of_others.push(names(model, fields));
    }
    let name = Sqlite.identifier(&table);
    writeln!(text, "CREATE TABLE {name} ({});", parts.join(", ")).unwrap();
    for (number, unique) in model.uniques.iter().enumerate() {
        let index = Sqlite.identifier(&format!("{table}_unique_{number}"));
        writeln!(text, "CREATE UNIQUE INDEX {index} ON {name}({});", columns(model, &unique.fields)).unwrap();
    }
    let indexes = model.indexes.iter().map(|index| columns(model, &index.fields)).chain(keys_of_others);
    for (number, columns) in indexes.enumerate() {
        let index = Sqlite.identifier(&format!("{table}_index_{number}"));
        writeln!(text, "CREATE INDEX {index} ON {name}({columns});").unwrap();
    }
}

fn columns(model: &Model, fields: &[IndexField]) -> String {
    let part = |field: &IndexField| {
        let direction = if field.sort == SortOrder::Descending { " DESC" } else { "" };
        format!("{}{direction}", Sqlite.identifier(&model.field(field.field).column))
    };
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

impl Store for Owned {
    fn read<'a>(
        &'a self,
        read: &'a Guarded<Read>,
        sink: &'a mut dyn RowSink,
    ) -> BoxFuture<'a, Result<ReadOutcome, Error>> {
        self.store.read(read, sink)
    }

    fn write(
        &self,
        plan: Guarded<WritePlan>,
        sink: Box<dyn RowSink>,
    ) -> BoxFuture<'_, Result<WriteOutcome, Error>> {
        self.store.write(plan, sink)
    }

    fn version(&self, model: ModelId) -> u64 {
        self.store.version(model)
    }

    fn changes(&self, tables: &[Table]) -> u64 {
        self.store.changes(tables)
    }

    fn hears_others(&self, model: ModelId) -> bool {
        self.store.hears_others(model)
    }

    fn ping(&self) -> BoxFuture<'_, Result<(), Error>> {
        self.store.ping()
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        self.store.close()
    }
}
