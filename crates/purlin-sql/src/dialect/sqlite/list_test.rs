//! Tests of list columns, which hold JSON arrays. A null list fails every test.

/// How the elements of two lists are compared.
fn collation(is_decimal: bool) -> &'static str {
    if is_decimal { " COLLATE purlin_decimal" } else { "" }
}

pub(super) fn has(list: &str, element: &str, is_decimal: bool) -> String {
    let collation = collation(is_decimal);
    format!("EXISTS (SELECT 1 FROM json_each({list}) AS e WHERE e.value = {element}{collation})")
}

pub(super) fn has_some(list: &str, wanted: &str, is_decimal: bool) -> String {
    let collation = collation(is_decimal);
    format!(
        "EXISTS (SELECT 1 FROM json_each({list}) AS e JOIN json_each({wanted}) AS w ON e.value = w.value{collation})"
    )
}

pub(super) fn has_every(list: &str, wanted: &str, is_decimal: bool) -> String {
    let collation = collation(is_decimal);
    format!(
        "({list} IS NOT NULL AND {wanted} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM json_each({wanted}) AS w \
         WHERE NOT EXISTS (SELECT 1 FROM json_each({list}) AS e WHERE e.value = w.value{collation})))"
    )
}

pub(super) fn is_empty(list: &str) -> String {
    format!("json_array_length({list}) = 0")
}
