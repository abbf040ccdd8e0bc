//! Random physical schemas, small enough that two of them have much in common.

use proptest::prelude::*;
use purlin_migrate::{
    Action, Column, Fill, FillKind, ForeignKey, Index, IndexKey, IndexPart, MigrationDialect, PhysicalSchema,
    PrimaryKey, Table,
};

/// One of each kind, in the order: text, boolean, integers, float, decimal, time, JSON, bytes.
fn types(dialect: MigrationDialect) -> [&'static str; 9] {
    match dialect {
        MigrationDialect::Sqlite => [
            "TEXT",
            "BOOLEAN",
            "INTEGER",
            "BIGINT",
            "REAL",
            "DECIMALTEXT COLLATE purlin_decimal",
            "DATETIME",
            "JSONTEXT",
            "BLOB",
        ],
        MigrationDialect::Postgres => [
            "text COLLATE \"C\"",
            "boolean",
            "integer",
            "bigint",
            "double precision",
            "numeric(65,30)",
            "timestamp(3)",
            "jsonb",
            "bytea",
        ],
        MigrationDialect::MySql => [
            "varchar(191)",
            "tinyint(1)",
            "int",
            "bigint",
            "double",
            "decimal(65,30)",
            "datetime(3)",
            "json",
            "longblob",
        ],
    }
}

pub(crate) fn schema(dialect: MigrationDialect) -> impl Strategy<Value = PhysicalSchema> {
    proptest::collection::btree_map(0..4_usize, table_parts(), 1..4).prop_map(move |parts| {
        let keys: Vec<(usize, bool)> =
            parts.iter().map(|(number, parts)| (*number, parts.is_counted)).collect();
        let tables = parts.into_iter().map(|(number, parts)| table(dialect, number, parts, &keys)).collect();
        PhysicalSchema { tables, enums: Vec::new() }
    })
}

#[derive(Clone, Debug)]
struct Parts {
    is_counted: bool,
    columns: Vec<(usize, ColumnParts)>,
    /// Column, whether it is required, and which of the tables it refers to.
    reference: Option<(bool, prop::sample::Index, Action)>,
    indexes: Vec<(bool, Vec<prop::sample::Index>, bool)>,
}

#[derive(Clone, Debug)]
struct ColumnParts {
    type_number: usize,
    is_nullable: bool,
    default: usize,
}

fn table_parts() -> impl Strategy<Value = Parts> {
    let column = (0..9_usize, any::<bool>(), 0..4_usize)
        .prop_map(|(type_number, is_nullable, default)| ColumnParts { type_number, is_nullable, default });
    let columns = proptest::collection::btree_map(0..6_usize, column, 1..5);
    let action = prop_oneof![Just(Action::Cascade), Just(Action::Restrict), Just(Action::NoAction)];
    let reference = proptest::option::of((any::<bool>(), any::<prop::sample::Index>(), action));
    let index = (any::<bool>(), proptest::collection::vec(any::<prop::sample::Index>(), 1..3), any::<bool>());
    let indexes = proptest::collection::vec(index, 0..3);
    (any::<bool>(), columns, reference, indexes).prop_map(|(is_counted, columns, reference, indexes)| Parts {
        is_counted,
        columns: columns.into_iter().collect(),
        reference,
        indexes,
    })
}

fn table(dialect: MigrationDialect, number: usize, parts: Parts, keys: &[(usize, bool)]) -> Table {
    let name = format!("T{number}");
    let mut columns = vec![column("id", key_type(dialect, parts.is_counted), false, None)];
    columns.last_mut().unwrap().is_counted = parts.is_counted;
    for (number, parts) in &parts.columns {
        let declared = types(dialect)[parts.type_number];
        let default = default(dialect, parts.type_number, parts.default);
        columns.push(column(&format!("c{number}"), declared, parts.is_nullable, default));
    }
    let mut foreign_keys = Vec::new();
    if let Some((is_nullable, index, on_delete)) = parts.reference {
        let (target, is_counted) = keys[index.index(keys.len())];
        columns.push(column("ref", key_type(dialect, is_counted), is_nullable, None));
        foreign_keys.push(ForeignKey {
            name: format!("{name}_ref_fkey"),
            columns: vec!["ref".to_owned()],
            references_table: format!("T{target}"),
            references_columns: vec!["id".to_owned()],
            on_delete,
            on_update: Action::Cascade,
        });
    }
    let mut indexes: Vec<Index> = Vec::new();
    for (is_unique, picks, is_partial) in parts.indexes {
        let mut names: Vec<String> =
            picks.iter().map(|pick| columns[1 + pick.index(columns.len() - 1)].name.clone()).collect();
        names.dedup();
        if dialect == MigrationDialect::MySql {
            // Without a length they have no index.
            let is_long = |name: &String| {
                columns.iter().any(|column| {
                    column.name == *name && matches!(column.column_type.as_str(), "json" | "longblob")
                })
            };
            names.retain(|name| !is_long(name));
            if names.is_empty() {
                continue;
            }
        }
        let index = format!("{name}_{}_{}", names.join("_"), if is_unique { "key" } else { "idx" });
        if indexes.iter().any(|other| other.name == index) {
            continue;
        }
        let part = |name: &String| IndexPart {
            key: IndexKey::Column(name.clone()),
            is_descending: is_partial && dialect != MigrationDialect::MySql,
            ops: None,
            length: None,
        };
        indexes.push(Index {
            name: index,
            is_unique,
            parts: names.iter().map(part).collect(),
            condition: (is_partial && dialect != MigrationDialect::MySql)
                .then(|| format!("\"{}\" IS NOT NULL", names[0])),
            method: None,
        });
    }
    if dialect == MigrationDialect::MySql && !foreign_keys.is_empty() {
        // As for every relation of a schema.
        let key = IndexKey::Column("ref".to_owned());
        let parts = vec![IndexPart { key, is_descending: false, ops: None, length: None }];
        indexes.push(Index {
            name: format!("{name}_ref_own"),
            is_unique: false,
            parts,
            condition: None,
            method: None,
        });
    }
    indexes.sort_by(|left, right| left.name.cmp(&right.name));
    Table {
        primary_key: Some(PrimaryKey { name: format!("{name}_pkey"), columns: vec!["id".to_owned()] }),
        model: Some(name.clone()),
        columns,
        indexes,
        foreign_keys,
        renamed_from: None,
        name,
    }
}

fn key_type(dialect: MigrationDialect, is_counted: bool) -> &'static str {
    types(dialect)[if is_counted { 2 } else { 0 }]
}

fn column(name: &str, declared: &str, is_nullable: bool, default: Option<String>) -> Column {
    Column {
        name: name.to_owned(),
        field: Some(name.to_owned()),
        column_type: declared.to_owned(),
        is_nullable,
        is_list: false,
        is_counted: false,
        fill: (["TEXT", "text COLLATE \"C\"", "varchar(191)"].contains(&declared)
            && default.is_none()
            && name != "id"
            && name != "ref")
            .then_some(Fill { kind: FillKind::Uuid { version: 7 }, format: None }),
        default,
        enumeration: None,
        renamed_from: None,
    }
}

/// Nothing, constants and expressions.
fn default(dialect: MigrationDialect, type_number: usize, which: usize) -> Option<String> {
    let by_engine = |sqlite: &'static str, postgres: &'static str, mysql: &'static str| match dialect {
        MigrationDialect::Sqlite => sqlite,
        MigrationDialect::Postgres => postgres,
        MigrationDialect::MySql => mysql,
    };
    let text = match (type_number, which) {
        (_, 0) => return None,
        (0, 1) => by_engine("'it''s, (fine)'", "'it''s, (fine)'", "('it''s, (fine)')"),
        (0, _) => by_engine(
            "(lower(hex(randomblob(4))) || '-x')",
            "(gen_random_uuid()::text || '-x')",
            "(concat(uuid(),'-x'))",
        ),
        (1, 1) => by_engine("1", "true", "1"),
        (1, _) => by_engine("0", "false", "0"),
        (2 | 3, 1) => "-5",
        (2 | 3, _) => "1",
        (4, 1) => "-1.5",
        (4, _) => "2e-3",
        (5, _) => by_engine("'1.5'", "1.5", "1.5"),
        (6, 1) => {
            by_engine("'2026-01-31T09:30:00.000Z'", "'2026-01-31 09:30:00.000'", "'2026-01-31 09:30:00.000'")
        }
        (6, _) => by_engine(
            "(strftime('%Y-%m-%dT%H:%M:%fZ','now'))",
            "(now() AT TIME ZONE 'UTC')",
            "CURRENT_TIMESTAMP(3)",
        ),
        (7, _) => by_engine("'{\"a\":[1]}'", "'{\"a\":[1]}'", "('{\"a\":[1]}')"),
        _ => by_engine("X'00ff'", "'\\x00ff'", "(X'00ff')"),
    };
    Some(text.to_owned())
}
