//! Rules are judged by the database of their model, which cannot look into another one: a rule that follows a
//! relation out of its datasource is refused.

use super::checker::Checker;
use crate::diagnostic::{Diagnostic, codes};
use crate::model::{
    Condition, Datasource, DatasourceId, DefaultValue, Field, Model, Operand, Path, Relation,
};
use crate::source::Span;

pub(super) fn refuse(checker: &mut Checker, models: &[Model], datasources: &[Datasource]) {
    if datasources.len() < 2 {
        return;
    }
    for model in models {
        let mut search = Search { models, home: model.datasource, found: None };
        let report = |checker: &mut Checker, found: Option<Found>, span: Span| {
            let Some(found) = found else { return };
            let place = datasources.get(found.place.index()).map_or("", |it| it.name.as_str());
            let message = format!(
                "this would look at `{}` in the datasource `{place}`, while `{}` stands in another one",
                found.model, model.name
            );
            checker.report(Diagnostic::error(codes::CROSSES_DATASOURCES, span, message).help(
                "compare the key itself, as in `userId == auth().id`, or keep what the rule needs in the same datasource",
            ));
        };
        for policy in &model.policies {
            search.condition(&policy.condition);
            report(checker, search.found.take(), policy.span);
        }
        for validation in &model.validations {
            search.condition(&validation.condition);
            report(checker, search.found.take(), model.span);
        }
        for field in &model.fields {
            for policy in &field.policies {
                search.condition(&policy.condition);
                report(checker, search.found.take(), policy.span);
            }
            if let Some(DefaultValue::Auth(operand)) = &field.default {
                search.operand(operand);
                report(checker, search.found.take(), field.span);
            }
        }
    }
}

struct Found {
    model: String,
    place: DatasourceId,
}

/// For the first row that stands elsewhere.
struct Search<'a> {
    models: &'a [Model],
    home: DatasourceId,
    found: Option<Found>,
}

impl Search<'_> {
    fn condition(&mut self, condition: &Condition) {
        match condition {
            Condition::Constant(_) => {}
            Condition::All(parts) | Condition::Any(parts) => {
                parts.iter().for_each(|part| self.condition(part));
            }
            Condition::Not(inner) => self.condition(inner),
            Condition::Compare { left, right, .. } => {
                self.operand(left);
                self.operand(right);
            }
            Condition::IsNull(operand) | Condition::Truth(operand) => self.operand(operand),
            Condition::In { value, list } => {
                self.operand(value);
                self.operand(list);
            }
            Condition::Text { value, argument, .. } => {
                self.operand(value);
                self.operand(argument);
            }
            Condition::List { list, argument, .. } => {
                self.operand(list);
                argument.iter().for_each(|argument| self.operand(argument));
            }
            Condition::Collection { path, condition, .. } => {
                self.path(path);
                self.condition(condition);
            }
            Condition::Check { path, .. } => self.path(path),
            Condition::Format { value, .. } => self.operand(value),
        }
    }

    fn operand(&mut self, operand: &Operand) {
        match operand {
            Operand::Path(path) => self.path(path),
            Operand::Length(inner) => self.operand(inner),
            Operand::Literal(_) | Operand::EnumMember(..) | Operand::Now | Operand::CurrentOperation(_) => {}
        }
    }

    /// The row it starts from is known or stands at home; every other one is looked up.
    fn path(&mut self, path: &Path) {
        let mut model = self.models.get(path.root_model.index());
        for relation in &path.relations {
            let relation = model.and_then(|it| it.fields.get(relation.index())).and_then(Field::relation);
            let target = relation.map(|it: &Relation| it.target);
            model = target.and_then(|target| self.models.get(target.index()));
            let Some(target) = model.filter(|it| it.datasource != self.home) else { continue };
            self.found.get_or_insert_with(|| Found { model: target.name.clone(), place: target.datasource });
        }
    }
}
