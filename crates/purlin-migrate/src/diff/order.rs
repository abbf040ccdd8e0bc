//! Renames that wait for each other: `a` to `b` and `b` to `a` go through a third name.

/// The renames one by one, so that no name is taken when it is given. `is_same` tells names
/// apart as the engine does.
pub(super) fn sequence(
    mut waiting: Vec<(String, String)>,
    is_same: impl Fn(&str, &str) -> bool,
) -> Vec<(String, String)> {
    let mut ordered = Vec::with_capacity(waiting.len());
    let mut number = 0_u32;
    while !waiting.is_empty() {
        let is_free = |to: &str| waiting.iter().all(|(from, _)| !is_same(from, to));
        if let Some(at) = waiting.iter().position(|(_, to)| is_free(to)) {
            ordered.push(waiting.remove(at));
        } else {
            // Every target is taken by another that waits: one of them steps aside.
            let (from, to) = waiting.remove(0);
            number += 1;
            let aside = format!("_purlin_rename_{number}");
            ordered.push((from, aside.clone()));
            waiting.push((aside, to));
        }
    }
    ordered
}

#[cfg(test)]
mod tests {
    use super::sequence;

    #[track_caller]
    fn check(renames: &[(&str, &str)], expected: &[(&str, &str)]) {
        let owned = renames.iter().map(|(from, to)| ((*from).to_owned(), (*to).to_owned())).collect();
        let found = sequence(owned, str::eq_ignore_ascii_case);
        let found: Vec<_> = found.iter().map(|(from, to)| (from.as_str(), to.as_str())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn renames_never_meet() {
        check(&[("a", "b"), ("b", "c")], &[("b", "c"), ("a", "b")]);
        check(&[("a", "b"), ("b", "a")], &[("a", "_purlin_rename_1"), ("b", "a"), ("_purlin_rename_1", "b")]);
        check(&[("user", "User")], &[("user", "_purlin_rename_1"), ("_purlin_rename_1", "User")]);
    }
}
