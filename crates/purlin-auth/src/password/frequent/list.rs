//! Lines in the order of their bytes, searched by halves where they lie: nothing is built at start.

const PASSWORDS: &str = include_str!("passwords.txt");

/// Whether a password in lower case is in the list.
pub(in crate::password) fn contains(password: &str) -> bool {
    // A line, so that the answer does not depend on what a password holds.
    !password.contains('\n') && find(PASSWORDS, password)
}

fn find(mut lines: &str, wanted: &str) -> bool {
    while !lines.is_empty() {
        let middle = floor_char_boundary(lines, lines.len() / 2);
        let start = lines.get(..middle).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
        let rest = lines.get(start..).unwrap_or_default();
        let line = rest.split('\n').next().unwrap_or_default();
        lines = match wanted.as_bytes().cmp(line.as_bytes()) {
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Less => lines.get(..start).unwrap_or_default(),
            std::cmp::Ordering::Greater => rest.get(line.len() + 1..).unwrap_or_default(),
        };
    }
    false
}

fn floor_char_boundary(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_found_and_nothing_between() {
        let lines: Vec<&str> = PASSWORDS.lines().collect();
        assert!(lines.len() >= 3000, "ASVS 6.2.4 asks for 3,000 that are long enough");
        assert!(lines.is_sorted() && PASSWORDS.ends_with('\n'));
        for line in lines {
            assert!(contains(line), "{line}");
            assert!(line.chars().count() >= 8 && line == line.to_lowercase(), "{line}");
            assert!(
                !contains(&format!("{line}\u{1}")) && !contains(line.get(1..).unwrap_or_default())
                    || line.len() > 8
            );
        }
        for absent in ["", "\n", "password\n12345678", "correct horse battery staple", "\u{10ffff}"] {
            assert!(!contains(absent), "{absent:?}");
        }
    }
}
