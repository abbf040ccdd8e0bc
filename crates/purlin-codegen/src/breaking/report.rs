//! The outcome: each change once, with the schemas that it stands in and the calls that it reaches.

use std::fmt;

use serde_json::{Value, json};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// A client that worked stops working.
    Breaking,
    /// A client that was written with care goes on working.
    Warning,
    Compatible,
}

/// One change, wherever it shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub severity: Severity,
    pub text: String,
    /// The components of the document in which it stands; none where it is of a call itself.
    pub schemas: Vec<String>,
    /// Such as `GET /api/posts`.
    pub calls: Vec<String>,
}

/// All that is different, the worst first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    pub changes: Vec<Change>,
}

/// More calls than this are counted.
const MOST_SHOWN: usize = 3;

impl Report {
    pub fn of(&self, severity: Severity) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(move |change| change.severity == severity)
    }

    pub fn count(&self, severity: Severity) -> usize {
        self.of(severity).count()
    }

    pub fn to_json(&self) -> Value {
        let list = |severity| {
            let changes = self.of(severity).map(
                |change| json!({ "change": change.text, "schemas": change.schemas, "calls": change.calls }),
            );
            Value::Array(changes.collect())
        };
        json!({
            "breaking": list(Severity::Breaking),
            "warnings": list(Severity::Warning),
            "compatible": list(Severity::Compatible),
        })
    }
}

/// What breaks and what may; the rest is counted.
impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (severity, word) in [(Severity::Breaking, "breaking"), (Severity::Warning, "warning")] {
            for change in self.of(severity) {
                writeln!(formatter, "{word}: {change}")?;
            }
        }
        let counted = |count: usize, one: &str, many: &str| match count {
            0 => format!("no {many}"),
            1 => format!("1 {one}"),
            _ => format!("{count} {many}"),
        };
        writeln!(
            formatter,
            "API: {}, {}, {}",
            counted(self.count(Severity::Breaking), "breaking change", "breaking changes"),
            counted(self.count(Severity::Warning), "warning", "warnings"),
            counted(self.count(Severity::Compatible), "compatible change", "compatible changes"),
        )
    }
}

impl fmt::Display for Change {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)?;
        if !self.schemas.is_empty() {
            write!(formatter, "\n  schemas: {}", self.schemas.join(", "))?;
        }
        let shown = self.calls.iter().take(MOST_SHOWN).cloned().collect::<Vec<_>>().join(", ");
        match self.calls.len().saturating_sub(MOST_SHOWN) {
            _ if self.calls.is_empty() => Ok(()),
            0 => write!(formatter, "\n  calls: {shown}"),
            more => write!(formatter, "\n  calls: {shown}, and {more} more"),
        }
    }
}
