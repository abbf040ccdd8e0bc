//! The parser: what it reports, and that it keeps reading after a problem.

use purlin_schema::{SourceFile, parse};

use crate::case_files::check_folder;

/// The diagnostics, then the outline of all that was understood.
fn outcome(name: &str, text: &str) -> String {
    let parsed = parse(vec![SourceFile::new(name, text)]);
    let mut out = String::new();
    for diagnostic in &parsed.diagnostics {
        out.push_str(&diagnostic.render(&parsed.sources));
    }
    for document in &parsed.documents {
        for declaration in &document.declarations {
            out.push_str(&outline(declaration));
        }
    }
    out
}

fn outline(declaration: &purlin_schema::ast::Declaration) -> String {
    use purlin_schema::ast::Declaration as D;
    let (kind, name, parts): (&str, &str, Vec<String>) = match declaration {
        D::Config(it) => ("config", &it.name.text, it.settings.iter().map(|s| s.name.text.clone()).collect()),
        D::Model(it) => {
            let fields = it.fields().map(|f| {
                let names: Vec<_> = f.attributes.iter().map(|a| format!(" @{}", a.name.text)).collect();
                format!("{} {}{}", f.name.text, f.ty.name.text, names.concat())
            });
            let attributes = it.attributes().map(|a| format!("@@{}/{}", a.name.text, a.args.len()));
            ("model", &it.name.text, fields.chain(attributes).collect())
        }
        D::Enum(it) => ("enum", &it.name.text, it.values.iter().map(|v| v.name.text.clone()).collect()),
        D::Function(it) => {
            ("function", &it.name.text, it.params.iter().map(|p| p.name.text.clone()).collect())
        }
        D::Attribute(it) => {
            ("attribute", &it.name.text, it.params.iter().map(|p| p.name.text.clone()).collect())
        }
        D::Procedure(it) => {
            ("procedure", &it.name.text, it.params.iter().map(|p| p.name.text.clone()).collect())
        }
    };
    format!("{kind} {name}: {}\n", parts.join(", "))
}

#[test]
fn case_files() {
    check_folder("parse", outcome);
}

#[test]
fn deep_nesting_is_refused_without_harm() {
    let shapes: [(&str, &str); 6] =
        [("(", ")"), ("[", "]"), ("!", ""), ("f(", ")"), ("a?[", "]"), ("a.", "")];
    for (open, close) in shapes {
        let rule = format!("{}x{}", open.repeat(100_000), close.repeat(100_000));
        let text =
            format!("model A {{\n  id Int @id\n  @@allow('all', {rule})\n}}\nmodel B {{\n  id Int @id\n}}\n");
        let parsed = parse(vec![SourceFile::new("deep.zmodel", text)]);
        assert!(parsed.diagnostics.iter().any(|it| it.code.id == "E0009"), "{open}");
    }
}

#[test]
fn long_rules_are_not_deep() {
    let rule = vec!["a == 1"; 50_000].join(" || ");
    let text = format!("model A {{\n  id Int @id\n  @@allow('all', {rule})\n}}\n");
    let parsed = parse(vec![SourceFile::new("long.zmodel", text)]);
    assert_eq!(parsed.diagnostics, []);
}

#[test]
fn anything_else_is_answered_briefly() {
    let texts = [
        "",
        "\u{feff}",
        "\0\0\0\u{1}",
        "SELECT * FROM users;",
        "{\"a\": [1, 2, {\"b\": null}]}",
        "<html><body>x</body></html>",
    ];
    for text in texts {
        let parsed = parse(vec![SourceFile::new("x.prisma", text)]);
        assert!(parsed.diagnostics.len() <= 10, "{text:?}: {:#?}", parsed.diagnostics);
        assert_eq!(parsed.diagnostics.is_empty(), text.trim_start_matches('\u{feff}').is_empty(), "{text:?}");
    }
}

#[test]
fn json_names_the_place() {
    let parsed = parse(vec![SourceFile::new("a.prisma", "model A {\n  id\n}\n")]);
    let json = parsed.diagnostics[0].to_json(&parsed.sources);
    assert_eq!(json["code"], "E0011");
    assert_eq!(json["span"]["file"], "a.prisma");
    assert_eq!(json["span"]["start"]["line"], 2);
    assert_eq!(json["span"]["start"]["column"], 3);
    assert_eq!(json["span"]["end"]["column"], 5);
}
