//! What a column's default in the database is in a schema.

use purlin_core::{DateTime, Decimal};
use purlin_schema::model::Scalar;

use super::edit::quoted;
use super::entity::EnumNames;
use crate::engine::{TypeWord, constant, is_now};
use crate::physical::Column;

/// What stands in `@default(…)`.
pub(super) fn text(column: &Column, word: &TypeWord, enumeration: Option<&EnumNames<'_>>) -> Option<String> {
    if column.is_counted {
        return Some("autoincrement()".to_owned());
    }
    let sql = column.default.as_deref()?;
    let value = constant(sql);
    if column.is_list && value.as_deref() == Some("{}") {
        // A list has this default anyway.
        return None;
    }
    let known = match word {
        _ if column.is_list => None,
        TypeWord::Scalar(Scalar::DateTime) if is_now(sql) => Some("now()".to_owned()),
        TypeWord::Scalar(scalar) => value.and_then(|value| of_scalar(*scalar, &value)),
        TypeWord::Made(_) => value.and_then(|value| enumeration?.member(&value).map(str::to_owned)),
        TypeWord::Unsupported(_) => None,
    };
    Some(known.unwrap_or_else(|| format!("dbgenerated({})", quoted(without_parentheses(sql)))))
}

fn of_scalar(scalar: Scalar, value: &str) -> Option<String> {
    let is_plain = value.chars().all(|letter| letter.is_ascii_digit() || "-.".contains(letter));
    match scalar {
        Scalar::String => Some(quoted(value)),
        Scalar::Boolean => match value {
            "1" | "t" | "true" => Some("true".to_owned()),
            "0" | "f" | "false" => Some("false".to_owned()),
            _ => None,
        },
        Scalar::Int => value.parse::<i32>().ok().map(|number| number.to_string()),
        Scalar::BigInt => value.parse::<i64>().ok().map(|number| number.to_string()),
        Scalar::Float => (is_plain && value.parse::<f64>().is_ok()).then(|| value.to_owned()),
        Scalar::Decimal if is_plain => Decimal::parse(value).ok().map(|number| number.to_string()),
        Scalar::DateTime => {
            let iso = value.replacen(' ', "T", 1);
            let time = DateTime::parse(&iso).or_else(|_| DateTime::parse(&format!("{iso}Z"))).ok()?;
            Some(quoted(&time.to_string()))
        }
        Scalar::Json => serde_json::from_str::<serde_json::Value>(value).ok().map(|_| quoted(value)),
        Scalar::Bytes | Scalar::Decimal => None,
    }
}

/// The engine puts them back.
fn without_parentheses(sql: &str) -> &str {
    let Some(inner) = sql.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) else { return sql };
    let mut depth = 0_i32;
    for letter in inner.chars() {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth < 0 {
            return sql;
        }
    }
    inner
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_off_the_parentheses_around_all() {
        assert_eq!((without_parentheses("(a)"), without_parentheses("(a) + (b)")), ("a", "(a) + (b)"));
    }
}
