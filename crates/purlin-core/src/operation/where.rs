//! A client's filter: Prisma's `where`, with names resolved and values typed.

use super::Search;
use crate::schema::{FieldId, Quantifier};
use crate::value::Value;

#[derive(Clone, Debug, PartialEq)]
pub enum Where {
    /// Empty: every row.
    All(Vec<Where>),
    /// Empty: no row.
    Any(Vec<Where>),
    Not(Box<Where>),
    Field {
        field: FieldId,
        test: Test,
    },
    /// `some`, `every`, `none` of a to-many relation; `is` (Some) and `isNot` (None) of a to-one.
    Relation {
        field: FieldId,
        quantifier: Quantifier,
        filter: Box<Where>,
    },
    /// A full-text search.
    Search(Search),
}

impl Where {
    pub fn everything() -> Self {
        Self::All(Vec::new())
    }
}

/// A test of one column. `not` and `notIn` do not match null.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// `Value::Null` is the test for null.
    Equals(Value),
    /// `Value::Null` is the test for not null.
    NotEquals(Value),
    EqualsIgnoreCase(Value),
    In(Vec<Value>),
    NotIn(Vec<Value>),
    Less(Value),
    LessOrEqual(Value),
    Greater(Value),
    GreaterOrEqual(Value),
    Contains {
        text: String,
        ignore_case: bool,
    },
    StartsWith {
        text: String,
        ignore_case: bool,
    },
    EndsWith {
        text: String,
        ignore_case: bool,
    },
    /// Of list fields.
    Has(Value),
    HasSome(Vec<Value>),
    HasEvery(Vec<Value>),
    IsEmpty(bool),
    /// Of a value inside a Json or composite field.
    Json {
        path: Vec<String>,
        test: JsonTest,
    },
    /// Compared with another column of the same row.
    Column {
        op: crate::schema::CompareOp,
        other: FieldId,
    },
}

/// Values are JSON texts of scalars, compared with the type they have.
#[derive(Clone, Debug, PartialEq)]
pub enum JsonTest {
    Equals(Value),
    NotEquals(Value),
    Less(Value),
    LessOrEqual(Value),
    Greater(Value),
    GreaterOrEqual(Value),
    StringContains {
        text: String,
        ignore_case: bool,
    },
    StringStartsWith {
        text: String,
        ignore_case: bool,
    },
    StringEndsWith {
        text: String,
        ignore_case: bool,
    },
    ArrayContains(Value),
    /// The first element of a list.
    ArrayStartsWith(Value),
    /// The last.
    ArrayEndsWith(Value),
}
