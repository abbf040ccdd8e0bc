//! What SQLite tells nowhere but in the text of `CREATE TABLE` and `CREATE INDEX`: collations,
//! names of constraints, expressions and conditions.

use crate::script::token::{Token, TokenKind, meaningful, tokens};

/// The collation that the column's definition names.
pub(super) fn collation(sql: &str, column: &str) -> Option<String> {
    let definition = definitions(sql)
        .into_iter()
        .find(|tokens| tokens.first().is_some_and(|first| first.name().eq_ignore_ascii_case(column)))?;
    let at = definition.iter().position(|token| token.is_word("COLLATE"))?;
    definition.get(at + 1).map(Token::name)
}

pub(super) fn is_autoincrement(sql: &str) -> bool {
    meaningful(sql).iter().any(|token| token.is_word("AUTOINCREMENT"))
}

/// The name of the foreign key on these columns.
pub(super) fn foreign_key_name(sql: &str, columns: &[String]) -> Option<String> {
    definitions(sql).into_iter().find_map(|tokens| {
        let is_named = tokens.first()?.is_word("CONSTRAINT");
        let at = tokens.iter().position(|token| token.is_word("FOREIGN"))?;
        let open = at + tokens.iter().skip(at).position(|token| token.is_symbol("("))?;
        let named: Vec<String> = tokens
            .iter()
            .skip(open + 1)
            .take_while(|token| !token.is_symbol(")"))
            .filter(|token| !token.is_symbol(","))
            .map(Token::name)
            .collect();
        (is_named && named == columns).then(|| tokens.get(1).map(Token::name)).flatten()
    })
}

/// The n-th key of an index, as written, without its order.
pub(super) fn index_key(sql: &str, number: usize) -> Option<String> {
    let tokens: Vec<Token<'_>> = tokens(sql);
    let open = tokens.iter().position(|token| token.is_symbol("("))?;
    let parts = split(tokens.get(open + 1..)?);
    let part = parts.get(number)?;
    let text: String = part.iter().map(|token| token.text).collect();
    let text = text.trim();
    let ordered = ["DESC", "ASC"].into_iter().find_map(|order| {
        let end = text.len().checked_sub(order.len())?;
        text.get(end..)?.eq_ignore_ascii_case(order).then(|| text.get(..end)).flatten()
    });
    Some(ordered.unwrap_or(text).trim().to_owned())
}

/// What follows `WHERE` in `CREATE INDEX`.
pub(super) fn index_condition(sql: &str) -> Option<String> {
    let mut depth = 0_i32;
    let mut rest = tokens(sql).into_iter().skip_while(|token| {
        depth += depth_change(token);
        depth > 0 || !token.is_word("WHERE")
    });
    rest.next()?;
    let text: String = rest.map(|token| token.text).collect();
    Some(text.trim().to_owned())
}

/// The parts between the outermost parentheses, without blanks.
fn definitions(sql: &str) -> Vec<Vec<Token<'_>>> {
    let all = meaningful(sql);
    let body: Vec<Token<'_>> = all.into_iter().skip_while(|token| !token.is_symbol("(")).skip(1).collect();
    split(&body)
}

/// Cuts at commas until the parenthesis closes.
fn split<'a>(body: &[Token<'a>]) -> Vec<Vec<Token<'a>>> {
    let mut parts = Vec::new();
    let mut current: Vec<Token<'a>> = Vec::new();
    let mut depth = 0_i32;
    for token in body {
        depth += depth_change(token);
        if depth < 0 {
            break;
        }
        if depth == 0 && token.is_symbol(",") {
            parts.push(std::mem::take(&mut current));
        } else {
            current.push(*token);
        }
    }
    if current.iter().any(|token| token.kind != TokenKind::Blank) {
        parts.push(current);
    }
    parts
}

fn depth_change(token: &Token<'_>) -> i32 {
    if token.is_symbol("(") {
        1
    } else if token.is_symbol(")") {
        -1
    } else {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "CREATE TABLE \"T\" (\"a\" DECIMALTEXT COLLATE purlin_decimal DEFAULT ('x,)'), b TEXT, \
                         CONSTRAINT \"T_b_fkey\" FOREIGN KEY (\"b\") REFERENCES u (id))";

    #[test]
    fn reads_what_pragmas_do_not_tell() {
        assert_eq!(collation(TABLE, "a").as_deref(), Some("purlin_decimal"));
        assert_eq!(collation(TABLE, "b"), None);
        assert_eq!(foreign_key_name(TABLE, &["b".to_owned()]).as_deref(), Some("T_b_fkey"));
        assert!(!is_autoincrement(TABLE));
    }

    #[test]
    fn reads_indexes() {
        let sql = "CREATE INDEX i ON t (json_extract(\"a\", '$.x'), \"b\" DESC) WHERE (\"c\" IS NULL)";
        assert_eq!(index_key(sql, 0).as_deref(), Some("json_extract(\"a\", '$.x')"));
        assert_eq!(index_key(sql, 1).as_deref(), Some("\"b\""));
        assert_eq!(index_condition(sql).as_deref(), Some("(\"c\" IS NULL)"));
        assert_eq!(index_condition("CREATE INDEX i ON t (a)"), None);
    }
}
