//! Tests inside JSON documents. Values of different types are never equal and never ordered.

use purlin_core::schema::CompareOp;
use purlin_core::statement::JsonOp;

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
        JsonOp::Text { .. } => {
            let text = format!("JSON_UNQUOTE({found}) COLLATE {}", dialect.collation());
            format!("(JSON_TYPE({found}) = 'STRING' AND {})", text_test(&text))
        }
        JsonOp::ArrayContains => {
            // As an element of an array of one, or an array would be looked for part by part.
            format!(
                "(JSON_TYPE({found}) = 'ARRAY' AND JSON_CONTAINS({found}, JSON_ARRAY({})))",
                document(flavour, argument)
            )
        }
    }
}

fn compare(flavour: Flavour, op: CompareOp, found: &str, argument: &str) -> String {
    let sign = compare_sign(op);
    let argument = format!("JSON_EXTRACT({argument}, '$')");
    let same = format!("{} = {}", class(found), class(&argument));
    let bytes = |text: &str| format!("CAST(JSON_UNQUOTE({text}) AS BINARY)");
    let number = |text: &str| format!("(JSON_UNQUOTE({text}) + 0e0)");
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
        "({same} AND CASE {} WHEN 'NUMBER' THEN {} {sign} {} WHEN 'STRING' THEN {} {sign} {} \
         WHEN 'BOOLEAN' THEN {} {sign} {} ELSE {whole} END)",
        class(found),
        number(found),
        number(&argument),
        bytes(found),
        bytes(&argument),
        bytes(found),
        bytes(&argument),
    )
}

fn document(flavour: Flavour, text: &str) -> String {
    match flavour {
        Flavour::MariaDb => format!("JSON_EXTRACT({text}, '$')"),
        Flavour::MySql | Flavour::TiDb => format!("CAST({text} AS JSON)"),
    }
}

/// Types that compare with each other, by one name.
fn class(value: &str) -> String {
    format!(
        "CASE JSON_TYPE({value}) WHEN 'INTEGER' THEN 'NUMBER' WHEN 'DOUBLE' THEN 'NUMBER' WHEN 'DECIMAL' THEN 'NUMBER' \
         WHEN 'UNSIGNED INTEGER' THEN 'NUMBER' ELSE JSON_TYPE({value}) END"
    )
}
