//! One column of one row, as a driver hands it over.

/// Engines have few storage forms; what a form means is the column's [`crate::Decode`].
#[derive(Clone, Debug, PartialEq)]
pub enum Cell<'a> {
    Null,
    Boolean(bool),
    Integer(i64),
    Real(f64),
    /// UTF-8, unless another program left something else there.
    Text(&'a [u8]),
    Blob(&'a [u8]),
    /// Milliseconds since 1970.
    Time(i64),
    /// Text that the driver had to make: a decimal, a list, a document.
    Made(String),
}

/// Where cells come from: a row just read, or one kept.
pub trait Cells {
    fn cell(&self, position: usize) -> Cell<'_>;
}

impl Cell<'_> {
    /// Whether it is a condition that holds.
    pub fn is_true(&self) -> bool {
        match self {
            Self::Boolean(truth) => *truth,
            Self::Integer(number) => *number != 0,
            _ => false,
        }
    }
}
