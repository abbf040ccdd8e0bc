//! The values of a row in order.

use crate::connection::Row;

#[derive(Debug)]
pub(super) struct Values(<Row as IntoIterator>::IntoIter);

impl Values {
    pub(super) fn of(row: Row) -> Self {
        Self(row.into_iter())
    }

    pub(super) fn optional(&mut self) -> Option<String> {
        self.0.next().flatten()
    }

    /// Null is an empty text.
    pub(super) fn text(&mut self) -> String {
        self.optional().unwrap_or_default()
    }

    pub(super) fn number(&mut self) -> usize {
        self.text().parse().unwrap_or(0)
    }

    /// However the engine prints it.
    pub(super) fn truth(&mut self) -> bool {
        matches!(self.text().as_str(), "t" | "true" | "1" | "YES")
    }
}
