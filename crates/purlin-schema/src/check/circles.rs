//! Rules that hand a question on by `check()` must not get it back: following them would
//! never end.

use std::collections::BTreeSet;

use super::checker::Checker;
use crate::diagnostic::{Diagnostic, codes};
use crate::model::{Condition, Model, ModelId, PolicyOperation};
use crate::source::Span;

/// A question: may this be done with a row of that model?
type Question = (ModelId, PolicyOperation);

pub(super) fn refuse(checker: &mut Checker, models: &[Model]) {
    let mut asked: Vec<(Question, Question, Span)> = Vec::new();
    for model in models {
        for policy in &model.policies {
            let mut next = Vec::new();
            collect(&policy.condition, &mut next);
            for operation in &policy.operations {
                let question = (model.id, *operation);
                asked.extend(next.iter().map(|answer| (question, *answer, policy.span)));
            }
        }
    }
    for (question, next, span) in &asked {
        if leads_to(&asked, *next, *question) {
            let name = models.get(next.0.index()).map_or("", |model| model.name.as_str());
            let message =
                format!("this rule asks `{name}` whether to {}, which leads back here", next.1.as_str());
            checker.report(
                Diagnostic::error(codes::CHECK_CYCLE, *span, message)
                    .help("write the condition in place of one of the check() calls"),
            );
        }
    }
}

fn leads_to(asked: &[(Question, Question, Span)], from: Question, to: Question) -> bool {
    let mut seen = BTreeSet::new();
    let mut waiting = vec![from];
    while let Some(question) = waiting.pop() {
        if question == to {
            return true;
        }
        if seen.insert(order(question)) {
            waiting.extend(asked.iter().filter(|(from, ..)| *from == question).map(|(_, to, _)| *to));
        }
    }
    false
}

fn order(question: Question) -> (ModelId, &'static str) {
    (question.0, question.1.as_str())
}

fn collect(condition: &Condition, found: &mut Vec<Question>) {
    match condition {
        Condition::Check { path, operation } => found.push((path.model, *operation)),
        Condition::All(parts) | Condition::Any(parts) => parts.iter().for_each(|part| collect(part, found)),
        Condition::Not(inner) | Condition::Collection { condition: inner, .. } => collect(inner, found),
        _ => {}
    }
}
