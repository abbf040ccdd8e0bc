//! What a word is to a search: a run of letters, digits and marks, without regard to case. The ranges say it in a
//! form that every engine's regular expressions take, so that all find the same; blocks of signs lie outside.

/// From and to, both included. Nothing in it has a meaning in a regular expression.
const RANGES: &[(char, char)] = &[
    ('0', '9'),
    ('A', 'Z'),
    ('a', 'z'),
    ('ª', 'ª'),
    ('µ', 'µ'),
    ('º', 'º'),
    ('À', 'Ö'),
    ('Ø', 'ö'),
    ('ø', '\u{1fff}'),
    ('\u{2c00}', '\u{2dff}'),
    ('\u{3005}', '\u{3007}'),
    ('\u{3021}', '\u{302f}'),
    ('\u{3031}', '\u{d7ff}'),
    ('\u{f900}', '\u{fdff}'),
    ('\u{fe70}', '\u{fefc}'),
    ('０', '９'),
    ('Ａ', 'Ｚ'),
    ('ａ', 'ｚ'),
    ('ｦ', '\u{ffdc}'),
    ('\u{10000}', '\u{1cfff}'),
    ('\u{20000}', '\u{3ffff}'),
];

/// Letters of words that indexes are asked for: those whose capitals every engine knows and folds alike, one by one.
/// An index is asked for the words whose letters all are of these.
const INDEXED: &[(char, char)] = &[
    ('0', '9'),
    ('a', 'z'),
    ('ß', 'ö'),
    ('ø', 'ž'),
    ('ά', 'ρ'),
    ('σ', 'ώ'),
    ('а', 'ҁ'),
    ('ҋ', 'ԧ'),
    ('א', 'ת'),
    ('ؠ', 'ي'),
    ('ऄ', '\u{963}'),
    ('०', '९'),
    ('ก', 'ฺ'),
    ('เ', '๎'),
    ('ạ', 'ỹ'),
    ('ぁ', 'ゖ'),
    ('ァ', 'ヺ'),
    ('㐀', '䶵'),
    ('一', '鿋'),
    ('가', '힣'),
];

/// Shorter words are in most texts, and longer ones in none; some indexes have neither.
const FEWEST_LETTERS: usize = 3;
pub const MOST_LETTERS: usize = 60;

/// What an index is asked for, for a text that has this word, in lower case; `None` where only the test knows. How the
/// last letter of a word that may go on folds depends on what follows, so it is left away: `pears` is asked as `pear*`.
pub fn index_word(word: &str, is_prefix: bool) -> Option<String> {
    let mut letters: Vec<char> = word.chars().collect();
    let is_known = |letter: &char| INDEXED.iter().any(|(from, to)| (from..=to).contains(&letter));
    if !letters.iter().all(is_known) {
        return None;
    }
    if is_prefix {
        letters.pop();
    }
    if !(FEWEST_LETTERS..=MOST_LETTERS).contains(&letters.len()) {
        return None;
    }
    letters.extend(is_prefix.then_some('*'));
    Some(letters.into_iter().collect())
}

fn is_part(character: char) -> bool {
    RANGES.iter().any(|(from, to)| (*from..=*to).contains(&character))
}

/// The words of a text, as they are written.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|character| !is_part(character)).filter(|word| !word.is_empty())
}

/// What stands between the brackets of a class of all characters of words.
pub fn word_class() -> String {
    class(RANGES)
}

/// The same of any ranges, which hold no sign that means something there.
pub fn class(ranges: &[(char, char)]) -> String {
    let mut class = String::with_capacity(8 * ranges.len());
    for (from, to) in ranges {
        class.push(*from);
        if from != to {
            class.push('-');
            class.push(*to);
        }
    }
    class
}

/// Whether these words, in lower case and with a space between, follow one another in the text. With `is_prefix` the
/// last may go on.
pub fn has_words(text: &str, wanted: &str, is_prefix: bool) -> bool {
    let lower = text.to_lowercase();
    let wanted: Vec<&str> = wanted.split(' ').collect();
    let Some((last, before)) = wanted.split_last() else { return false };
    // Most texts do not have it, and this is quickly seen.
    if !lower.contains(*last) {
        return false;
    }
    let found: Vec<&str> = words(&lower).collect();
    found.windows(wanted.len()).any(|window| {
        let Some((end, start)) = window.split_last() else { return false };
        let ends = if is_prefix { end.starts_with(last) } else { end == last };
        ends && start == before
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, wanted: &str, is_prefix: bool, expected: bool) {
        assert_eq!(has_words(text, wanted, is_prefix), expected, "{wanted} in {text}");
    }

    #[test]
    fn words_are_whole() {
        check("concat cat-like", "cat", false, true);
        check("concat catlike", "cat", false, false);
        check("concat catlike", "cat", true, true);
        check("Élan vital", "élan", false, true);
        check("élan", "lan", false, false);
        check("e\u{301}lan", "lan", false, false);
        check("it's foo_bar", "it s foo bar", false, true);
        check("red green blue", "red blue", false, false);
        check("red green blue", "green bl", true, true);
        check("red green blue", "re green", true, false);
        check("日本、東京", "東京", false, true);
        check("", "x", false, false);
        check("a", "a b", false, false);
    }

    #[test]
    fn signs_are_no_words() {
        assert_eq!(
            words("\"a\"* -b (c|d) e&f <g> h:i 😀 j—k “l” ½").collect::<Vec<_>>().join(" "),
            "a b c d e f g h i j k l"
        );
    }
}
