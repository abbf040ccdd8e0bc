//! A column's value as list columns hold their elements: in a JSON array of one.

use purlin_core::schema::{Field, FieldKind, Scalar};

use super::Flavour;

/// What JSON has no type for is text, in the form that the program itself writes.
pub(super) fn of_column(flavour: Flavour, value: &str, field: Option<&Field>) -> String {
    let scalar = field.and_then(|field| match &field.kind {
        FieldKind::Scalar(scalar) => Some(*scalar),
        _ => None,
    });
    let element = match scalar {
        Some(Scalar::Boolean) => {
            let word = format!("CASE {value} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END");
            match flavour {
                Flavour::MariaDb => format!("JSON_EXTRACT({word}, '$')"),
                Flavour::MySql | Flavour::TiDb => format!("CAST({word} AS JSON)"),
            }
        }
        Some(Scalar::BigInt) => format!("CAST({value} AS CHAR)"),
        Some(Scalar::Decimal) => {
            let all = format!("CAST(CAST({value} AS DECIMAL(65,30)) AS CHAR)");
            format!("TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM {all}))")
        }
        Some(Scalar::DateTime) => format!(
            "CONCAT(DATE_FORMAT({value}, '%Y-%m-%dT%H:%i:%s.'), LPAD(MICROSECOND({value}) DIV 1000, 3, '0'), 'Z')"
        ),
        Some(Scalar::Bytes) => format!("REPLACE(TO_BASE64({value}), CHAR(10), '')"),
        Some(Scalar::String | Scalar::Int | Scalar::Float | Scalar::Json) | None => value.to_owned(),
    };
    format!("JSON_ARRAY({element})")
}
