//! Measures over rows: counts, sums, averages, least and greatest values, of all rows or of groups of them.

use super::{Order, Where};
use crate::schema::{CompareOp, Field, FieldId, FieldKind, Scalar, SortOrder};
use crate::value::Value;

use super::Nulls;

#[derive(Clone, Debug)]
pub struct Aggregate {
    pub filter: Where,
    pub over: Over,
    /// In the order of the answer, after the fields that groups are made by.
    pub answer: Vec<Answered>,
}

/// What is measured as one.
#[derive(Clone, Debug)]
pub enum Over {
    /// All rows together, or those of one page of them.
    Rows {
        order: Vec<Order>,
        skip: u64,
        take: Option<u64>,
    },
    Groups(Grouping),
}

#[derive(Clone, Debug)]
pub struct Grouping {
    /// Rows with the same values of these are one group.
    pub by: Vec<FieldId>,
    pub having: Having,
    /// Ended by all of `by`, so that it is total.
    pub order: Vec<GroupOrder>,
    pub skip: u64,
    pub take: u64,
}

/// A member of the answer.
#[derive(Clone, Debug)]
pub enum Answered {
    /// `"_count": 5`
    Number { name: &'static str, measure: Measure },
    /// `"_sum": {"amount": "12.50"}`
    Object { function: Function, measures: Vec<Measure> },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Measure {
    pub function: Function,
    /// `None` counts rows.
    pub field: Option<FieldId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Function {
    /// Of values that are not null.
    Count,
    Sum,
    Average,
    Min,
    Max,
}

/// What a measure is, whatever the engine calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MeasureType {
    /// A number of 64 bits.
    Int,
    /// A whole number of any length, in a text.
    Whole,
    Float,
    Decimal,
    /// A value of the field.
    OfField,
}

/// A condition on groups. `Not` is the exact complement.
#[derive(Clone, Debug, PartialEq)]
pub enum Having {
    /// Empty: every group.
    All(Vec<Having>),
    /// Empty: no group.
    Any(Vec<Having>),
    Not(Box<Having>),
    IsNull(Subject),
    /// False where the subject is null.
    Compare {
        subject: Subject,
        op: CompareOp,
        value: Value,
    },
}

/// What is known of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// One of the fields that groups are made by.
    Key(FieldId),
    Measure(Measure),
}

#[derive(Clone, Debug, PartialEq)]
pub struct GroupOrder {
    pub subject: Subject,
    pub direction: SortOrder,
    /// `None`: null is the smallest value.
    pub nulls: Option<Nulls>,
}

impl Function {
    pub const ALL: [Self; 5] = [Self::Count, Self::Sum, Self::Average, Self::Min, Self::Max];

    /// As requests and answers write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Count => "_count",
            Self::Sum => "_sum",
            Self::Average => "_avg",
            Self::Min => "_min",
            Self::Max => "_max",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|function| function.name() == name)
    }

    /// Whether a column has this measure.
    pub fn takes(self, field: &Field) -> bool {
        if field.is_list() {
            return false;
        }
        let is_number = matches!(
            field.kind,
            FieldKind::Scalar(Scalar::Int | Scalar::BigInt | Scalar::Float | Scalar::Decimal)
        );
        match self {
            Self::Count => true,
            Self::Sum | Self::Average => is_number,
            Self::Min | Self::Max => {
                is_number
                    || matches!(
                        field.kind,
                        FieldKind::Scalar(Scalar::String | Scalar::DateTime) | FieldKind::Enum(_)
                    )
            }
        }
    }

    /// The type of this measure of a column.
    pub fn result(self, field: Option<&Field>) -> MeasureType {
        let scalar = field.map(|field| &field.kind);
        match (self, scalar) {
            (Self::Count, _) | (_, None) => MeasureType::Int,
            (Self::Min | Self::Max, _) => MeasureType::OfField,
            (_, Some(FieldKind::Scalar(Scalar::Decimal))) => MeasureType::Decimal,
            (Self::Sum, Some(FieldKind::Scalar(Scalar::Int))) => MeasureType::Int,
            (Self::Sum, Some(FieldKind::Scalar(Scalar::BigInt))) => MeasureType::Whole,
            (Self::Sum | Self::Average, _) => MeasureType::Float,
        }
    }
}

impl Measure {
    /// The number of rows.
    pub const ROWS: Self = Self { function: Function::Count, field: None };
}

impl Having {
    pub fn everything() -> Self {
        Self::All(Vec::new())
    }
}

/// Whether groups can be made by a column.
pub fn groups_by(field: &Field) -> bool {
    let is_document = matches!(
        field.kind,
        FieldKind::Scalar(Scalar::Json | Scalar::Bytes)
            | FieldKind::Composite(_)
            | FieldKind::Relation(_)
            | FieldKind::Unsupported(_)
    );
    !is_document && !field.is_list()
}
