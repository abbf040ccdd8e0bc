//! The rules of a model or a field as one filter. Deny wins over allow; no allow is a refusal, except
//! for post-update rules and field rules, which only restrict.

use super::scope::{Guard, Scope};
use crate::engine::DefaultAccess;
use crate::error::Error;
use crate::schema::{
    Condition, Effect, Field, FieldId, FieldOperation, Model, ModelId, PolicyOperation, Relation,
};
use crate::statement::Filter;

impl<'a> Guard<'a> {
    /// The rules of `model` for an operation, over the innermost row.
    pub(super) fn rules(&mut self, model: ModelId, operation: PolicyOperation) -> Filter {
        if self.actor.is_system() {
            return Filter::Always;
        }
        let model: &'a Model = self.schema.model(model);
        if model.is_builtin {
            return Filter::Never;
        }
        if self.actor.passes_rules() {
            return Filter::Always;
        }
        if model.policies.is_empty() {
            return Filter::constant(match self.default_access {
                DefaultAccess::Deny => false,
                DefaultAccess::Authenticated => self.actor.user().is_some(),
                DefaultAccess::Public => true,
            });
        }
        let outer = std::mem::replace(&mut self.operation, operation);
        let of_effect = |effect| {
            model
                .policies
                .iter()
                .filter(move |rule| rule.effect == effect && rule.operations.contains(&operation))
                .map(|rule| &rule.condition)
        };
        let denied = self.any_of(of_effect(Effect::Deny));
        let filter = if denied == Filter::Always {
            Filter::Never
        } else {
            let mut allows = of_effect(Effect::Allow).peekable();
            let is_free = operation == PolicyOperation::PostUpdate && allows.peek().is_none();
            let allowed = if is_free { Filter::Always } else { self.any_of(allows) };
            Filter::all([allowed, Filter::not(denied)])
        };
        self.operation = outer;
        filter
    }

    /// The rules of a field, over the innermost row.
    pub(super) fn field_rules(&mut self, field: &'a Field, operation: FieldOperation) -> Filter {
        if field.policies.is_empty() || self.actor.passes_rules() {
            return Filter::Always;
        }
        let model_operation = match operation {
            FieldOperation::Read => PolicyOperation::Read,
            FieldOperation::Update => PolicyOperation::Update,
        };
        let outer = std::mem::replace(&mut self.operation, model_operation);
        let of_effect = |effect| {
            field
                .policies
                .iter()
                .filter(move |rule| rule.effect == effect && rule.operations.contains(&operation))
                .map(|rule| &rule.condition)
        };
        let denied = self.any_of(of_effect(Effect::Deny));
        let mut allows = of_effect(Effect::Allow).peekable();
        let allowed = if allows.peek().is_none() { Filter::Always } else { self.any_of(allows) };
        self.operation = outer;
        Filter::all([allowed, Filter::not(denied)])
    }

    /// Where a replacement may reset a field that it does not name: the actor would see it and may change it.
    pub(super) fn reset_rules(&mut self, field: &'a Field) -> Filter {
        self.alone(Scope::Stored { is_named: true }, |guard| {
            let shown = guard.field_rules(field, FieldOperation::Read);
            Filter::all([shown, guard.field_rules(field, FieldOperation::Update)])
        })
    }

    /// The fields that a replacement leaves as they are in every row.
    pub(crate) fn fixed_fields(&mut self, model: &Model) -> Vec<FieldId> {
        let columns = self.schema.model(model.id).columns();
        columns.filter(|field| self.reset_rules(field) == Filter::Never).map(|field| field.id).collect()
    }

    /// The read rules of a relation's key: who may not see the key may not see where it leads.
    pub(super) fn relation_rules(&mut self, field: &'a Field, model: &'a Model) -> Filter {
        let Some(relation) = field.relation().filter(|relation| relation.is_owning()) else {
            return Filter::Always;
        };
        let keys: Vec<&'a Field> = relation.pairs().map(|(local, _)| model.field(local)).collect();
        if keys.iter().any(|key| key.is_omitted) && !self.actor.is_system() {
            return Filter::Never;
        }
        let rules: Vec<Filter> =
            keys.into_iter().map(|key| self.field_rules(key, FieldOperation::Read)).collect();
        Filter::all(rules)
    }

    /// The rules over a row of the statement, with nothing else in scope.
    pub(super) fn rules_of_row(&mut self, model: ModelId, operation: PolicyOperation) -> Filter {
        self.alone(Scope::Stored { is_named: true }, |guard| guard.rules(model, operation))
    }

    /// Whether the actor may know a row (scope 0) as one that `relation` leads to: the row itself, and, where
    /// the row holds the key, that key.
    pub(super) fn related_rules(&mut self, relation: &'a Relation) -> Filter {
        let target = self.schema.model(relation.target);
        let opposite = target.field(relation.opposite);
        let key =
            self.alone(Scope::Stored { is_named: true }, |guard| guard.relation_rules(opposite, target));
        Filter::all([self.rules_of_row(target.id, PolicyOperation::Read), key])
    }

    /// The rules over a row of the statement; a refusal where no row could pass them.
    pub(crate) fn possible(&mut self, model: ModelId, operation: PolicyOperation) -> Result<Filter, Error> {
        match self.rules_of_row(model, operation) {
            Filter::Never => Err(Error::Denied(self.refusal(model, operation))),
            filter => Ok(filter),
        }
    }

    /// What to tell a developer whose request a rule refused.
    pub(crate) fn refusal(&self, model: ModelId, operation: PolicyOperation) -> String {
        let model = self.schema.model(model);
        let word = operation.as_str();
        let name = &model.name;
        if model.policies.is_empty() {
            return format!("{name} has no access rules, so it is closed: add @@allow('{word}', …) to it");
        }
        let has_allow = model
            .policies
            .iter()
            .any(|rule| rule.effect == Effect::Allow && rule.operations.contains(&operation));
        if has_allow || operation == PolicyOperation::PostUpdate {
            format!("the access rules of {name} refuse this {word}")
        } else {
            format!("no rule of {name} allows {word}: add @@allow('{word}', …) to it")
        }
    }

    fn any_of(&mut self, conditions: impl Iterator<Item = &'a Condition>) -> Filter {
        let mut lowered = Vec::new();
        for condition in conditions {
            match self.condition(condition) {
                Filter::Always => return Filter::Always,
                filter => lowered.push(filter),
            }
        }
        Filter::any(lowered)
    }
}
