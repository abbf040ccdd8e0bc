//! A question to the live database whose answer is a number of rows.

use super::finding::{Finding, FindingCode};
use crate::connection::{DatabaseError, MigrationConnection};

#[derive(Clone, Debug)]
pub(crate) struct Probe {
    pub(crate) code: FindingCode,
    pub(crate) object: String,
    /// Returns one number; 0 means that all is well.
    pub(crate) sql: String,
    /// Follows the number and `row` or `rows`.
    pub(crate) message: String,
    pub(crate) suggestion: String,
}

/// What the probes find now. A table that is missing holds no rows.
pub(crate) fn run(
    probes: Vec<Probe>,
    connection: &mut dyn MigrationConnection,
) -> Result<Vec<Finding>, DatabaseError> {
    let mut findings = Vec::new();
    for probe in probes {
        let rows = connection.query(&probe.sql, &[])?;
        let count = rows.first().and_then(|row| row.first()).and_then(Option::as_deref);
        let rows: u64 = count.and_then(|count| count.parse().ok()).unwrap_or(0);
        if rows > 0 {
            let unit = if rows == 1 { "row" } else { "rows" };
            findings.push(Finding {
                code: probe.code,
                object: probe.object,
                rows,
                message: format!("{rows} {unit} {}", probe.message),
                suggestion: probe.suggestion,
            });
        }
    }
    Ok(findings)
}
