//! Tests inside JSON documents. Values of different types are never equal and never ordered.

use purlin_core::schema::CompareOp;
use purlin_core::statement::{JsonOp, ListEnd};

use super::{Flavour, MySql};
use crate::render::compare_sign;

pub(super) fn test(
    dialect: MySql,
    op: JsonOp,
    value: &str,
    path: &str,
    argument: &str,
    text_test: impl Fn(&str) -> String,
) -> String {
    let flavour = dialect.flavour;
    let found = format!("JSON_EXTRACT({}, {path})", dialect.document(value));
    match op {
        JsonOp::Compare(op) => compare(flavour, op, &found, argument),
        JsonOp::ArrayEnd(end) => {
            let element = match end {
                ListEnd::First => format!("JSON_EXTRACT({found}, '$[0]')"),
                // No engine takes a negative position, which an empty list would ask for.
                ListEnd::Last => {
                    format!("JSON_EXTRACT({found}, CONCAT('$[', GREATEST(JSON_LENGTH({found}), 1) - 1, ']'))")
                }
            };
            let equal = compare(flavour, CompareOp::Equal, &element, argument);
            // A scalar counts as a list of itself otherwise.
            format!("(JSON_TYPE({found}) = 'ARRAY' AND {equal})")
        }
        JsonOp::Text { .. } => {
            let text = format!("JSON_UNQUOTE({found}) COLLATE {}", dialect.collation());
            format!("(JSON_TYPE({found}) = 'STRING' AND {})", text_test(&text))
        }
        JsonOp::ArrayContains => {
            let is_there = match flavour {
                // `JSON_CONTAINS` finds parts of documents as well, and whole numbers by what a double holds of them.
                Flavour::MySql | Flavour::MariaDb => {
                    let element = format!("JSON_EXTRACT({found}, CONCAT('$[', e.n - 1, ']'))");
                    format!(
                        "EXISTS (SELECT 1 FROM JSON_TABLE({found}, '$[*]' COLUMNS (n FOR ORDINALITY)) AS e WHERE {})",
                        compare(flavour, CompareOp::Equal, &element, argument)
                    )
                }
                // As an element of an array of one, or an array would be looked for part by part.
                Flavour::TiDb => format!("JSON_CONTAINS({found}, JSON_ARRAY(CAST({argument} AS JSON)))"),
            };
            format!("(JSON_TYPE({found}) = 'ARRAY' AND {is_there})")
        }
    }
}

fn compare(flavour: Flavour, op: CompareOp, found: &str, argument: &str) -> String {
    let sign = compare_sign(op);
    let argument = format!("JSON_EXTRACT({argument}, '$')");
    let same = format!("{} = {}", class(found), class(&argument));
    let bytes = |text: &str| format!("CAST(JSON_UNQUOTE({text}) AS BINARY)");
    let number = |text: &str| format!("(JSON_UNQUOTE({text}) + 0e0)");
    let is_whole = |text: &str| format!("JSON_TYPE({text}) = 'INTEGER'");
    let integer = |text: &str| format!("CAST(JSON_UNQUOTE({text}) AS SIGNED)");
    // A double holds no more than 53 bits.
    let numbers = format!(
        "CASE WHEN {} AND {} THEN {} {sign} {} ELSE {} {sign} {} END",
        is_whole(found),
        is_whole(&argument),
        integer(found),
        integer(&argument),
        number(found),
        number(&argument),
    );
    let whole = match op {
        // Both are in the one form that documents are stored in.
        CompareOp::Equal | CompareOp::NotEqual => {
            let text = |text: &str| match flavour {
                Flavour::MariaDb => format!("JSON_COMPACT({text})"),
                Flavour::MySql | Flavour::TiDb => format!("CAST({text} AS CHAR)"),
            };
            format!("CAST({} AS BINARY) {sign} CAST({} AS BINARY)", text(found), text(&argument))
        }
        // Documents and lists have no order.
        _ => "FALSE".to_owned(),
    };
    format!(
        "({same} AND CASE {} WHEN 'NUMBER' THEN {numbers} WHEN 'STRING' THEN {} {sign} {} \
         WHEN 'BOOLEAN' THEN {} {sign} {} ELSE {whole} END)",
        class(found),
        bytes(found),
        bytes(&argument),
        bytes(found),
        bytes(&argument),
    )
}

/// Types that compare with each other, by one name.
fn class(value: &str) -> String {
    format!(
        "CASE JSON_TYPE({value}) WHEN 'INTEGER' THEN 'NUMBER' WHEN 'DOUBLE' THEN 'NUMBER' WHEN 'DECIMAL' THEN 'NUMBER' \
         WHEN 'UNSIGNED INTEGER' THEN 'NUMBER' ELSE JSON_TYPE({value}) END"
    )
}
