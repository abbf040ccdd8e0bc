//! Declared types and defaults of columns.

use purlin_sql::Dialect;
use purlin_sql::dialect::Sqlite;

/// (the field as written, its declared type, its default).
const FIELDS: &[(&str, &str, Option<&str>)] = &[
    ("String", "TEXT", None),
    ("String?", "TEXT", None),
    ("String @default(\"it's\")", "TEXT", Some("'it''s'")),
    ("Boolean @default(true)", "BOOLEAN", Some("1")),
    ("Boolean @default(false)", "BOOLEAN", Some("0")),
    ("Int @default(-5)", "INTEGER", Some("-5")),
    ("BigInt @default(9007199254740993)", "BIGINT", Some("9007199254740993")),
    ("Float @default(1.5)", "REAL", Some("1.5")),
    ("Decimal @default(1.50)", "DECIMALTEXT COLLATE purlin_decimal", Some("'1.5'")),
    ("DateTime @default(now())", "DATETIME", Some("(strftime('%Y-%m-%dT%H:%M:%fZ','now'))")),
    ("DateTime @default(\"2026-01-31T11:30:00+02:00\")", "DATETIME", Some("'2026-01-31T09:30:00.000Z'")),
    ("Json @default(\"{ \\\"a\\\": [1] }\")", "JSONTEXT", Some("'{\"a\":[1]}'")),
    ("Bytes @default(\"AAE=\")", "BLOB", Some("X'0001'")),
    ("Color @default(GREEN)", "TEXT", Some("'g'")),
    ("Color @default(RED)", "TEXT", Some("'RED'")),
    ("String[]", "JSONTEXT", Some("'[]'")),
    ("String[] @default([\"a\", \"b\"])", "JSONTEXT", Some("'[\"a\",\"b\"]'")),
    ("Color[] @default([GREEN])", "JSONTEXT", Some("'[\"g\"]'")),
    ("BigInt[] @default([1])", "JSONTEXT", Some("'[\"1\"]'")),
    ("String @default(uuid())", "TEXT", None),
    ("String @default(cuid())", "TEXT", None),
    ("String @default(dbgenerated(\"'{}'::text\"))", "TEXT", Some("'{}'")),
    (
        "DateTime @default(dbgenerated(\"CURRENT_TIMESTAMP(3)\"))",
        "DATETIME",
        Some("(strftime('%Y-%m-%dT%H:%M:%fZ','now'))"),
    ),
    ("Int @default(dbgenerated(\"abs(-3)\"))", "INTEGER", Some("(abs(-3))")),
    ("Int @default(dbgenerated(\"nextval('x'::regclass)\"))", "INTEGER", None),
];

#[test]
fn types_and_defaults() {
    for (written, kind, default) in FIELDS {
        let text = format!(
            "datasource db {{\n provider = \"sqlite\"\n}}\nenum Color {{\n RED\n GREEN @map(\"g\")\n}}\n\
             model A {{\n id Int @id\n x {written}\n}}"
        );
        let compiled = purlin_schema::compile(vec![purlin_schema::SourceFile::new("a.prisma", &text)]);
        let Some(schema) = compiled.schema else { panic!("{written}: {:?}", compiled.diagnostics) };
        let model = schema.model_named("A").unwrap();
        let field = model.field_named("x").unwrap();
        assert_eq!(Sqlite.column_type(&schema, model, field).to_string(), *kind, "{written}");
        assert_eq!(Sqlite.column_default(&schema, field).as_deref(), *default, "{written}");
    }
}

/// (the key as written, its declared type, whether the database counts it up).
const KEYS: &[(&str, &str, bool)] = &[
    ("id Int @id @default(autoincrement())", "INTEGER", true),
    ("id BigInt @id @default(autoincrement())", "INTEGER", true),
    ("id BigInt @id", "BIGINT", false),
    ("id String @id @default(uuid())", "TEXT", false),
];

#[test]
fn keys() {
    for (written, kind, is_counted) in KEYS {
        let text = format!("datasource db {{\n provider = \"sqlite\"\n}}\nmodel A {{\n {written}\n}}");
        let compiled = purlin_schema::compile(vec![purlin_schema::SourceFile::new("a.prisma", &text)]);
        let Some(schema) = compiled.schema else { panic!("{written}: {:?}", compiled.diagnostics) };
        let model = schema.model_named("A").unwrap();
        let field = model.field_named("id").unwrap();
        assert_eq!(Sqlite.column_type(&schema, model, field).to_string(), *kind, "{written}");
        assert_eq!(Sqlite.is_counted_key(model, field), *is_counted, "{written}");
    }
}

#[test]
fn quoting() {
    assert_eq!(Sqlite.identifier("a\"b"), "\"a\"\"b\"");
    assert_eq!(Sqlite.literal("it's\0"), "'it''s'");
}
