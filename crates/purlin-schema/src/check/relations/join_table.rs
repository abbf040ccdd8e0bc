//! Implicit many-to-many relations: lists on both ends, joined by a table that nobody
//! declares. Its names are those that Prisma gives, so that its databases can be adopted.

use super::Context;
use super::end::End;
use super::link::relation_name;
use crate::check::checker::Checker;
use crate::diagnostic::{Diagnostic, codes};
use crate::model::{FieldId, JoinTable, Link, ReferentialAction, Relation};

pub(super) fn join(
    checker: &mut Checker,
    context: &Context<'_, '_>,
    first: &End<'_>,
    second: &End<'_>,
) -> Option<(Relation, Relation)> {
    for end in [first, second] {
        if end.has_key() || end.is_broken {
            checker.report(
                Diagnostic::error(
                    codes::RELATION_KEY_SIDE,
                    end.relation_span(),
                    "a many-to-many relation has no `fields` and `references`",
                )
                .help("remove them, or link the two models by a third one"),
            );
            return None;
        }
        if end.on_delete.is_some() || end.on_update.is_some() {
            checker.report(
                Diagnostic::error(
                    codes::BAD_ACTION,
                    end.relation_span(),
                    "a many-to-many relation has no onDelete and onUpdate: its links always go with their rows",
                )
                .help("for other actions link the two models by a third one"),
            );
        }
    }
    if context.is_split(first, second) {
        checker.report(
            Diagnostic::error(
                codes::MANY_TO_MANY_KEY,
                first.span,
                "a many-to-many relation cannot join models of two datasources",
            )
            .related(second.span, "the other end")
            .help("link them by a model in one of the two"),
        );
        return None;
    }
    let first_key = single_key(checker, context, first, second)?;
    let second_key = single_key(checker, context, second, first)?;

    let name = relation_name(context, first, second);
    // The first model by name has column A; in a relation with itself, the first field.
    let order = |end: &End<'_>| (context.name(end.model).to_owned(), end.field_name.to_owned());
    let is_first_a = order(first) <= order(second);
    let columns = if is_first_a { ("A", "B") } else { ("B", "A") };
    let relation =
        |end: &End<'_>, opposite: &End<'_>, columns: (&str, &str), keys: (FieldId, FieldId)| Relation {
            name: name.clone(),
            target: end.target,
            opposite: opposite.field,
            link: Link::Join(JoinTable {
                table: format!("_{name}"),
                local_column: columns.0.to_owned(),
                target_column: columns.1.to_owned(),
                local_key: keys.0,
                target_key: keys.1,
            }),
            on_delete: ReferentialAction::Cascade,
            on_update: ReferentialAction::Cascade,
            is_split: false,
        };
    Some((
        relation(first, second, columns, (first_key, second_key)),
        relation(second, first, (columns.1, columns.0), (second_key, first_key)),
    ))
}

fn single_key(
    checker: &mut Checker,
    context: &Context<'_, '_>,
    end: &End<'_>,
    other: &End<'_>,
) -> Option<FieldId> {
    let keys = context.keys(end.model)?;
    let id = keys.single_id();
    if id.is_none() && keys.primary.is_some() {
        let message = format!(
            "`{}` has a key of several fields and cannot be linked many-to-many",
            context.name(end.model)
        );
        checker.report(
            Diagnostic::error(codes::MANY_TO_MANY_KEY, other.span, message)
                .help("give it a single @id, or link the two models by a third one"),
        );
    }
    id
}
