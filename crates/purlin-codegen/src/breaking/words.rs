//! How places and lists of values are said.

/// The place of a value inside a body, a parameter or a component: names with dots between, `[]` for the items of a
/// list.
#[derive(Clone, Debug)]
pub(super) struct At {
    /// What the outermost value is called.
    whole: String,
    path: String,
}

impl At {
    pub(super) fn new(whole: &str) -> Self {
        Self { whole: whole.to_owned(), path: String::new() }
    }

    pub(super) fn member(&self, name: &str) -> Self {
        let path = if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) };
        Self { whole: self.whole.clone(), path }
    }

    pub(super) fn items(&self) -> Self {
        Self { whole: format!("an item of {}", self.whole), path: self.in_list() }
    }

    fn in_list(&self) -> String {
        if self.path.is_empty() { String::new() } else { format!("{}[]", self.path) }
    }

    /// As the subject of a sentence.
    pub(super) fn subject(&self) -> String {
        if self.path.is_empty() { self.whole.clone() } else { format!("`{}`", self.path) }
    }
}

/// A few of many.
const MOST_LISTED: usize = 4;

/// Each in marks, with commas between; many are counted.
pub(super) fn listed(names: &[String]) -> String {
    let shown = names.iter().take(MOST_LISTED).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(MOST_LISTED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
