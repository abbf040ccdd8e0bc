//! Text to tokens. Nothing is lost: comments are tokens, and each token knows how many
//! newlines stand before it, so that the formatter can work from tokens alone. Any text
//! lexes; what is not part of the language becomes `Unknown` with a diagnostic.

use crate::diagnostic::{Diagnostic, codes};
use crate::source::{FileId, Span};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenKind {
    Ident,
    Number,
    String,
    /// `//`
    LineComment,
    /// `///`
    DocComment,
    /// `/* */`
    BlockComment,
    At,
    AtAt,
    AtAtAt,
    LeftBrace,
    RightBrace,
    LeftParen,
    RightParen,
    LeftBracket,
    RightBracket,
    Comma,
    Colon,
    Semicolon,
    Dot,
    Equals,
    EqualEqual,
    NotEqual,
    Bang,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    AndAnd,
    OrOr,
    Question,
    Caret,
    Unknown,
    Eof,
}

impl TokenKind {
    pub fn is_comment(self) -> bool {
        matches!(self, TokenKind::LineComment | TokenKind::DocComment | TokenKind::BlockComment)
    }

    pub fn is_opener(self) -> bool {
        matches!(self, TokenKind::LeftBrace | TokenKind::LeftParen | TokenKind::LeftBracket)
    }

    pub fn is_closer(self) -> bool {
        matches!(self, TokenKind::RightBrace | TokenKind::RightParen | TokenKind::RightBracket)
    }
}

#[derive(Debug, Clone, Copy)]
pub struct Token {
    pub kind: TokenKind,
    pub span: Span,
    /// Newlines in the white space before this token.
    pub newlines_before: u32,
}

/// Splits a text; the last token is always `Eof`.
pub fn lex(file: FileId, text: &str, diagnostics: &mut Vec<Diagnostic>) -> Vec<Token> {
    let mut lexer =
        Lexer { file, text, position: if text.starts_with('\u{feff}') { 3 } else { 0 }, diagnostics };
    let mut tokens = Vec::with_capacity(text.len() / 5 + 1);
    loop {
        let newlines_before = lexer.skip_space();
        let start = lexer.position;
        let kind = lexer.token();
        tokens.push(Token { kind, span: lexer.span(start), newlines_before });
        if kind == TokenKind::Eof {
            return tokens;
        }
    }
}

struct Lexer<'a> {
    file: FileId,
    text: &'a str,
    position: usize,
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.position..).unwrap_or("")
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn span(&self, start: usize) -> Span {
        Span::new(self.file, start, self.position)
    }

    fn take_while(&mut self, accept: impl Fn(char) -> bool) {
        let rest = self.rest();
        self.position += rest.find(|c| !accept(c)).unwrap_or(rest.len());
    }

    /// A lone carriage return also counts as a newline, as in files of old editors.
    fn skip_space(&mut self) -> u32 {
        let start = self.position;
        self.take_while(char::is_whitespace);
        let space = self.text.get(start..self.position).unwrap_or("");
        let newlines = space.replace("\r\n", "\n").matches(['\n', '\r']).count();
        u32::try_from(newlines).unwrap_or(u32::MAX)
    }

    fn token(&mut self) -> TokenKind {
        const SYMBOLS: &[(&str, TokenKind)] = &[
            ("@@@", TokenKind::AtAtAt),
            ("@@", TokenKind::AtAt),
            ("==", TokenKind::EqualEqual),
            ("!=", TokenKind::NotEqual),
            ("<=", TokenKind::LessEqual),
            (">=", TokenKind::GreaterEqual),
            ("&&", TokenKind::AndAnd),
            ("||", TokenKind::OrOr),
            ("@", TokenKind::At),
            ("{", TokenKind::LeftBrace),
            ("}", TokenKind::RightBrace),
            ("(", TokenKind::LeftParen),
            (")", TokenKind::RightParen),
            ("[", TokenKind::LeftBracket),
            ("]", TokenKind::RightBracket),
            (",", TokenKind::Comma),
            (":", TokenKind::Colon),
            (";", TokenKind::Semicolon),
            (".", TokenKind::Dot),
            ("=", TokenKind::Equals),
            ("!", TokenKind::Bang),
            ("<", TokenKind::Less),
            (">", TokenKind::Greater),
            ("?", TokenKind::Question),
            ("^", TokenKind::Caret),
        ];
        let Some(first) = self.peek() else {
            return TokenKind::Eof;
        };
        let rest = self.rest();
        if rest.starts_with("/*") {
            return self.block_comment();
        }
        if rest.starts_with("//") {
            return self.line_comment();
        }
        if let Some(&(symbol, kind)) = SYMBOLS.iter().find(|(s, _)| rest.starts_with(s)) {
            self.position += symbol.len();
            return kind;
        }
        match first {
            '"' | '\'' => self.string(first),
            '0'..='9' => self.number_or_ident(),
            '-' | '+' if rest.chars().nth(1).is_some_and(|c| c.is_ascii_digit()) => {
                self.position += 1;
                self.number_or_ident()
            }
            c if c.is_alphabetic() || c == '_' => self.ident(),
            _ => self.unknown(),
        }
    }

    fn line_comment(&mut self) -> TokenKind {
        let is_doc = self.rest().starts_with("///");
        self.take_while(|c| c != '\n' && c != '\r');
        if is_doc { TokenKind::DocComment } else { TokenKind::LineComment }
    }

    fn block_comment(&mut self) -> TokenKind {
        let start = self.position;
        if let Some(end) = self.rest().find("*/") {
            self.position += end + 2;
        } else {
            self.position = self.text.len();
            let open = Span::new(self.file, start, start + 2);
            self.diagnostics.push(
                Diagnostic::error(codes::UNTERMINATED_COMMENT, open, "this comment has no end")
                    .help("close it with `*/`"),
            );
        }
        TokenKind::BlockComment
    }

    fn string(&mut self, quote: char) -> TokenKind {
        let start = self.position;
        self.position += 1;
        loop {
            match self.peek() {
                Some('\\') => {
                    self.position += 1;
                    match self.peek() {
                        None | Some('\n' | '\r') => {}
                        Some(c) => self.position += c.len_utf8(),
                    }
                }
                Some(c) if c == quote => {
                    self.position += 1;
                    return TokenKind::String;
                }
                Some('\n' | '\r') | None => break,
                Some(c) => self.position += c.len_utf8(),
            }
        }
        let span = self.span(start);
        self.diagnostics.push(
            Diagnostic::error(codes::UNTERMINATED_STRING, span, "this string is not closed on its line")
                .help(format!("close it with {quote}; a line break is written `\\n`")),
        );
        TokenKind::String
    }

    /// `12`, `1.5`; but `1_DAY` and `2FA` are names, which some enums have.
    fn number_or_ident(&mut self) -> TokenKind {
        self.take_while(|c| c.is_ascii_digit());
        if self.peek().is_some_and(is_ident) {
            self.ident();
            return TokenKind::Ident;
        }
        let mut ahead = self.rest().chars();
        if ahead.next() == Some('.') && ahead.next().is_some_and(|c| c.is_ascii_digit()) {
            self.position += 1;
            self.take_while(|c| c.is_ascii_digit());
        }
        TokenKind::Number
    }

    /// A hyphen joins two parts of a name, as in `binary-target`.
    fn ident(&mut self) -> TokenKind {
        loop {
            self.take_while(is_ident);
            let mut ahead = self.rest().chars();
            if ahead.next() == Some('-') && ahead.next().is_some_and(is_ident) {
                self.position += 1;
            } else {
                return TokenKind::Ident;
            }
        }
    }

    fn unknown(&mut self) -> TokenKind {
        let start = self.position;
        self.take_while(|c| {
            !c.is_whitespace() && !is_ident(c) && (!c.is_ascii_punctuation() || "#$%&*+-/\\`|~".contains(c))
        });
        if self.position == start {
            self.position += self.peek().map_or(1, char::len_utf8);
        }
        let span = self.span(start);
        let text: String = self.text.get(start..self.position).unwrap_or("").chars().take(20).collect();
        let help = match text.as_str() {
            "&" => Some("write `&&` for “and”"),
            "|" => Some("write `||` for “or”"),
            "#" => Some("comments start with `//`"),
            "“" | "”" | "‘" | "’" => Some("use straight quotes"),
            _ => None,
        };
        self.diagnostics.push(
            Diagnostic::error(
                codes::UNEXPECTED_CHARACTER,
                span,
                format!("`{}` has no meaning here", text.escape_debug()),
            )
            .maybe_help(help.map(str::to_owned)),
        );
        TokenKind::Unknown
    }
}

fn is_ident(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}
