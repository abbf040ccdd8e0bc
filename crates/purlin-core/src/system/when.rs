//! A condition on rows of one table.

use std::borrow::Cow;
use std::fmt;

use crate::error::Error;
use crate::schema::{CompareOp, FieldId, Model};
use crate::statement::{Filter, Operand, Origin, ParamId};
use crate::value::Value;

/// Logic is two-valued: a comparison with null is false, and `not` is the exact complement.
#[derive(Clone)]
pub enum When {
    Always,
    All(Vec<When>),
    Any(Vec<When>),
    Not(Box<When>),
    Null(Cow<'static, str>),
    Compare(Cow<'static, str>, CompareOp, Value),
    OneOf(Cow<'static, str>, Vec<Value>),
}

impl When {
    /// With `Value::Null`, that the field is null.
    pub fn equal(field: impl Into<Cow<'static, str>>, value: impl Into<Value>) -> Self {
        match value.into() {
            Value::Null => Self::Null(field.into()),
            value => Self::Compare(field.into(), CompareOp::Equal, value),
        }
    }

    pub fn less(field: impl Into<Cow<'static, str>>, value: impl Into<Value>) -> Self {
        Self::Compare(field.into(), CompareOp::Less, value.into())
    }

    pub fn at_most(field: impl Into<Cow<'static, str>>, value: impl Into<Value>) -> Self {
        Self::Compare(field.into(), CompareOp::LessOrEqual, value.into())
    }

    pub fn more(field: impl Into<Cow<'static, str>>, value: impl Into<Value>) -> Self {
        Self::Compare(field.into(), CompareOp::Greater, value.into())
    }

    pub fn at_least(field: impl Into<Cow<'static, str>>, value: impl Into<Value>) -> Self {
        Self::Compare(field.into(), CompareOp::GreaterOrEqual, value.into())
    }

    pub fn null(field: impl Into<Cow<'static, str>>) -> Self {
        Self::Null(field.into())
    }

    pub fn one_of(field: impl Into<Cow<'static, str>>, values: impl IntoIterator<Item = Value>) -> Self {
        Self::OneOf(field.into(), values.into_iter().collect())
    }

    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self::All(vec![self, other])
    }

    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self::Any(vec![self, other])
    }

    #[must_use]
    pub fn negated(self) -> Self {
        Self::Not(Box::new(self))
    }

    /// Over the row of scope 0. A field that the table does not have is a fault of the program.
    pub(super) fn lower(&self, model: &Model, params: &mut Vec<Value>) -> Result<Filter, Error> {
        let many = |parts: &[When], params: &mut Vec<Value>| {
            parts.iter().map(|part| part.lower(model, params)).collect::<Result<Vec<_>, _>>()
        };
        Ok(match self {
            Self::Always => Filter::Always,
            Self::All(parts) => Filter::all(many(parts, params)?),
            Self::Any(parts) => Filter::any(many(parts, params)?),
            Self::Not(part) => Filter::not(part.lower(model, params)?),
            Self::Null(field) => Filter::IsNull(column(model, field)?),
            Self::Compare(field, op, value) => Filter::Compare {
                op: *op,
                left: column(model, field)?,
                right: Operand::Param(param(params, value.clone())),
            },
            Self::OneOf(field, values) => Filter::In {
                value: column(model, field)?,
                list: Operand::Param(param(params, Value::List(values.clone()))),
            },
        })
    }
}

/// Its values may be hashes of secrets, so they are not shown.
impl fmt::Debug for When {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Always => formatter.write_str("Always"),
            Self::All(parts) => formatter.debug_tuple("All").field(parts).finish(),
            Self::Any(parts) => formatter.debug_tuple("Any").field(parts).finish(),
            Self::Not(part) => formatter.debug_tuple("Not").field(part).finish(),
            Self::Null(field) => formatter.debug_tuple("Null").field(field).finish(),
            Self::Compare(field, op, _) => formatter.debug_tuple("Compare").field(field).field(op).finish(),
            Self::OneOf(field, _) => formatter.debug_tuple("OneOf").field(field).finish(),
        }
    }
}

pub(super) fn param(params: &mut Vec<Value>, value: Value) -> ParamId {
    let id = ParamId(u32::try_from(params.len()).unwrap_or(u32::MAX));
    params.push(value);
    id
}

pub(super) fn field_id(model: &Model, name: &str) -> Result<FieldId, Error> {
    match model.field_named(name).filter(|field| field.is_column()) {
        Some(field) => Ok(field.id),
        None => Err(Error::internal(format!("{} has no column {name}", model.name))),
    }
}

fn column(model: &Model, name: &str) -> Result<Operand, Error> {
    let field = field_id(model, name)?;
    Ok(Operand::Column { origin: Origin::ROW, model: model.id, relations: Vec::new(), field })
}
