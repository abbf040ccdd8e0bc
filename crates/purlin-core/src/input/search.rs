//! `search=` to the terms of a search. Any text is one: whatever is no word separates words, so nothing in it is
//! ever syntax of an engine.

use super::names::exposed_field;
use crate::operation::{Search, SearchTerm};
use crate::schema::{FieldId, FieldKind, Model, Scalar};
use crate::value::words::words;

/// What is beyond is not looked for: each term is a part of the statement, for each field.
const MAX_TERMS: usize = 12;
const MAX_WORDS: usize = 12;
/// No text holds a longer word that anybody looks for.
const MAX_LETTERS: usize = 100;

/// `red "green apple" -sour pea*`: all of the words, the words of a quotation one after the other, none of those
/// behind a minus sign; with a star at its end, the beginning of a word.
pub fn search_from_text(model: &Model, text: &str) -> Result<Search, String> {
    let fields = searched_fields(model);
    if fields.is_empty() {
        return Err(no_fulltext(model));
    }
    let mut terms: Vec<SearchTerm> = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() && terms.len() < MAX_TERMS {
        let (is_excluded, after_sign) = match rest.strip_prefix('-') {
            Some(after) => (true, after),
            None => (false, rest),
        };
        let (inside, mut after) = match after_sign.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => after_sign.split_at(
                after_sign.find(|sign: char| sign.is_whitespace() || sign == '"').unwrap_or(after_sign.len()),
            ),
        };
        let mut is_prefix = inside.ends_with('*');
        if let Some(beyond) = after.strip_prefix('*') {
            (is_prefix, after) = (true, beyond);
        }
        let found: Vec<String> = words(inside).take(MAX_WORDS).map(lower).collect();
        if !found.is_empty() {
            let term = SearchTerm { words: found.join(" "), is_prefix, is_excluded };
            if !terms.contains(&term) {
                terms.push(term);
            }
        }
        rest = after.trim_start();
    }
    Ok(Search { fields, terms })
}

fn lower(word: &str) -> String {
    word.chars().take(MAX_LETTERS).collect::<String>().to_lowercase()
}

fn searched_fields(model: &Model) -> Vec<FieldId> {
    let is_visible = |field: &FieldId| exposed_field(model, &model.field(*field).name).is_some();
    model.searched().into_iter().filter(is_visible).collect()
}

fn no_fulltext(model: &Model) -> String {
    let texts = model.fields.iter().filter(|field| {
        matches!(field.kind, FieldKind::Scalar(Scalar::String))
            && !field.is_list()
            && !field.is_id
            && exposed_field(model, &field.name).is_some()
    });
    let names: Vec<&str> = texts.map(|field| field.name.as_str()).take(2).collect();
    let name = &model.name;
    if names.is_empty() {
        format!("{name} has no @@fulltext, and no text to search")
    } else {
        format!("{name} has no @@fulltext: add @@fulltext([{}]) to it", names.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model() -> Model {
        let text = "datasource db {\n provider = \"sqlite\"\n}\nmodel Post {\n id Int @id\n a String\n b String\n @@fulltext([b, a])\n}\n";
        let file = purlin_schema::SourceFile::new("s.zmodel", text);
        purlin_schema::compile(vec![file]).schema.unwrap().models.remove(0)
    }

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let search = search_from_text(&model(), text).unwrap();
        let shown: Vec<String> = search
            .terms
            .iter()
            .map(|term| {
                let sign = if term.is_excluded { "-" } else { "" };
                format!("{sign}{}{}", term.words, if term.is_prefix { "*" } else { "" })
            })
            .collect();
        assert_eq!(shown.join("|"), expected, "{text}");
    }

    #[test]
    fn terms() {
        check("red green", "red|green");
        check("  RED  red ", "red");
        check("\"red Apple\" -sour pea*", "red apple|-sour|pea*");
        check("-\"very sour\" x", "-very sour|x");
        check("\"open end", "open end");
        check("\"a b\"* c", "a b*|c");
        check("foo-bar it's", "foo bar|it s");
        check("a\"b c\"d", "a|b c|d");
        check("- -- -* * \"\" \"-\"", "");
        check("OR AND NEAR(a b) c:d ^e", "or|and|near a|b|c d|e");
        check("'; DROP TABLE x; --", "drop|table|x");
        check("a & b | !c <-> d:*", "a|b|c|d*");
        check("+a ~b >c (d)", "a|b|c|d");
        check("", "");
        check("ÄPFEL", "äpfel");
        check(&"w ".repeat(3).replace('w', "x1 x2 x3 x4 x5 x6"), "x1|x2|x3|x4|x5|x6");
        let many: Vec<String> = (0..40).map(|number| format!("w{number}")).collect();
        assert_eq!(search_from_text(&model(), &many.join(" ")).unwrap().terms.len(), MAX_TERMS);
    }

    #[test]
    fn fields_come_in_the_order_of_the_attribute() {
        let model = model();
        let search = search_from_text(&model, "x").unwrap();
        let names: Vec<&str> = search.fields.iter().map(|field| model.field(*field).name.as_str()).collect();
        assert_eq!(names, ["b", "a"]);
    }
}
