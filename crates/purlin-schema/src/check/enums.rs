//! Enums with their names in the database.

use std::collections::BTreeMap;

use super::attributes::{find, text_arg};
use super::checker::Checker;
use super::outline::Outline;
use crate::diagnostic::{Diagnostic, codes};
use crate::model::{Enum, EnumId, EnumValue};

pub(super) fn build(checker: &mut Checker, outline: &Outline<'_>) -> Vec<Enum> {
    let mut enums = Vec::new();
    for (number, &it) in (0..=u16::MAX).zip(&outline.enums) {
        if it.values.is_empty() {
            let message = format!("the enum `{}` has no values", it.name.text);
            checker.error(codes::EMPTY_BLOCK, it.name.span, message);
        }
        let mut names = BTreeMap::new();
        let mut stored = BTreeMap::new();
        let mut values = Vec::new();
        for value in &it.values {
            if let Some(first) = names.insert(value.name.as_str(), value.name.span) {
                let message = format!("`{}` has two values `{}`", it.name.text, value.name.text);
                checker.report(
                    Diagnostic::error(codes::DUPLICATE_NAME, value.name.span, message)
                        .related(first, "the first"),
                );
                continue;
            }
            let map = find(&value.attributes, "map").and_then(|map| text_arg(map, "name"));
            let renamed_from =
                find(&value.attributes, "renamedFrom").and_then(|renamed| text_arg(renamed, "name"));
            let database_name = map.unwrap_or(&value.name.text);
            if let Some(first) = stored.insert(database_name, value.name.span) {
                let message = format!("two values of `{}` are stored as `{database_name}`", it.name.text);
                checker.report(
                    Diagnostic::error(codes::DUPLICATE_NAME, value.span, message).related(first, "the first"),
                );
            }
            values.push(EnumValue {
                name: value.name.text.clone(),
                database_name: database_name.to_owned(),
                renamed_from: renamed_from.map(str::to_owned),
                docs: value.doc.clone(),
            });
        }
        let map = find(&it.attributes, "map").and_then(|map| text_arg(map, "name"));
        enums.push(Enum {
            id: EnumId(number),
            name: it.name.text.clone(),
            database_name: map.unwrap_or(&it.name.text).to_owned(),
            values,
            docs: it.doc.clone(),
            span: it.name.span,
        });
    }
    enums
}
