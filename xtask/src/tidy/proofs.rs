//! `docs/security.md` names the test of each attack: a link whose text is a scenario or a function of its file.

use crate::report::Report;
use crate::source::SourceFile;

const PAGE: &str = "docs/security.md";

pub(super) fn check(files: &[SourceFile], report: &mut Report) {
    let Some(page) = files.iter().find(|file| file.path == PAGE) else {
        report.error(format!("{PAGE}: is gone"));
        return;
    };
    for (name, path) in page.text.lines().filter(|line| line.starts_with('|')).flat_map(links) {
        let found = files.iter().find(|file| path.strip_prefix("../") == Some(file.path.as_str()));
        match found {
            None => report.error(format!("{PAGE}: there is no {path}")),
            Some(file) if !holds(file, name) => {
                report.error(format!("{PAGE}: {path} has no test {name:?}"));
            }
            Some(_) => {}
        }
    }
}

/// `[name](path)`.
fn links(line: &str) -> Vec<(&str, &str)> {
    let parts = line.split('[').skip(1);
    parts
        .filter_map(|part| part.split_once("]("))
        .filter_map(|(name, rest)| rest.split_once(')').map(|(path, _)| (name, path)))
        .collect()
}

fn holds(file: &SourceFile, name: &str) -> bool {
    if file.is_rust() {
        return file.text.contains(&format!("fn {name}("));
    }
    let cases: Vec<serde_json::Value> = serde_json::from_str(&file.text).unwrap_or_default();
    cases.iter().any(|case| case["name"] == name)
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::report::Report;
    use crate::source::SourceFile;

    #[test]
    fn a_test_that_is_gone_is_an_error() {
        let file = |path: &str, text: &str| SourceFile { path: path.to_owned(), text: text.to_owned() };
        let page = "| attack | test |\n| a | [one](../a.json) · [two](../a.json) |\n| b | [three](../b.rs) |\n\
            | c | [four](../b.rs) · [five](../c.rs) |\n[words](elsewhere)\n";
        let files = [
            file("docs/security.md", page),
            file("a.json", r#"[{"name": "one"}, {"name": "not two"}]"#),
            file("b.rs", "fn three() {}\nfn fourteen() {}\n"),
        ];
        let mut report = Report::default();
        check(&files, &mut report);
        let expected = [
            "docs/security.md: ../a.json has no test \"two\"",
            "docs/security.md: ../b.rs has no test \"four\"",
            "docs/security.md: there is no ../c.rs",
        ];
        assert_eq!(report.errors(), expected);
    }
}
