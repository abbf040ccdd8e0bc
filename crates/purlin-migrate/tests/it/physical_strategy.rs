//! Random physical schemas, small enough that two of them have much in common.

use proptest::prelude::*;
use purlin_migrate::{
    Action, Column, Fill, FillKind, ForeignKey, Index, IndexKey, IndexPart, PhysicalSchema, PrimaryKey, Table,
};

const TYPES: [&str; 9] = [
    "TEXT",
    "BOOLEAN",
    "INTEGER",
    "BIGINT",
    "REAL",
    "DECIMALTEXT COLLATE purlin_decimal",
    "DATETIME",
    "JSONTEXT",
    "BLOB",
];

pub(crate) fn schema() -> impl Strategy<Value = PhysicalSchema> {
    proptest::collection::btree_map(0..4_usize, table_parts(), 1..4).prop_map(|parts| {
        let keys: Vec<(usize, bool)> =
            parts.iter().map(|(number, parts)| (*number, parts.is_counted)).collect();
        let tables = parts.into_iter().map(|(number, parts)| table(number, parts, &keys)).collect();
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
    let column = (0..TYPES.len(), any::<bool>(), 0..4_usize)
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

fn table(number: usize, parts: Parts, keys: &[(usize, bool)]) -> Table {
    let name = format!("T{number}");
    let mut columns = vec![column("id", key_type(parts.is_counted), false, None)];
    columns.last_mut().unwrap().is_counted = parts.is_counted;
    for (number, parts) in &parts.columns {
        let declared = TYPES[parts.type_number];
        let default = default(declared, parts.default);
        columns.push(column(&format!("c{number}"), declared, parts.is_nullable, default));
    }
    let mut foreign_keys = Vec::new();
    if let Some((is_nullable, index, on_delete)) = parts.reference {
        let (target, is_counted) = keys[index.index(keys.len())];
        columns.push(column("ref", key_type(is_counted), is_nullable, None));
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
        let index = format!("{name}_{}_{}", names.join("_"), if is_unique { "key" } else { "idx" });
        if indexes.iter().any(|other| other.name == index) {
            continue;
        }
        let part =
            |name: &String| IndexPart { key: IndexKey::Column(name.clone()), is_descending: is_partial };
        indexes.push(Index {
            name: index,
            is_unique,
            parts: names.iter().map(part).collect(),
            condition: is_partial.then(|| format!("\"{}\" IS NOT NULL", names[0])),
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

fn key_type(is_counted: bool) -> &'static str {
    if is_counted { "INTEGER" } else { "TEXT" }
}

fn column(name: &str, declared: &str, is_nullable: bool, default: Option<String>) -> Column {
    Column {
        name: name.to_owned(),
        field: Some(name.to_owned()),
        column_type: declared.to_owned(),
        is_nullable,
        is_list: false,
        is_counted: false,
        fill: (declared == "TEXT" && default.is_none() && name != "id" && name != "ref")
            .then_some(Fill { kind: FillKind::Uuid { version: 7 }, format: None }),
        default,
        enumeration: None,
        renamed_from: None,
    }
}

/// Nothing, constants and expressions.
fn default(declared: &str, which: usize) -> Option<String> {
    let text = match (declared, which) {
        (_, 0) => return None,
        ("TEXT", 1) => "'it''s, (fine)'",
        ("TEXT", _) => "(lower(hex(randomblob(4))) || '-x')",
        ("INTEGER" | "BIGINT", 1) => "-5",
        ("INTEGER" | "BIGINT" | "BOOLEAN", _) => "1",
        ("REAL", 1) => "-1.5",
        ("REAL", _) => "2e-3",
        ("DATETIME", 1) => "'2026-01-31T09:30:00.000Z'",
        ("DATETIME", _) => "(strftime('%Y-%m-%dT%H:%M:%fZ','now'))",
        ("JSONTEXT", _) => "'{\"a\":[1]}'",
        ("BLOB", _) => "X'00ff'",
        _ => "'1.5'",
    };
    Some(text.to_owned())
}
