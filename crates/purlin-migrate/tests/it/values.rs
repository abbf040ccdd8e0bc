//! What happens to values on servers: they move between types, are made where a field becomes required, and follow
//! the names of enum members.

use purlin_migrate::MigrationDialect;

use crate::app::{App, check_error, flags, nothing};
use crate::database::quote;

/// Type before, stored, type after, what is kept (on the other server too, unless said), whether it is a loss.
const MOVES: &[(&str, &str, &str, &str, bool)] = &[
    ("Int", "12", "String", "12", false),
    ("String", "'12'", "Int", "12", false),
    ("String", "'12a'", "Int", "NULL", true),
    ("String", "'99999999999'", "Int", "NULL", true),
    ("String", "'99999999999'", "BigInt", "99999999999", false),
    ("Int", "1", "Boolean", "true", false),
    ("Int", "7", "Boolean", "true", true),
    ("Boolean", "true", "String", "true", false),
    ("Boolean", "true", "Int", "1", false),
    ("String", "'TRUE'", "Boolean", "true", false),
    ("String", "'maybe'", "Boolean", "NULL", true),
    ("BigInt", "5000000000", "Int", "NULL", true),
    ("BigInt", "5", "Int", "5", false),
    ("Float", "1.5", "Int", "1", true),
    ("Float", "2.0", "Int", "2", false),
    ("Float", "0.1", "Decimal", "0.100000000000000000000000000000", false),
    ("Int", "3", "Decimal", "3.000000000000000000000000000000", false),
    ("Decimal", "12.5", "Float", "12.5", false),
    ("Decimal", "12.5", "String", "12.5", false),
    ("Decimal", "12", "Int", "12", false),
    ("String", "'1.50'", "Decimal", "1.500000000000000000000000000000", false),
    ("String", "'x'", "Decimal", "NULL", true),
    ("String", "'1e3'", "Float", "1000", false),
    ("String", "'2026-01-31'", "DateTime", "2026-01-31 00:00:00", false),
    ("String", "'2026-01-31T10:00:00Z'", "DateTime", "2026-01-31 10:00:00", false),
    ("String", "'soon'", "DateTime", "NULL", true),
    ("DateTime", "'2026-01-31 00:00:00'", "String", "2026-01-31T00:00:00.000Z", false),
    ("String", "'a \"b\"'", "Json", "\"a \\\"b\\\"\"", false),
    ("String", "'[1]'", "Json", "[1]", false),
    ("Json", "'\"a\"'", "String", "a", false),
    ("Json", "'[1]'", "String", "[1]", false),
    ("Int", "3", "Json", "3", false),
    ("Boolean", "true", "Json", "true", false),
    ("Json", "'3'", "Int", "3", false),
    ("Json", "'{}'", "Int", "NULL", true),
    ("Bytes", "'ab'", "String", "6162", true),
    ("String", "'ab'", "String @db.VarChar(1)", "a", true),
    ("String", "'ab'", "String @db.VarChar(2)", "ab", false),
];

pub(crate) fn move_between_types(dialect: MigrationDialect) {
    let mut app = App::on(dialect);
    let provider = if dialect == MigrationDialect::MySql { "mysql" } else { "postgresql" };
    let source = format!("datasource db {{ provider = \"{provider}\" }}\n");
    for (number, (from, stored, to, kept, is_lossy)) in MOVES.iter().enumerate() {
        let optional = |declared: &str| match declared.split_once(' ') {
            Some((name, native)) => format!("{name}? {native}"),
            None => format!("{declared}?"),
        };
        // Each in a table of its own: what an earlier one left is dropped when it is empty.
        let model =
            |declared: &str| format!("{source}model T{number} {{ id Int @id\n v {} }}", optional(declared));
        app.database.clear();
        app.dev(&model(from), &nothing()).unwrap();
        let table = quote(dialect, &format!("T{number}"));
        app.database.run(&format!("INSERT INTO {table} (id, v) VALUES (1, {stored}), (2, NULL)"));
        let after = model(to);
        if *is_lossy {
            check_error(app.dev(&after, &nothing()), &["lossy-type"]);
        }
        app.dev(&after, &flags(&[&format!("--allow lossy-type:T{number}.v")]))
            .unwrap_or_else(|error| panic!("{from} {stored} to {to}: {error}"));
        let found = app.database.rows(&format!("SELECT v FROM {table} ORDER BY id"));
        assert_eq!(normal(&found, to), format!("{kept}\nNULL"), "{from} {stored} to {to}");
    }
}

/// Both servers' ways to print a value.
fn normal(rows: &str, declared: &str) -> String {
    let line = |line: &str| match (declared, line) {
        ("Boolean", "t" | "1") => "true".to_owned(),
        ("Boolean", "f" | "0") => "false".to_owned(),
        ("DateTime", time) => time.trim_end_matches(".000").to_owned(),
        (_, line) => line.to_owned(),
    };
    rows.lines().map(line).collect::<Vec<_>>().join("\n")
}

pub(crate) fn are_made_row_by_row(dialect: MigrationDialect) {
    let mut app = App::on(dialect);
    app.dev("model T { id Int @id }", &nothing()).unwrap();
    let table = quote(dialect, "T");
    app.database.run(&format!("INSERT INTO {table} (id) VALUES (1), (2), (3)"));
    let text = "model T { id Int @id
        seven String @unique @default(uuid())
        four String @unique @default(uuid(4))
        cuid String @unique @default(cuid())
        nano String @unique @default(nanoid(40, format: \"n_%s\"))
        ulid String @unique @default(ulid())
        made String @unique @default(dbgenerated(\"gen_random_uuid()\"))
        touched DateTime @updatedAt
        tags String[] }";
    app.dev(text, &nothing()).unwrap();
    let matches = if dialect == MigrationDialect::MySql { "REGEXP BINARY" } else { "~" };
    let uuid = |version: &str| {
        format!("^[0-9a-f]{{8}}-[0-9a-f]{{4}}-{version}[0-9a-f]{{3}}-[89ab][0-9a-f]{{3}}-[0-9a-f]{{12}}$")
    };
    for (column, pattern) in [
        ("seven", uuid("7")),
        ("four", uuid("4")),
        ("cuid", "^c[0-9a-f]{24}$".to_owned()),
        ("nano", "^n_[0-9a-f]{40}$".to_owned()),
        ("ulid", "^01[0-9A-HJKMNP-TV-Z]{24}$".to_owned()),
    ] {
        app.check_rows(&format!("SELECT count(*) FROM {table} WHERE {column} {matches} '{pattern}'"), "3");
        app.check_rows(&format!("SELECT count(DISTINCT {column}) FROM {table}"), "3");
    }
    app.check_rows(&format!("SELECT count(DISTINCT made) FROM {table}"), "3");
    // Its first 48 bits are the time in milliseconds.
    app.check_rows(
        &format!("SELECT count(*) FROM {table} WHERE substr(seven, 1, 4) BETWEEN '0196' AND '0300'"),
        "3",
    );
    app.check_rows(&format!("SELECT count(*) FROM {table} WHERE touched > '2020-01-01'"), "3");
    app.dev(text, &nothing()).unwrap();
}

/// What fills a gap is bytes, while what is there was a text.
pub(crate) fn become_bytes(dialect: MigrationDialect) {
    let mut app = App::on(dialect);
    app.dev("model T { id Int @id\n v String? }", &nothing()).unwrap();
    let table = quote(dialect, "T");
    app.database.run(&format!("INSERT INTO {table} (id, v) VALUES (1, 'ab'), (2, NULL)"));
    app.dev("model T { id Int @id\n v Bytes @unique @default(\"AP8=\") @db.VarBinary(20) }", &nothing())
        .unwrap();
    let hex = if dialect == MigrationDialect::MySql { "lower(hex(v))" } else { "encode(v, 'hex')" };
    app.check_rows(&format!("SELECT {hex} FROM {table} ORDER BY id"), "6162\n00ff");
}

pub(crate) fn follow_enums_and_lists(dialect: MigrationDialect) {
    let mut app = App::on(dialect);
    let table = quote(dialect, "T");
    let is_mysql = dialect == MigrationDialect::MySql;
    let list = |both: &'static str, json: &'static str| if is_mysql { json } else { both };
    app.dev("enum E { A B }\n model T { id Int @id\n e E\n f E[] }", &nothing()).unwrap();
    app.database.run(&format!(
        "INSERT INTO {table} (id, e, f) VALUES (1, 'A', '{}'), (2, 'B', '{}')",
        list("{A,B}", "[\"A\",\"B\"]"),
        list("{}", "[]")
    ));
    app.dev("enum E { A @map(\"B\") B @map(\"A\") }\n model T { id Int @id\n e E\n f E[] }", &nothing())
        .unwrap();
    let read = format!("SELECT e, f FROM {table} ORDER BY id");
    app.check_rows(&read, list("B|{B,A}\nA|{}", "B|[\"B\",\"A\"]\nA|[]"));
    check_error(
        app.dev("enum E { A @map(\"B\") }\n model T { id Int @id\n e E\n f E[] }", &nothing()),
        &["enum-value-removed T.e: 1 row", "enum-value-removed T.f: 1 row"],
    );
    // A value becomes a list, and back.
    app.database.clear();
    app.dev("model T { id Int @id\n v String? }", &nothing()).unwrap();
    app.database.run(&format!("INSERT INTO {table} (id, v) VALUES (1, 'a'), (2, NULL)"));
    app.dev("model T { id Int @id\n v String[] }", &nothing()).unwrap();
    let read = format!("SELECT v FROM {table} ORDER BY id");
    app.check_rows(&read, list("{a}\n{}", "[\"a\"]\n[]"));
    app.database.run(&format!("UPDATE {table} SET v = '{}' WHERE id = 1", list("{a,b}", "[\"a\",\"b\"]")));
    check_error(app.dev("model T { id Int @id\n v String? }", &nothing()), &["lossy-type T.v: 1 row"]);
    app.dev("model T { id Int @id\n v String? }", &flags(&["--allow lossy-type:T.v"])).unwrap();
    app.check_rows(&read, "a\nNULL");
}
