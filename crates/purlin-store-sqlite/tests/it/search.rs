//! The search index offers every row that has the words, whatever they are written with and stand between.

use std::collections::{HashMap, HashSet};

use purlin_core::value::words::{has_words, index_word};
use purlin_sql::dialect::sqlite::{SEARCH_MODULE, search_query, search_text};
use purlin_store_sqlite::open_for_migration;
use rusqlite::{Connection, params};

/// Each text under its place in the list.
fn index(folder: &tempfile::TempDir, texts: &[String]) -> Connection {
    let connection = open_for_migration(&folder.path().join("search.db")).unwrap();
    connection.execute_batch(&format!("CREATE VIRTUAL TABLE f USING {SEARCH_MODULE}; BEGIN")).unwrap();
    {
        let sql = format!("INSERT INTO f (rowid, words) VALUES (?1, {})", search_text("?2"));
        let mut insert = connection.prepare(&sql).unwrap();
        for (number, text) in texts.iter().enumerate() {
            insert.execute(params![i64::try_from(number).unwrap(), text]).unwrap();
        }
    }
    connection
}

/// What the index should offer for these words of a text, and does not.
fn missed(
    connection: &Connection,
    texts: &[String],
    words: impl Fn(&str) -> Vec<(String, bool)>,
) -> Vec<String> {
    let sql = format!("SELECT rowid FROM f WHERE f MATCH {}", search_query("?1"));
    let mut offers = connection.prepare(&sql).unwrap();
    let mut offered: HashMap<String, HashSet<usize>> = HashMap::new();
    let mut missed = Vec::new();
    for (number, text) in texts.iter().enumerate() {
        for (word, is_prefix) in words(text) {
            let Some(asked) = index_word(&word, is_prefix).filter(|_| has_words(text, &word, is_prefix))
            else {
                continue;
            };
            let rows = offered.entry(asked).or_insert_with_key(|asked| {
                let rows = offers.query_map([asked], |row| row.get::<_, i64>(0)).unwrap();
                rows.map(|row| usize::try_from(row.unwrap()).unwrap()).collect()
            });
            if !rows.contains(&number) {
                missed.push(format!("{word} in {text}"));
            }
        }
    }
    missed
}

/// Of blocks of thousands of characters of one kind some.
fn characters() -> impl Iterator<Item = char> {
    ('\u{1}'..=char::MAX).filter(|character| match u32::from(*character) {
        0..0x3400 | 0xd800..0x20000 => true,
        other => other % 97 == 0,
    })
}

#[test]
fn every_letter_folds_as_the_test_folds_it() {
    let folder = tempfile::tempdir().unwrap();
    let word = |letter: char| format!("ab{}cd", letter.to_lowercase());
    let letters: Vec<char> =
        characters().filter(|letter| index_word(&word(*letter), false).is_some()).collect();
    assert!(letters.len() > 1_000, "{}", letters.len());
    let texts: Vec<String> = letters.iter().map(|letter| format!("- ab{letter}cd!")).collect();
    let connection = index(&folder, &texts);
    let words = |text: &str| vec![(text.trim_matches(['-', ' ', '!']).to_lowercase(), false)];
    assert_eq!(missed(&connection, &texts, words), Vec::<String>::new());
}

#[test]
fn every_other_character_separates_words() {
    let folder = tempfile::tempdir().unwrap();
    let text = |character: char| format!("abcd{character}efgh");
    let texts: Vec<String> = characters().map(text).filter(|text| has_words(text, "abcd", false)).collect();
    assert!(texts.len() > 10_000, "{}", texts.len());
    let connection = index(&folder, &texts);
    let words = |_: &str| vec![("abcd".to_owned(), false), ("efgh".to_owned(), false)];
    assert_eq!(missed(&connection, &texts, words), Vec::<String>::new());
}

#[test]
fn beginnings_are_offered_whatever_follows() {
    let folder = tempfile::tempdir().unwrap();
    let texts: Vec<String> = ('\u{80}'..='\u{1fff}').map(|letter| format!("abci{letter}")).collect();
    let connection = index(&folder, &texts);
    let words = |text: &str| {
        let lower: Vec<char> = text.to_lowercase().chars().collect();
        (4..=lower.len()).map(|length| (lower.iter().take(length).collect(), true)).collect()
    };
    assert_eq!(missed(&connection, &texts, words), Vec::<String>::new());
}

/// What most texts are made of is known word by word.
#[test]
fn usual_texts_are_not_offered_to_every_search() {
    let folder = tempfile::tempdir().unwrap();
    let texts: Vec<String> = [
        "Plain text, with 12 – “quotes”, and (more): it’s fine…\r\n\tA tab.",
        "Über den Äckern; ça va? Ñandú. Łódź",
        "Быстрая лиса. Γρήγορη αλεπού. שועל מהיר. ثعلب سريع.",
        "素早い狐、東京。 빠른 여우!",
        "🎉 1️⃣ ❤️ 👍 😀 → ★ ™ €",
    ]
    .map(str::to_owned)
    .to_vec();
    let connection = index(&folder, &texts);
    let found: i64 = connection
        .query_row("SELECT count(*) FROM f WHERE f MATCH 'purlinallwords'", [], |row| row.get(0))
        .unwrap();
    assert_eq!(found, 0);
}
