//! `lib.rs` and `mod.rs` are an index: documentation, modules and re-exports, no logic.

use crate::report::Report;
use crate::source::SourceFile;

const LOGIC: &[&str] = &["fn ", "async fn ", "const fn ", "impl ", "impl<"];

pub(super) fn check(file: &SourceFile, report: &mut Report) {
    let is_index = ["/lib.rs", "/mod.rs"].iter().any(|name| file.path.ends_with(name));
    if is_index && !file.is_test() && has_logic(&file.text) {
        report.warning(format!("{}: has logic; move it into a file named by its idea", file.path));
    }
}

fn has_logic(text: &str) -> bool {
    text.lines().take_while(|line| *line != "#[cfg(test)]").any(|line| {
        let item = line.strip_prefix("pub(crate) ").or(line.strip_prefix("pub ")).unwrap_or(line);
        LOGIC.iter().any(|start| item.starts_with(start))
    })
}

#[cfg(test)]
mod tests {
    use super::has_logic;

    #[test]
    fn tells_an_index_from_code() {
        for (text, expected) in [
            ("//! Docs.\n\nmod a;\npub use a::A;\n", false),
            ("pub enum A { B }\n", false),
            ("pub fn a() {}\n", true),
            ("impl A {\n}\n", true),
            ("mod a;\n#[cfg(test)]\nmod tests {\nfn a() {}\n}\n", false),
        ] {
            assert_eq!(has_logic(text), expected, "{text}");
        }
    }
}
