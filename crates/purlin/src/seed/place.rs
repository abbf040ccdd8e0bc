//! Where in the seed something is wrong: `User, row 3, email`.

use std::fmt;

use purlin_core::FieldErrors;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// A model, or a join table.
    pub table: String,
    /// From one.
    pub row: usize,
}

impl Place {
    /// One line per message; the field is named where there is one.
    pub fn lines(&self, errors: &FieldErrors) -> Vec<String> {
        let mut lines = Vec::new();
        for (path, messages) in &errors.0 {
            let field = if path.is_empty() { String::new() } else { format!(", {path}") };
            lines.extend(messages.iter().map(|message| format!("{self}{field}: {message}")));
        }
        lines
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}, row {}", self.table, self.row)
    }
}
