//! Measures of a column. A sum of whole numbers is a decimal there, and an average of them has four places.

use purlin_core::operation::Function;
use purlin_core::schema::{Field, Scalar};

use crate::render::number_of;

pub(super) fn of(function: Function, field: &Field, value: &str) -> String {
    match (function, number_of(field)) {
        (Function::Count, _) => format!("COUNT({value})"),
        (Function::Sum, Some(Scalar::Int)) => format!("CAST(SUM({value}) AS SIGNED)"),
        (Function::Sum, _) => format!("SUM({value})"),
        (Function::Average, Some(Scalar::Decimal)) => {
            format!("ROUND(CAST(SUM({value}) AS DECIMAL(65,30)) / COUNT({value}), 16)")
        }
        (Function::Average, Some(Scalar::Int | Scalar::BigInt)) => {
            format!("SUM({value}) * 1e0 / COUNT({value})")
        }
        (Function::Average, _) => format!("SUM({value}) / COUNT({value})"),
        (Function::Min, _) => format!("MIN({value})"),
        (Function::Max, _) => format!("MAX({value})"),
    }
}
