//! What a catalogue holds beside tables: enums, and what no schema can express.

use std::collections::BTreeMap;

use super::values::Values;
use crate::connection::Row;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Beside {
    pub(crate) enums: Vec<NativeEnum>,
    /// Names by what they are: `view`, `trigger` and the like. They stay as they are.
    pub(crate) left: BTreeMap<String, Vec<String>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NativeEnum {
    /// As a column declares it.
    pub(crate) declared: String,
    pub(crate) name: String,
    /// Whether it is a type with this name, and not only the words of a column.
    pub(crate) is_type: bool,
    pub(crate) members: Vec<String>,
}

impl Beside {
    /// Rows of two values: what it is, and its name.
    pub(super) fn leave(&mut self, rows: Vec<Row>) {
        for row in rows {
            let mut values = Values::of(row);
            let (kind, name) = (values.text(), values.text());
            self.left.entry(kind).or_default().push(name);
        }
    }
}
