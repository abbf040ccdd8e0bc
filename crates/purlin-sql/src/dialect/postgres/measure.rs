//! Measures of a column.

use purlin_core::operation::Function;
use purlin_core::schema::{Field, FieldKind, Scalar};

use crate::render::number_of;

pub(super) fn of(function: Function, field: &Field, value: &str) -> String {
    let number = number_of(field);
    match (function, number) {
        (Function::Count, _) => format!("count({value})"),
        // Of 32 bits in 64, and of 64 in any number of digits.
        (Function::Sum, Some(Scalar::Int | Scalar::BigInt)) => format!("sum({value})"),
        (Function::Sum, Some(Scalar::Decimal)) => format!("sum({value}::numeric)"),
        (Function::Sum, _) => format!("sum({value}::double precision)"),
        // As many places as the operand has, at least, are calculated.
        (Function::Average, Some(Scalar::Decimal)) => {
            format!("round(sum({value}::numeric) / count({value})::numeric(65,30), 16)")
        }
        (Function::Average, Some(Scalar::Int | Scalar::BigInt)) => {
            format!("sum({value})::double precision / count({value})")
        }
        (Function::Average, _) => format!("sum({value}::double precision) / count({value})"),
        (Function::Min | Function::Max, _) => {
            let name = if function == Function::Min { "min" } else { "max" };
            format!("{name}({})", ordered(field, value))
        }
    }
}

/// Some types of texts, such as `uuid`, have no least value.
fn ordered(field: &Field, value: &str) -> String {
    let is_text = matches!(field.kind, FieldKind::Scalar(Scalar::String));
    match &field.native_type {
        Some(native) if is_text && !matches!(native.name.as_str(), "Text" | "VarChar") => {
            format!("({value})::text COLLATE \"C\"")
        }
        _ => value.to_owned(),
    }
}
