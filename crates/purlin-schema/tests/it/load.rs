//! Reading schemas from the disk, and what is said of imports.

use std::fs;
use std::path::Path;

use purlin_schema::{compile, load};

fn write(root: &Path, files: &[(&str, &str)]) {
    for (name, text) in files {
        let path = root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

fn names(root: &Path, files: &[purlin_schema::SourceFile]) -> Vec<String> {
    let root = format!("{}/", root.display());
    files.iter().map(|file| file.name.replace(&root, "")).collect()
}

#[test]
fn imports_are_followed_once_also_in_cycles() {
    let folder = tempfile::tempdir().unwrap();
    write(
        folder.path(),
        &[
            (
                "schema.zmodel",
                "import './models/user'\nimport './base'\nmodel A with B {\n id Int @id\n user User @relation(fields: [userId], references: [id])\n userId Int\n}\n",
            ),
            (
                "models/user.zmodel",
                "import '../schema'\nimport \"../base.zmodel\"\nmodel User {\n id Int @id\n as A[]\n}\n",
            ),
            ("base.zmodel", "type B {\n createdAt DateTime @default(now())\n}\n"),
        ],
    );
    let files = load(&folder.path().join("schema.zmodel")).unwrap();
    assert_eq!(names(folder.path(), &files), ["schema.zmodel", "models/user.zmodel", "base.zmodel"]);
    let compiled = compile(files);
    assert_eq!(compiled.diagnostics, []);
    assert_eq!(compiled.schema.unwrap().models.len(), 2);
}

#[test]
fn a_folder_is_one_schema() {
    let folder = tempfile::tempdir().unwrap();
    write(
        folder.path(),
        &[
            (
                "b.prisma",
                "model B {\n id Int @id\n a A @relation(fields: [aId], references: [id])\n aId Int\n}\n",
            ),
            ("a.zmodel", "model A {\n id Int @id\n bs B[]\n}\n"),
            ("notes.txt", "not a schema"),
        ],
    );
    let files = load(folder.path()).unwrap();
    assert_eq!(names(folder.path(), &files), ["a.zmodel", "b.prisma"]);
    assert_eq!(compile(files).diagnostics, []);
}

#[test]
fn a_missing_import_is_shown_where_it_is_written() {
    let folder = tempfile::tempdir().unwrap();
    write(
        folder.path(),
        &[("schema.zmodel", "import './nowhere'\nimport '@acme/models'\nmodel A {\n id Int @id\n}\n")],
    );
    let compiled = compile(load(&folder.path().join("schema.zmodel")).unwrap());
    let codes: Vec<&str> = compiled.diagnostics.iter().map(|it| it.code.id).collect();
    assert_eq!(codes, ["E0107", "W0102"]);
}

#[test]
fn what_cannot_be_read_says_why() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &[("empty/readme.md", "")]);
    fs::write(folder.path().join("binary.prisma"), [0xff, 0xfe, 0x00]).unwrap();
    fs::write(folder.path().join("huge.prisma"), vec![b' '; 17 << 20]).unwrap();
    let rows = [
        ("none.prisma", "there is no schema at"),
        ("empty", "holds no .zmodel or .prisma file"),
        ("binary.prisma", "is not text"),
        ("huge.prisma", "at most 16"),
    ];
    for (name, message) in rows {
        let error = load(&folder.path().join(name)).unwrap_err().to_string();
        assert!(error.contains(message), "{name}: {error}");
    }
}
