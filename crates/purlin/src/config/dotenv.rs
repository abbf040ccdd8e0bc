//! The `.env` file: `NAME=value` lines, comments, `export`, and quotes.
//! Double quotes know `\n \r \t \" \\`; single quotes are literal; both may span lines.
//! Nothing is expanded: `$` is an ordinary character.

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) line: usize,
    pub(super) name: String,
    pub(super) value: String,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mistake {
    pub(super) line: usize,
    pub(super) message: String,
}

/// Reads every entry; a line that cannot be read is a mistake and the next is tried.
pub(super) fn parse(text: &str) -> (Vec<Entry>, Vec<Mistake>) {
    let mut entries = Vec::new();
    let mut mistakes = Vec::new();
    let mut rest = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut line = 1;
    while !rest.is_empty() {
        let (read, length) = statement(rest);
        let (taken, after) = rest.split_at(length.min(rest.len()));
        match read {
            Ok(Some((name, value))) => entries.push(Entry { line, name, value }),
            Ok(None) => {}
            Err(message) => mistakes.push(Mistake { line, message }),
        }
        line += taken.matches('\n').count();
        rest = after;
    }
    (entries, mistakes)
}

type Read = Result<Option<(String, String)>, String>;

/// Reads one statement and says how many bytes it took, its line end included.
fn statement(text: &str) -> (Read, usize) {
    let line_length = text.find('\n').map_or(text.len(), |at| at + 1);
    let line = text.get(..line_length).unwrap_or(text);
    let content = line.trim();
    if content.is_empty() || content.starts_with('#') {
        return (Ok(None), line_length);
    }
    let Some((before, _)) = line.split_once('=') else {
        return (Err("is not of the form NAME=value".to_owned()), line_length);
    };
    let name = before.trim();
    let name = name.strip_prefix("export ").unwrap_or(name).trim();
    if !is_name(name) {
        let message = "the name before `=` may hold letters, digits and _, and no digit first";
        return (Err(message.to_owned()), line_length);
    }
    let after = text.get(before.len() + 1..).unwrap_or_default();
    let value = after.trim_start_matches([' ', '\t']);
    let start = text.len() - value.len();
    match value.chars().next().filter(|first| matches!(first, '"' | '\'')) {
        Some(quote) => {
            let body = value.get(1..).unwrap_or_default();
            let (read, length) = quoted_value(name, body, quote);
            // A value without an end is skipped with its line alone.
            (read, length.map_or(line_length, |length| start + 1 + length))
        }
        None => (Ok(Some((name.to_owned(), plain_value(value)))), line_length),
    }
}

/// An unquoted value ends at its line's end or at ` #`.
fn plain_value(value: &str) -> String {
    let value = value.split('\n').next().unwrap_or_default();
    let value = value.find(" #").and_then(|at| value.get(..at)).unwrap_or(value);
    if value.starts_with('#') { String::new() } else { value.trim().to_owned() }
}

/// What stands behind the opening quote, to the end of the line on which it closes.
fn quoted_value(name: &str, body: &str, quote: char) -> (Read, Option<usize>) {
    let Some((value, length)) = quoted(body, quote) else {
        return (Err(format!("the value of {name} has no closing {quote}")), None);
    };
    let after = body.get(length..).unwrap_or_default();
    let tail = after.split('\n').next().unwrap_or_default();
    let end = (length + tail.len() + 1).min(body.len());
    if !tail.trim().is_empty() && !tail.trim_start().starts_with('#') {
        return (Err(format!("there is text after the closing {quote} of {name}")), Some(end));
    }
    (Ok(Some((name.to_owned(), value))), Some(end))
}

fn is_name(name: &str) -> bool {
    let starts_well = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    starts_well && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// The text up to the closing quote, and how many bytes were read with it.
fn quoted(body: &str, quote: char) -> Option<(String, usize)> {
    let mut value = String::new();
    let mut characters = body.char_indices();
    while let Some((at, character)) = characters.next() {
        if character == quote {
            return Some((value, at + 1));
        }
        if character != '\\' || quote == '\'' {
            value.push(character);
            continue;
        }
        match characters.next()?.1 {
            'n' => value.push('\n'),
            'r' => value.push('\r'),
            't' => value.push('\t'),
            known @ ('"' | '\\') => value.push(known),
            other => value.extend(['\\', other]),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[track_caller]
    fn check(text: &str, expected: &[(usize, &str, &str)], mistakes: &[usize]) {
        let (entries, found) = parse(text);
        let entries: Vec<(usize, &str, &str)> =
            entries.iter().map(|entry| (entry.line, entry.name.as_str(), entry.value.as_str())).collect();
        assert_eq!(entries, expected, "{text:?}");
        let lines: Vec<usize> = found.iter().map(|mistake| mistake.line).collect();
        assert_eq!(lines, mistakes, "{text:?}: {found:?}");
    }

    #[test]
    fn plain_lines() {
        check("A=1\nB = two words \r\n", &[(1, "A", "1"), (2, "B", "two words")], &[]);
        check("\u{feff}# comment\n\nexport A=1", &[(3, "A", "1")], &[]);
        check(
            "A=1 # one\nB=a#b\nC=\nD= # none",
            &[(1, "A", "1"), (2, "B", "a#b"), (3, "C", ""), (4, "D", "")],
            &[],
        );
        check("URL=postgres://u:p@h/d?x=$y", &[(1, "URL", "postgres://u:p@h/d?x=$y")], &[]);
    }

    #[test]
    fn quotes() {
        check(r#"A="x \"y\" \n\\ \q" # z"#, &[(1, "A", "x \"y\" \n\\ \\q")], &[]);
        check(r"A='x \n # y'", &[(1, "A", r"x \n # y")], &[]);
        check("A=\"one\ntwo\"\nB=3", &[(1, "A", "one\ntwo"), (3, "B", "3")], &[]);
        check("A=''\nB=\"\"", &[(1, "A", ""), (2, "B", "")], &[]);
        check("A='ä' \nB='€'", &[(1, "A", "ä"), (2, "B", "€")], &[]);
    }

    #[test]
    fn mistakes_do_not_hide_the_rest() {
        check("what\n1A=2\nB=3", &[(3, "B", "3")], &[1, 2]);
        check("A=\"open\nB=3", &[(2, "B", "3")], &[1]);
        check("A='x' y\nB=3", &[(2, "B", "3")], &[1]);
        check("=x\nA B=1", &[], &[1, 2]);
        check("A=\"\\", &[], &[1]);
        check("", &[], &[]);
    }
}
