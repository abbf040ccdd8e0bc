//! A script to its statements, and to the checksum that an edited comment does not change.

use sha2::{Digest, Sha256};

use super::token::{Token, TokenKind, meaningful, tokens};

/// The statements of a script, without their closing semicolons and without leading comments.
/// A semicolon inside quotes, comments or a trigger's body ends nothing.
pub fn statements(script: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut current: Vec<Token<'_>> = Vec::new();
    for token in tokens(script) {
        if token.is_symbol(";") && !is_inside_body(&current) {
            found.extend(finish(&current));
            current.clear();
        } else {
            current.push(token);
        }
    }
    found.extend(finish(&current));
    found
}

fn finish(tokens: &[Token<'_>]) -> Option<String> {
    let start = tokens.iter().position(|token| token.kind != TokenKind::Blank)?;
    let text: String = tokens.iter().skip(start).map(|token| token.text).collect();
    Some(text.trim_end().to_owned())
}

/// Whether the statement so far is a `CREATE TRIGGER` whose `BEGIN … END` is still open.
fn is_inside_body(statement: &[Token<'_>]) -> bool {
    let mut words = statement.iter().filter(|token| token.kind != TokenKind::Blank);
    let is_create = words.next().is_some_and(|token| token.is_word("CREATE"));
    let is_trigger = words.take(2).any(|token| token.is_word("TRIGGER"));
    if !is_create || !is_trigger {
        return false;
    }
    let mut depth = 0_i32;
    let mut has_body = false;
    for token in statement {
        if token.is_word("BEGIN") || (has_body && token.is_word("CASE")) {
            has_body = true;
            depth += 1;
        } else if has_body && token.is_word("END") {
            depth -= 1;
        }
    }
    !has_body || depth > 0
}

/// SHA-256 over the statements' tokens: comments and spacing do not count.
pub fn checksum(script: &str) -> String {
    let mut text = String::new();
    for token in meaningful(script) {
        text.push_str(token.text);
        text.push(' ');
    }
    sha256(&text)
}

pub(crate) fn sha256(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().fold(String::with_capacity(64), |mut hex, byte| {
        for nibble in [byte >> 4, byte & 15] {
            hex.extend(char::from_digit(u32::from(nibble), 16));
        }
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(script: &str, expected: &[&str]) {
        assert_eq!(statements(script), expected);
    }

    #[test]
    fn splits_where_statements_end() {
        check("-- first\na; b ;\n\n-- last\n", &["a", "b"]);
        check("insert into t values (';'); /* ; */ select 1", &["insert into t values (';')", "select 1"]);
        check(
            "create trigger x after insert on t begin update t set a = case when 1 then 2 end; delete from u; end; select 1;",
            &[
                "create trigger x after insert on t begin update t set a = case when 1 then 2 end; delete from u; end",
                "select 1",
            ],
        );
        check(
            "create temp trigger x after insert on t begin select 1; end",
            &["create temp trigger x after insert on t begin select 1; end"],
        );
        check(" ; ;", &[]);
    }

    #[test]
    fn comments_do_not_change_the_checksum() {
        let plain = checksum("CREATE TABLE t (a TEXT);");
        assert_eq!(plain, checksum("-- why\nCREATE   TABLE t\n(a TEXT /* x */);\n"));
        assert_ne!(plain, checksum("CREATE TABLE t (b TEXT);"));
        assert_ne!(checksum("select 'a  b'"), checksum("select 'a b'"));
    }
}
