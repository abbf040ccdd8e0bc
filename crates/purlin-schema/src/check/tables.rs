//! Names in the database: no two models may have the same table, and none one of Purlin's own.

use std::collections::BTreeMap;

use super::checker::Checker;
use crate::builtin::{TABLE_PREFIX, is_bookkeeping, is_own_table};
use crate::diagnostic::{Diagnostic, codes};
use crate::model::{Enum, Link, Model};
use crate::source::Span;

pub(super) fn check(checker: &mut Checker, models: &[Model], enums: &[Enum]) {
    let mut seen: BTreeMap<(u16, Option<&str>, &str), Span> = BTreeMap::new();
    for model in models {
        refuse_own(checker, &model.table, model.span, "give the model another: @@map(\"…\")");
        let place = (model.datasource.0, model.database_schema.as_deref(), model.table.as_str());
        if let Some(first) = seen.insert(place, model.span) {
            let message = format!("two models have the table `{}`", model.table);
            checker.report(
                Diagnostic::error(codes::DUPLICATE_NAME, model.span, message)
                    .related(first, "the first")
                    .help("give one of them another name: @@map(\"…\")"),
            );
        }
    }
    for enumeration in enums {
        let help = "give the enum another name: @@map(\"…\")";
        refuse_own(checker, &enumeration.database_name, enumeration.span, help);
    }
    // Both ends of a relation know its join table; it counts once.
    let mut joins: BTreeMap<(u16, &str), (Span, Span)> = BTreeMap::new();
    for model in models {
        for field in &model.fields {
            let Some(relation) = field.relation() else { continue };
            let Link::Join(join) = &relation.link else { continue };
            let opposite = models
                .get(relation.target.index())
                .and_then(|target| target.fields.get(relation.opposite.index()))
                .map_or(field.span, |opposite| opposite.span);
            let ends = (field.span.min(opposite), field.span.max(opposite));
            let help = "give the relation another name: @relation(\"Name\") on both ends";
            refuse_own(checker, &join.table, field.span, help);
            let first = *joins.entry((model.datasource.0, &join.table)).or_insert(ends);
            let clash = seen.get(&(model.datasource.0, None, join.table.as_str())).copied();
            let clash = clash.or_else(|| (first != ends).then_some(first.0));
            if let Some(other) = clash {
                let message = format!("this relation needs the table `{}`, which is taken", join.table);
                checker.report(
                    Diagnostic::error(codes::DUPLICATE_NAME, field.span, message)
                        .related(other, "taken here")
                        .help(help),
                );
            }
        }
    }
}

/// Engines differ in whether case makes another table.
fn refuse_own(checker: &mut Checker, table: &str, span: Span, help: &str) {
    if is_bookkeeping(table) || !checker.is_builtin && is_own_table(table) {
        let message =
            format!("the name `{table}` would be one of Purlin's own, which begin with {TABLE_PREFIX}");
        checker.report(Diagnostic::error(codes::RESERVED_NAME, span, message).help(help));
    }
}
