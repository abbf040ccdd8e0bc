//! What an index of trigrams is asked for: some of the trigrams of the wanted words.

/// Of one word, and of all: what has these seldom lacks the others.
const MOST_OF_WORD: usize = 12;
const MOST: usize = 48;

/// `peas* red` is `"pea" AND "red"`: the last letter of a word that may go on may fold otherwise with what follows.
pub(super) fn trigrams(words: &str) -> String {
    let mut found: Vec<String> = Vec::new();
    for word in words.split(' ') {
        let mut letters: Vec<char> = word.chars().collect();
        if letters.last() == Some(&'*') {
            letters.truncate(letters.len().saturating_sub(2));
        }
        for trigram in letters.windows(3).take(MOST_OF_WORD) {
            let quoted = format!("\"{}\"", trigram.iter().collect::<String>());
            if found.len() < MOST && !found.contains(&quoted) {
                found.push(quoted);
            }
        }
    }
    found.join(" AND ")
}

#[cfg(test)]
mod tests {
    use super::trigrams;

    #[test]
    fn of_words() {
        assert_eq!(trigrams("red green"), "\"red\" AND \"gre\" AND \"ree\" AND \"een\"");
        assert_eq!(trigrams("green*"), "\"gre\" AND \"ree\"");
        assert_eq!(trigrams("red reds"), "\"red\" AND \"eds\"");
    }
}
