//! Names in the database: no two models may have the same table.

use std::collections::BTreeMap;

use super::checker::Checker;
use crate::diagnostic::{Diagnostic, codes};
use crate::model::{Link, Model};
use crate::source::Span;

pub(super) fn check(checker: &mut Checker, models: &[Model]) {
    let mut seen: BTreeMap<(u16, Option<&str>, &str), Span> = BTreeMap::new();
    for model in models {
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
            let first = *joins.entry((model.datasource.0, &join.table)).or_insert(ends);
            let clash = seen.get(&(model.datasource.0, None, join.table.as_str())).copied();
            let clash = clash.or_else(|| (first != ends).then_some(first.0));
            if let Some(other) = clash {
                let message = format!("this relation needs the table `{}`, which is taken", join.table);
                checker.report(
                    Diagnostic::error(codes::DUPLICATE_NAME, field.span, message)
                        .related(other, "taken here")
                        .help("give the relation another name: @relation(\"Name\") on both ends"),
                );
            }
        }
    }
}
