//! The search index offers every row that has the words, whatever letters they are written in.

use purlin_core::value::words::{has_words, is_indexed};
use purlin_sql::dialect::sqlite::SEARCH_MODULE;
use purlin_store_sqlite::open_for_migration;
use rusqlite::{Connection, params};

fn index(folder: &tempfile::TempDir) -> Connection {
    let connection = open_for_migration(&folder.path().join("search.db")).unwrap();
    connection.execute_batch(&format!("CREATE VIRTUAL TABLE f USING {SEARCH_MODULE}; BEGIN")).unwrap();
    connection
}

/// Each text under its place in the list.
fn fill(connection: &Connection, texts: &[String]) {
    let mut insert = connection.prepare("INSERT INTO f (rowid, words) VALUES (?1, ?2)").unwrap();
    for (number, text) in texts.iter().enumerate() {
        insert.execute(params![i64::try_from(number).unwrap(), text]).unwrap();
    }
}

fn offers(connection: &Connection, words: &str, number: usize) -> bool {
    let sql = "SELECT count(*) FROM f WHERE f MATCH purlin_trigrams(?1) AND rowid = ?2";
    let mut found = connection.prepare_cached(sql).unwrap();
    found.query_row(params![words, i64::try_from(number).unwrap()], |row| row.get::<_, bool>(0)).unwrap()
}

#[test]
fn every_letter_folds_as_the_test_folds_it() {
    let folder = tempfile::tempdir().unwrap();
    let connection = index(&folder);
    // Blocks of thousands of letters without capitals: some of them.
    let is_wanted =
        |letter: &char| !matches!(u32::from(*letter), 0x3400..=0xd7ff if u32::from(*letter) % 97 != 0);
    let letters: Vec<char> = ('\u{1}'..=char::MAX)
        .filter(is_wanted)
        .filter(|letter| is_indexed(&format!("ab{}", letter.to_lowercase()), false))
        .collect();
    assert!(letters.len() > 1_000, "{}", letters.len());
    let texts: Vec<String> = letters.iter().map(|letter| format!("- ab{letter}cd\u{1f600}")).collect();
    fill(&connection, &texts);
    let mut missed = String::new();
    for (number, (letter, text)) in letters.iter().zip(&texts).enumerate() {
        let word = format!("ab{}cd", letter.to_lowercase());
        assert!(has_words(text, &word, false), "{text}");
        if !offers(&connection, &word, number) {
            missed.push(*letter);
        }
    }
    assert_eq!(missed, "");
}

#[test]
fn beginnings_are_offered_whatever_follows() {
    let folder = tempfile::tempdir().unwrap();
    let connection = index(&folder);
    let letters: Vec<char> = ('\u{80}'..='\u{1fff}').collect();
    let texts: Vec<String> = letters.iter().map(|letter| format!("abci{letter}")).collect();
    fill(&connection, &texts);
    for (number, text) in texts.iter().enumerate() {
        let lower = text.to_lowercase();
        for length in 4..=lower.chars().count() {
            let beginning: String = lower.chars().take(length).collect();
            if is_indexed(&beginning, true) && has_words(text, &beginning, true) {
                assert!(offers(&connection, &format!("{beginning}*"), number), "{beginning} of {text}");
            }
        }
    }
}
