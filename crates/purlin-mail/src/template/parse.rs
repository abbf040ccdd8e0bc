//! The text of a template to its pieces: `{{name}}`, `{{#if name}} … {{else}} … {{/if}}`. Nothing else
//! stands in double braces, so that a slip is found at the start and not in somebody's mail.

use super::values::PLACEHOLDERS;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Text(String),
    Value(&'static str),
    /// Whether there is a value.
    If {
        name: &'static str,
        then: Vec<Piece>,
        otherwise: Vec<Piece>,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mistake {
    pub(super) line: usize,
    pub(super) message: String,
}

/// An `{{#if}}` that waits for its end.
struct Open {
    name: &'static str,
    line: usize,
    then: Vec<Piece>,
    otherwise: Option<Vec<Piece>>,
}

/// All mistakes at once.
pub(super) fn parse(text: &str) -> Result<Vec<Piece>, Vec<Mistake>> {
    let mut parser = Parser { done: Vec::new(), open: Vec::new(), mistakes: Vec::new(), line: 1 };
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        parser.text(before);
        let Some((tag, after)) = after.split_once("}}").filter(|(tag, _)| !tag.contains('\n')) else {
            parser.mistake("`{{` is not closed on its line: write {{name}}".to_owned());
            rest = after;
            continue;
        };
        parser.tag(tag.trim());
        rest = after;
    }
    parser.text(rest);
    while let Some(open) = parser.open.pop() {
        let message = format!("{{{{#if {}}}}} has no {{{{/if}}}}", open.name);
        parser.mistakes.push(Mistake { line: open.line, message });
    }
    if parser.mistakes.is_empty() { Ok(parser.done) } else { Err(parser.mistakes) }
}

struct Parser {
    done: Vec<Piece>,
    open: Vec<Open>,
    mistakes: Vec<Mistake>,
    line: usize,
}

impl Parser {
    fn mistake(&mut self, message: String) {
        self.mistakes.push(Mistake { line: self.line, message });
    }

    fn text(&mut self, text: &str) {
        self.line += text.matches('\n').count();
        if !text.is_empty() {
            self.push(Piece::Text(text.to_owned()));
        }
    }

    fn push(&mut self, piece: Piece) {
        match self.open.last_mut() {
            None => self.done.push(piece),
            Some(Open { otherwise: Some(otherwise), .. }) => otherwise.push(piece),
            Some(Open { then, .. }) => then.push(piece),
        }
    }

    fn tag(&mut self, tag: &str) {
        if let Some(name) = tag.strip_prefix("#if ") {
            // Also an unknown name opens, or its end would be a second mistake.
            let name = self.known(name.trim()).unwrap_or("");
            self.open.push(Open { name, line: self.line, then: Vec::new(), otherwise: None });
            return;
        }
        match tag {
            "else" => match self.open.last_mut() {
                Some(open) if open.otherwise.is_none() => open.otherwise = Some(Vec::new()),
                Some(_) => self.mistake("a second {{else}}".to_owned()),
                None => self.mistake("{{else}} without {{#if}}".to_owned()),
            },
            "/if" => match self.open.pop() {
                Some(Open { name, then, otherwise, .. }) => {
                    self.push(Piece::If { name, then, otherwise: otherwise.unwrap_or_default() });
                }
                None => self.mistake("{{/if}} without {{#if}}".to_owned()),
            },
            name => {
                if let Some(name) = self.known(name) {
                    self.push(Piece::Value(name));
                }
            }
        }
    }

    fn known(&mut self, name: &str) -> Option<&'static str> {
        let found = PLACEHOLDERS.iter().copied().find(|known| *known == name);
        if found.is_none() {
            let message =
                format!("there is no placeholder {{{{{name}}}}}: there are {}", PLACEHOLDERS.join(", "));
            self.mistake(message);
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn every_mistake_is_named_with_its_line() {
        for (text, expected) in [
            (
                "Hello {{name}}, {{ code }}{{#if url}}{{url}}{{else}}-{{#if app}}{{/if}}{{/if}} { } }}",
                &[][..],
            ),
            (
                "a\n{{nmae}}\n{{#if ulr}}x{{/if}}",
                &["2: there is no placeholder {{nmae}}", "3: there is no placeholder {{ulr}}"],
            ),
            ("{{{name}}}", &["1: there is no placeholder {{{name}}"]),
            ("{{name\n}}", &["1: `{{` is not closed"]),
            ("\n{{", &["2: `{{` is not closed"]),
            ("{{}}", &["1: there is no placeholder"]),
            ("{{else}}{{/if}}", &["1: {{else}} without", "1: {{/if}} without"]),
            ("{{#if url}}\n{{else}}{{else}}", &["2: a second {{else}}", "1: {{#if url}} has no {{/if}}"]),
            ("{{#each url}}", &["1: there is no placeholder {{#each url}}"]),
        ] {
            let found = parse(text).err().unwrap_or_default();
            assert_eq!(found.len(), expected.len(), "{text:?}: {found:?}");
            for (found, expected) in found.iter().zip(expected) {
                let line = format!("{}: {}", found.line, found.message);
                assert!(line.starts_with(expected), "{text:?}: {line}");
            }
        }
    }
}
