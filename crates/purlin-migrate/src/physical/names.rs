//! Names of keys and indexes: those that Prisma gives, so that its databases need no change.
//! SQLite keeps tables and indexes in one set of names; a taken name gets a number.

use std::collections::BTreeSet;

pub(super) struct Names {
    longest: usize,
    /// In lower case: most engines compare names without case.
    taken: BTreeSet<String>,
}

impl Names {
    /// `taken`: what exists anyway, tables and names given by `map:`.
    pub(super) fn new(longest: usize, taken: impl IntoIterator<Item = String>) -> Self {
        Self { longest, taken: taken.into_iter().map(|name| name.to_lowercase()).collect() }
    }

    /// `{table}_{columns}_{suffix}`, made unique.
    pub(super) fn generate(&mut self, table: &str, columns: &[&str], suffix: &str) -> String {
        let mut stem = table.to_owned();
        for column in columns {
            stem.push('_');
            stem.push_str(column);
        }
        self.unique(&stem, suffix)
    }

    pub(super) fn unique(&mut self, stem: &str, suffix: &str) -> String {
        let mut name = self.cut(stem, &format!("_{suffix}"));
        let mut number = 2_u32;
        while !self.taken.insert(name.to_lowercase()) {
            name = self.cut(stem, &format!("_{suffix}_{number}"));
            number += 1;
        }
        name
    }

    fn cut(&self, stem: &str, ending: &str) -> String {
        let mut room = self.longest.saturating_sub(ending.len()).min(stem.len());
        while !stem.is_char_boundary(room) {
            room -= 1;
        }
        format!("{}{ending}", stem.get(..room).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::Names;

    #[test]
    fn names_are_cut_and_unique() {
        let mut names = Names::new(12, ["A_b_idx".to_owned()]);
        assert_eq!(names.generate("a", &["b"], "idx"), "a_b_idx_2");
        assert_eq!(names.generate("table", &["column"], "key"), "table_co_key");
        assert_eq!(names.generate("äääää", &[], "idx"), "ääää_idx");
    }
}
