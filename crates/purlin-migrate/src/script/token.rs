//! SQL text to tokens, as far as every engine agrees on them: quoted text, comments, words.
//! It never fails: what it does not know is one symbol, and an open quote ends with the text.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// Spaces and comments.
    Blank,
    /// A keyword, a name or a number.
    Word,
    /// `"name"`, `` `name` `` or `[name]`.
    Quoted,
    /// `'text'`, `x'00'` or `$tag$text$tag$`.
    Text,
    Symbol,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    pub(crate) kind: TokenKind,
    pub(crate) text: &'a str,
}

impl Token<'_> {
    pub(crate) fn is_word(&self, word: &str) -> bool {
        self.kind == TokenKind::Word && self.text.eq_ignore_ascii_case(word)
    }

    pub(crate) fn is_symbol(&self, symbol: &str) -> bool {
        self.kind == TokenKind::Symbol && self.text == symbol
    }

    /// The name that an identifier stands for: without its quotes, doubled ones made single.
    pub(crate) fn name(&self) -> String {
        let inner = || {
            let mut characters = self.text.chars();
            characters.next();
            characters.next_back();
            characters.as_str()
        };
        match (self.kind, self.text.chars().next()) {
            (TokenKind::Quoted, Some('"')) => inner().replace("\"\"", "\""),
            (TokenKind::Quoted, Some('`')) => inner().replace("``", "`"),
            (TokenKind::Quoted, Some('[')) => inner().to_owned(),
            _ => self.text.to_owned(),
        }
    }
}

pub(crate) fn tokens(sql: &str) -> Vec<Token<'_>> {
    let mut found = Vec::new();
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let (kind, length) = measure(rest, first);
        let (text, after) = rest.split_at(length);
        found.push(Token { kind, text });
        rest = after;
    }
    found
}

/// Without spaces and comments.
pub(crate) fn meaningful(sql: &str) -> Vec<Token<'_>> {
    tokens(sql).into_iter().filter(|token| token.kind != TokenKind::Blank).collect()
}

fn measure(rest: &str, first: char) -> (TokenKind, usize) {
    match first {
        _ if first.is_whitespace() => (TokenKind::Blank, run(rest, char::is_whitespace)),
        '-' if rest.starts_with("--") => (TokenKind::Blank, rest.find('\n').unwrap_or(rest.len())),
        '/' if rest.starts_with("/*") => (TokenKind::Blank, through(rest, 2, "*/")),
        '\'' => (TokenKind::Text, quoted(rest, 1, '\'')),
        'x' | 'X' if rest.get(1..2) == Some("'") => (TokenKind::Text, quoted(rest, 2, '\'')),
        '"' | '`' => (TokenKind::Quoted, quoted(rest, 1, first)),
        '[' => (TokenKind::Quoted, through(rest, 1, "]")),
        '$' => match dollar_tag(rest) {
            Some(tag) => (TokenKind::Text, through(rest, tag.len(), tag)),
            None => (TokenKind::Symbol, 1),
        },
        _ if is_word(first) => (TokenKind::Word, run(rest, is_word)),
        _ => (TokenKind::Symbol, first.len_utf8()),
    }
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

fn run(text: &str, belongs: impl Fn(char) -> bool) -> usize {
    text.find(|character| !belongs(character)).unwrap_or(text.len())
}

/// Up to and including `end`, looked for behind the first `skip` bytes.
fn through(text: &str, skip: usize, end: &str) -> usize {
    text.get(skip..).and_then(|rest| rest.find(end)).map_or(text.len(), |at| skip + at + end.len())
}

/// Up to and including the closing quote; a doubled quote is part of the text.
fn quoted(text: &str, skip: usize, quote: char) -> usize {
    let mut characters = text.char_indices().skip_while(|(at, _)| *at < skip).peekable();
    while let Some((at, character)) = characters.next() {
        if character == quote && characters.next_if(|(_, next)| *next == quote).is_none() {
            return at + quote.len_utf8();
        }
    }
    text.len()
}

/// `$$` or `$tag$` at the start of the text.
fn dollar_tag(text: &str) -> Option<&str> {
    let inner = text.get(1..)?;
    let length = run(inner, is_word);
    let is_number = inner.starts_with(|character: char| character.is_ascii_digit());
    (inner.get(length..)?.starts_with('$') && !is_number).then(|| text.get(..length + 2)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(sql: &str, expected: &[&str]) {
        let found: Vec<&str> = meaningful(sql).iter().map(|token| token.text).collect();
        assert_eq!(found, expected);
        assert_eq!(tokens(sql).iter().map(|token| token.text).collect::<String>(), sql);
    }

    #[test]
    fn cuts_text_into_tokens() {
        check(
            "select a, 'it''s' -- why\nfrom \"t\"\"x\"",
            &["select", "a", ",", "'it''s'", "from", "\"t\"\"x\""],
        );
        check("/* a; b */ x'0A' [a b] `c`", &["x'0A'", "[a b]", "`c`"]);
        check("$$a;b$$ $f$ $$ $f$ $1", &["$$a;b$$", "$f$ $$ $f$", "$", "1"]);
        check("'open", &["'open"]);
        check("é=ü", &["é", "=", "ü"]);
    }

    #[test]
    fn unquotes_names() {
        for (text, name) in [("\"a\"\"b\"", "a\"b"), ("`a`", "a"), ("[a b]", "a b"), ("plain", "plain")] {
            assert_eq!(meaningful(text).first().map(Token::name).as_deref(), Some(name));
        }
    }
}
