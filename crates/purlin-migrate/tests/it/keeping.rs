//! What a rebuilt table must keep: triggers, views, numbers once given, and values that fit.

use crate::app::{App, check_error, flags, nothing};

#[test]
fn triggers_and_views_survive_a_rebuild() {
    let mut app = App::new();
    app.dev("model T { id Int @id\n a Int? }\n model Log { id Int @id\n n Int }", &nothing()).unwrap();
    app.database.run(
        "CREATE TRIGGER log_t AFTER INSERT ON T BEGIN INSERT INTO Log VALUES (new.id, new.a); END;
         CREATE VIEW v AS SELECT a FROM T;
         INSERT INTO T VALUES (1, 10)",
    );
    app.dev(
        "model T { id Int @id\n a Int @default(0)\n b Int? }\n model Log { id Int @id\n n Int }",
        &nothing(),
    )
    .unwrap();
    app.database.run("INSERT INTO T (id, a) VALUES (2, 20)");
    app.check_rows("SELECT * FROM Log", "1|10\n2|20");
    app.check_rows("SELECT * FROM v", "10\n20");
}

#[test]
fn triggers_follow_a_rename_before_a_rebuild() {
    let mut app = App::new();
    app.dev("model T { id Int @id\n a Int? }", &nothing()).unwrap();
    app.database.run("CREATE TRIGGER up_t AFTER INSERT ON T BEGIN UPDATE T SET a = 7 WHERE id = new.id; END");
    let after =
        "model Thing { id Int @id\n amount Int @default(0) @renamedFrom(\"a\")\n @@renamedFrom(\"T\") }";
    app.dev(after, &nothing()).unwrap();
    app.database.run("INSERT INTO Thing (id) VALUES (1)");
    app.check_rows("SELECT amount FROM Thing", "7");
}

#[test]
fn a_trigger_that_no_longer_fits_is_named_and_nothing_happens() {
    let mut app = App::new();
    app.dev("model T { id Int @id\n a Int?\n b Int? }\n model U { id Int @id }", &nothing()).unwrap();
    app.database.run("CREATE TRIGGER count_t AFTER INSERT ON U BEGIN UPDATE T SET b = new.id; END");
    let after = "model T { id Int @id\n a Int @default(1) }\n model U { id Int @id }";
    check_error(
        app.dev(after, &nothing()),
        &["a trigger of \"U\" no longer fits", "rolled back", "no such column: b"],
    );
    app.check_rows("SELECT name FROM pragma_table_info('T')", "id\na\nb");
}

#[test]
fn numbers_are_not_given_twice() {
    let mut app = App::new();
    app.dev("model T { id Int @id @default(autoincrement())\n a Int? }", &nothing()).unwrap();
    app.database.run("INSERT INTO T (a) VALUES (1), (2), (3); DELETE FROM T");
    app.dev("model T { id Int @id @default(autoincrement())\n a Int @default(0) }", &nothing()).unwrap();
    app.database.run("INSERT INTO T (a) VALUES (4)");
    app.check_rows("SELECT id FROM T", "4");
}

#[test]
fn new_required_fields_are_filled_row_by_row() {
    let mut app = App::new();
    app.dev("model T { id Int @id }", &nothing()).unwrap();
    app.database.run("INSERT INTO T VALUES (1), (2), (3)");
    let text = "model T { id Int @id
        seven String @unique @default(uuid())
        four String @unique @default(uuid(4))
        cuid String @unique @default(cuid())
        nano String @unique @default(nanoid(9, format: \"n_%s\"))
        ulid String @unique @default(ulid())
        made String @unique @default(dbgenerated(\"gen_random_uuid()\"))
        touched DateTime @updatedAt }";
    app.dev(text, &nothing()).unwrap();
    let like =
        |column: &str, pattern: &str| format!("SELECT count(*) FROM T WHERE {column} GLOB '{pattern}'");
    let hex = |count: usize| "[0-9a-f]".repeat(count);
    let uuid =
        |version: &str| format!("{}-{}-{version}{}-[89ab]{}-{}", hex(8), hex(4), hex(3), hex(3), hex(12));
    app.check_rows(&like("seven", &uuid("7")), "3");
    app.check_rows(&like("four", &uuid("4")), "3");
    app.check_rows(&like("cuid", &format!("c{}", hex(24))), "3");
    app.check_rows(&like("nano", &format!("n_{}", hex(9))), "3");
    app.check_rows(&like("ulid", &format!("01{}", "[0-9A-HJKMNP-TV-Z]".repeat(24))), "3");
    app.check_rows(&like("touched", "2[0-9][0-9][0-9]-*T*.[0-9][0-9][0-9]Z"), "3");
    app.check_rows("SELECT count(DISTINCT made) FROM T", "3");
    // Its first 48 bits are the time in milliseconds.
    app.check_rows("SELECT count(*) FROM T WHERE substr(seven, 1, 4) BETWEEN '0196' AND '0300'", "3");
}

/// Type before, stored, type after, kept; `flag` where something is lost.
#[track_caller]
fn check_conversion(from: &str, stored: &str, to: &str, kept: &str, is_lossy: bool) {
    let mut app = App::new();
    app.dev(&format!("model T {{ id Int @id\n v {from}? }}"), &nothing()).unwrap();
    app.database.run(&format!("INSERT INTO T VALUES (1, {stored}), (2, NULL)"));
    let after = format!("model T {{ id Int @id\n v {to}? }}");
    let consent = if is_lossy {
        check_error(app.dev(&after, &nothing()), &["lossy-type"]);
        flags(&["--allow lossy-type:T.v"])
    } else {
        nothing()
    };
    app.dev(&after, &consent).unwrap();
    app.check_rows("SELECT typeof(v), v FROM T ORDER BY id", &format!("{kept}\nnull|NULL"));
}

#[test]
fn values_move_between_types() {
    for (from, stored, to, kept, is_lossy) in [
        ("Int", "12", "String", "text|12", false),
        ("String", "'12'", "Int", "integer|12", false),
        ("String", "'12a'", "Int", "integer|12", true),
        ("Int", "1", "Boolean", "integer|1", false),
        ("Int", "7", "Boolean", "integer|1", true),
        ("Boolean", "1", "String", "text|true", false),
        ("String", "'TRUE'", "Boolean", "integer|1", false),
        ("String", "'maybe'", "Boolean", "null|NULL", true),
        ("BigInt", "5000000000", "Int", "integer|5000000000", true),
        ("Float", "1.5", "Int", "integer|1", true),
        ("Float", "2.0", "Int", "integer|2", false),
        ("Float", "0.1", "Decimal", "text|0.1", false),
        ("Decimal", "'12.5'", "Float", "real|12.5", false),
        ("Decimal", "'12.5'", "String", "text|12.5", false),
        ("String", "'1.50'", "Decimal", "text|1.50", false),
        ("String", "'2026-01-31'", "DateTime", "text|2026-01-31T00:00:00.000Z", false),
        ("String", "'soon'", "DateTime", "null|NULL", true),
        ("DateTime", "'2026-01-31T00:00:00.000Z'", "String", "text|2026-01-31T00:00:00.000Z", false),
        ("String", "'a \"b\"'", "Json", "text|\"a \\\"b\\\"\"", false),
        ("String", "'{\"a\":1}'", "Json", "text|{\"a\":1}", false),
        ("Json", "'\"a\"'", "String", "text|a", false),
        ("Json", "'[1]'", "String", "text|[1]", false),
        ("Int", "3", "Json", "text|3", false),
        ("Json", "'3'", "Int", "integer|3", false),
        ("Json", "'{}'", "Int", "text|{}", true),
    ] {
        check_conversion(from, stored, to, kept, is_lossy);
    }
}

#[test]
fn one_value_becomes_a_list_and_back() {
    let mut app = App::new();
    app.dev("model T { id Int @id\n v String? }", &nothing()).unwrap();
    app.database.run("INSERT INTO T VALUES (1, 'a'), (2, NULL)");
    app.dev("model T { id Int @id\n v String[] }", &nothing()).unwrap();
    app.check_rows("SELECT v FROM T", "[\"a\"]\n[]");
    app.database.run("UPDATE T SET v = '[\"a\",\"b\"]' WHERE id = 1");
    check_error(app.dev("model T { id Int @id\n v String? }", &nothing()), &["lossy-type T.v: 1 row"]);
    app.dev("model T { id Int @id\n v String? }", &flags(&["--allow lossy-type:T.v"])).unwrap();
    app.check_rows("SELECT v FROM T", "a\nNULL");
}

#[test]
fn rows_keep_their_relations_through_renames_and_rebuilds() {
    let mut app = App::new();
    app.dev(
        "model Category { id Int @id\n posts Post[] }\n model Post { id Int @id\n title String?\n categories Category[] }",
        &nothing(),
    )
    .unwrap();
    app.database.run(
        "INSERT INTO Category VALUES (1), (2); INSERT INTO Post VALUES (10, 'x'); INSERT INTO _CategoryToPost VALUES (2, 10)",
    );
    app.dev(
        "model Category { id Int @id\n articles Article[] }\n\
         model Article { id Int @id\n title String @default(\"\")\n categories Category[]\n @@renamedFrom(\"Post\") }",
        &nothing(),
    )
    .unwrap();
    app.check_rows("SELECT A, B FROM _ArticleToCategory", "10|2");
    app.database.run("PRAGMA foreign_keys = ON; DELETE FROM Article");
    app.check_rows("SELECT count(*) FROM _ArticleToCategory", "0");
}

#[test]
fn stored_enum_names_follow_their_members() {
    let mut app = App::new();
    app.dev("enum E { A B }\n model T { id Int @id\n e E\n f E[] }", &nothing()).unwrap();
    app.database.run("INSERT INTO T VALUES (1, 'A', '[\"A\",\"B\"]'), (2, 'B', '[]')");
    app.dev("enum E { A @map(\"B\") B @map(\"A\") }\n model T { id Int @id\n e E\n f E[] }", &nothing())
        .unwrap();
    app.check_rows("SELECT e, f FROM T", "B|[\"B\",\"A\"]\nA|[]");
}
