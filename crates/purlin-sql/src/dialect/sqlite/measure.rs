//! Measures of a column. The engine's own sum fails beyond 64 bits, and knows decimals as floats.

use purlin_core::operation::Function;
use purlin_core::schema::{Field, Scalar};

use super::{AVERAGE_FUNCTION, DECIMAL_COLLATION, MEAN_FUNCTION, SUM_FUNCTION};
use crate::render::number_of;

pub(super) fn of(function: Function, field: &Field, value: &str) -> String {
    let number = number_of(field);
    let is_exact = matches!(number, Some(Scalar::BigInt | Scalar::Decimal));
    match function {
        Function::Count => format!("count({value})"),
        Function::Sum if is_exact => format!("{SUM_FUNCTION}({value})"),
        Function::Sum => format!("sum({value})"),
        Function::Average => match number {
            Some(Scalar::Decimal) => format!("{AVERAGE_FUNCTION}({value})"),
            Some(Scalar::BigInt) => format!("{MEAN_FUNCTION}({value})"),
            _ => format!("CAST(sum({value}) AS REAL) / count({value})"),
        },
        Function::Min | Function::Max => {
            let name = if function == Function::Min { "min" } else { "max" };
            let collation = if number == Some(Scalar::Decimal) {
                format!(" COLLATE {DECIMAL_COLLATION}")
            } else {
                String::new()
            };
            format!("{name}({value}{collation})")
        }
    }
}
