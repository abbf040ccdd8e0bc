//! Tests of texts. A pattern holds each character that it is about in brackets or behind a backslash, so that
//! no text of a client can be a pattern of its own.
//!
//! Without regard to case means equal in Unicode lower case. The server's own case folding is another one (it
//! takes `ſ` for `s`), so a pattern names every character whose lower case is meant. Between two columns there
//! is no pattern to write, and the server's folding must do.

use std::collections::HashMap;
use std::sync::LazyLock;

use mongodb::bson::{Bson, doc};
use purlin_core::schema::TextOp;
use purlin_core::statement::Operand;
use purlin_core::value::words::word_class;

use super::renderer::{Frame, Renderer};

/// Beyond it the server refuses a pattern.
const LONGEST_PATTERN: usize = 32_000;
/// The end of the text: `$` would also match before a line break there.
const END: &str = r"(?![\s\S])";
const SPECIAL: &str = r"\^$.|?*+()[]{}-/#&~";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Anywhere,
    Start,
    End,
    Whole,
}

impl Place {
    pub(super) fn of(op: TextOp) -> Self {
        match op {
            TextOp::Contains => Self::Anywhere,
            TextOp::StartsWith => Self::Start,
            TextOp::EndsWith => Self::End,
        }
    }

    fn around(self) -> (&'static str, &'static str) {
        match self {
            Self::Anywhere => ("", ""),
            Self::Start => ("^", ""),
            Self::End => ("", END),
            Self::Whole => ("^", END),
        }
    }
}

/// `None` where it would be too long.
pub(super) fn pattern(text: &str, place: Place, ignore_case: bool) -> Option<String> {
    let (before, after) = place.around();
    let mut pattern = before.to_owned();
    if ignore_case {
        push_in_any_case(&mut pattern, &text.to_lowercase(), place);
    } else {
        text.chars().for_each(|character| push_escaped(&mut pattern, character));
    }
    pattern.push_str(after);
    (pattern.len() <= LONGEST_PATTERN).then_some(pattern)
}

fn push_escaped(pattern: &mut String, character: char) {
    if SPECIAL.contains(character) {
        pattern.push('\\');
    }
    pattern.push(character);
}

/// The second of the two characters that `İ` becomes in lower case, as no other does.
const DOT: char = '\u{307}';

fn push_in_any_case(pattern: &mut String, lower: &str, place: Place) {
    let (mut is_first, mut rest) = (true, lower.chars().peekable());
    while let Some(character) = rest.next() {
        match character {
            'i' if rest.next_if_eq(&DOT).is_some() => {
                pattern.push_str("(?:[iI]\u{307}|İ)");
            }
            // One of the two may be all that is asked for.
            'i' if rest.peek().is_none() && matches!(place, Place::Anywhere | Place::Start) => {
                pattern.push_str("[iIİ]");
            }
            DOT if is_first && matches!(place, Place::Anywhere | Place::End) => {
                pattern.push_str("[\u{307}İ]");
            }
            other => push_any_case(pattern, other),
        }
        is_first = false;
    }
}

fn push_any_case(pattern: &mut String, lower: char) {
    match UPPER.get(&lower) {
        None => push_escaped(pattern, lower),
        Some(others) => {
            pattern.push('[');
            pattern.push(lower);
            pattern.extend(others);
            pattern.push(']');
        }
    }
}

/// The characters that become another one in lower case, by that one.
static UPPER: LazyLock<HashMap<char, Vec<char>>> = LazyLock::new(|| {
    let mut upper: HashMap<char, Vec<char>> = HashMap::new();
    for character in '\u{1}'..=char::MAX {
        let mut lower = character.to_lowercase();
        if let (Some(lower), None) = (lower.next(), lower.next())
            && lower != character
        {
            upper.entry(lower).or_default().push(character);
        }
    }
    // The last sigma of a word.
    upper.entry('ς').or_default().push('Σ');
    upper
});

impl Renderer<'_> {
    /// `argument` is somewhere in `value`.
    pub(super) fn text_test(
        &mut self,
        value: &Operand,
        argument: &Operand,
        place: Place,
        ignore_case: bool,
        frame: &mut Frame,
    ) -> Bson {
        let known = self.known(argument);
        let value = self.operand(value, None, frame);
        if let Some(known) = known {
            return known_text(&value, known.as_str(), place, ignore_case);
        }
        let argument = self.operand(argument, None, frame);
        column_text(&value, &argument, place, ignore_case)
    }
}

/// Words that follow one another, in any case.
pub(super) fn words_pattern(words: &str, is_prefix: bool) -> String {
    let class = word_class();
    let mut pattern = format!("(?:^|[^{class}])");
    let mut rest = words.split(' ').peekable();
    while let Some(word) = rest.next() {
        let is_last = rest.peek().is_none();
        let place = if is_last && is_prefix { Place::Start } else { Place::Whole };
        push_in_any_case(&mut pattern, word, place);
        if !is_last {
            pattern.push_str("[^");
            pattern.push_str(&class);
            pattern.push_str("]+");
        }
    }
    if !is_prefix {
        pattern.push_str("(?:[^");
        pattern.push_str(&class);
        pattern.push_str("]|");
        pattern.push_str(END);
        pattern.push(')');
    }
    pattern
}

pub(super) fn words_test(value: &Bson, words: &str, is_prefix: bool) -> Bson {
    let pattern = words_pattern(words, is_prefix);
    let test = doc! { "$regexMatch": { "input": value.clone(), "regex": { "$literal": pattern } } };
    doc! { "$cond": [is_text(value), test, false] }.into()
}

/// `value` may be any expression: what is no text fails.
pub(super) fn known_text(value: &Bson, argument: Option<&str>, place: Place, ignore_case: bool) -> Bson {
    let Some(argument) = argument else { return Bson::Boolean(false) };
    let test = match pattern(argument, place, ignore_case) {
        Some(pattern) => {
            doc! { "$regexMatch": { "input": value.clone(), "regex": { "$literal": pattern } } }.into()
        }
        None => indexed(value, &doc! { "$literal": argument }.into(), place, ignore_case),
    };
    doc! { "$cond": [is_text(value), test, false] }.into()
}

fn column_text(value: &Bson, argument: &Bson, place: Place, ignore_case: bool) -> Bson {
    let test = if ignore_case {
        let (before, after) = place.around();
        let escaped = SPECIAL.chars().fold(argument.clone(), |text, special| {
            let (find, replacement) = (special.to_string(), format!("\\{special}"));
            let replaced = doc! { "input": text, "find": { "$literal": find },
            "replacement": { "$literal": replacement } };
            doc! { "$replaceAll": replaced }.into()
        });
        let pattern = doc! { "$concat": [{ "$literal": before }, escaped, { "$literal": after }] };
        doc! { "$regexMatch": { "input": value.clone(), "regex": pattern, "options": "i" } }.into()
    } else {
        indexed(value, argument, place, false)
    };
    doc! { "$cond": [{ "$and": [is_text(value), is_text(argument)] }, test, false] }.into()
}

/// Without a pattern; letters beyond ASCII keep their case.
fn indexed(value: &Bson, argument: &Bson, place: Place, ignore_case: bool) -> Bson {
    let folded = |text: &Bson| -> Bson {
        if ignore_case { doc! { "$toLower": text.clone() }.into() } else { text.clone() }
    };
    let (value, argument) = (folded(value), folded(argument));
    let at = doc! { "$indexOfCP": [value.clone(), argument.clone()] };
    match place {
        Place::Anywhere => doc! { "$gte": [at, 0] }.into(),
        Place::Start => doc! { "$eq": [at, 0] }.into(),
        Place::Whole => doc! { "$eq": [value, argument] }.into(),
        Place::End => {
            let length = doc! { "$strLenCP": argument.clone() };
            let start =
                doc! { "$max": [0, { "$subtract": [{ "$strLenCP": value.clone() }, length.clone()] }] };
            doc! { "$eq": [{ "$substrCP": [value, start, length] }, argument] }.into()
        }
    }
}

fn is_text(value: &Bson) -> Bson {
    doc! { "$eq": [{ "$type": value.clone() }, "string"] }.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, place: Place, ignore_case: bool, expected: &str) {
        assert_eq!(pattern(text, place, ignore_case).unwrap(), expected);
    }

    #[test]
    fn patterns_are_about_the_text_alone() {
        check("a.b*", Place::Anywhere, false, r"a\.b\*");
        check("$1", Place::Start, false, r"^\$1");
        check("", Place::End, false, END);
        check("Àb", Place::Whole, true, &format!("^[àÀ][bB]{END}"));
        check("i", Place::Anywhere, true, "[iIİ]");
        check("xi", Place::End, true, &format!("[xX][iI]{END}"));
        check("İx", Place::Start, true, "^(?:[iI]\u{307}|İ)[xX]");
        check("K", Place::Anywhere, true, "[kK\u{212a}]");
        check("[a]", Place::Anywhere, true, r"\[[aA]\]");
        assert_eq!(pattern(&"x".repeat(LONGEST_PATTERN + 1), Place::Anywhere, false), None);
    }
}
