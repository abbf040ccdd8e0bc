//! Operands of rules: folded to a value where it is known, else an operand of the statement.

use super::NewValue;
use super::scope::{Guard, Scope};
use crate::schema::{Field, FieldId, FieldKind, Link, ModelId, Operand as Rule, Path, PathRoot, Scalar};
use crate::statement::{Loaded, Operand, Origin};
use crate::value::compare::{cased, length};
use crate::value::{Value, literal_value};

/// A lowered operand.
#[derive(Clone, Debug)]
pub(super) enum Term {
    /// A constant, or a value of the signed-in user: null in a comparison is false.
    Known(Value),
    /// A value of the new row: compares as a field, so null equals null of another field.
    NewField(Value),
    /// Of the statement, rooted at the rule's rows or their old state: compares as a field.
    Stored(Operand),
    /// Of the statement, but reached from the signed-in user: null in a comparison is false.
    OfActor(Operand),
}

impl Term {
    pub(super) fn is_field(&self) -> bool {
        matches!(self, Self::NewField(_) | Self::Stored(_))
    }
}

/// Where a path's first relation starts, or that it leads nowhere.
pub(super) enum Start {
    Origin(Origin),
    Nowhere,
}

impl Guard<'_> {
    /// `counterpart` is what the operand is compared with; it types literals.
    pub(super) fn term(&mut self, operand: &Rule, counterpart: Option<&Rule>) -> Term {
        match operand {
            Rule::Literal(literal) => {
                let field = counterpart.and_then(|other| self.operand_field(other));
                Term::Known(literal_value(self.schema, literal, field))
            }
            Rule::EnumMember(id, position) => {
                let members = &self.schema.enumeration(*id).values;
                let member = members.get(usize::from(*position));
                Term::Known(member.map_or(Value::Null, |member| Value::String(member.database_name.clone())))
            }
            Rule::Now => {
                self.asked_time = true;
                Term::Known(Value::DateTime(self.now))
            }
            Rule::CurrentOperation(casing) => Term::Known(Value::String(cased(self.operation, *casing))),
            Rule::Length(inner) => match self.term(inner, None) {
                Term::Known(value) | Term::NewField(value) => Term::Known(length(&value)),
                // Only in `@@validate`, which sees nothing but known values.
                Term::Stored(_) | Term::OfActor(_) => Term::Known(Value::Null),
            },
            Rule::Path(path) => self.path_term(path),
        }
    }

    fn path_term(&mut self, path: &Path) -> Term {
        let Some(field) = path.field else { return Term::Known(Value::Null) };
        if !path.relations.is_empty() {
            let operand = |origin| Operand::Column {
                origin,
                model: path.root_model,
                relations: path.relations.clone(),
                field,
            };
            return match self.start(path) {
                Start::Nowhere if path.root == PathRoot::Auth => Term::Known(Value::Null),
                Start::Nowhere => Term::NewField(Value::Null),
                Start::Origin(origin) if path.root == PathRoot::Auth => Term::OfActor(operand(origin)),
                Start::Origin(origin) => Term::Stored(operand(origin)),
            };
        }
        match path.root {
            PathRoot::Auth => Term::Known(self.auth_value(field)),
            PathRoot::Before => match self.before {
                Some(slot) => Term::Stored(Operand::Loaded(Loaded { slot, model: path.root_model, field })),
                None => Term::Known(Value::Null),
            },
            PathRoot::Scope(depth) => match self.scope(depth) {
                Some((Scope::New(row), _)) => match row.get(field) {
                    NewValue::Value(value) => Term::NewField(value.clone()),
                    NewValue::Loaded(loaded) => Term::Stored(Operand::Loaded(*loaded)),
                    NewValue::Generated => {
                        self.needs_stored_row = true;
                        Term::NewField(Value::Null)
                    }
                },
                Some((Scope::Stored { .. }, position)) => Term::Stored(Operand::Column {
                    origin: Origin::Scope(position),
                    model: path.root_model,
                    relations: Vec::new(),
                    field,
                }),
                None => Term::Known(Value::Null),
            },
        }
    }

    /// The row a rule names with depth `depth`, and its number among the statement's scopes.
    pub(super) fn scope(&self, depth: u8) -> Option<(Scope<'_>, u8)> {
        let mut named = 0;
        let mut stored = 0;
        for scope in self.scopes.iter().rev() {
            let is_named = !matches!(scope, Scope::Stored { is_named: false });
            if is_named && named == depth {
                return Some((*scope, stored));
            }
            named += u8::from(is_named);
            stored += u8::from(matches!(scope, Scope::Stored { .. }));
        }
        None
    }

    pub(super) fn auth_value(&self, field: FieldId) -> Value {
        self.actor.user().and_then(|user| user.values.get(field.index())).cloned().unwrap_or(Value::Null)
    }

    /// Where the first relation of a path is followed from.
    pub(super) fn start(&mut self, path: &Path) -> Start {
        let Some(first) = path.relations.first() else { return Start::Nowhere };
        let keys = self.local_keys(path.root_model, *first);
        let mut values = Vec::with_capacity(keys.len());
        match path.root {
            PathRoot::Auth => {
                for key in keys {
                    match self.auth_value(key) {
                        Value::Null => return Start::Nowhere,
                        value => values.push(Operand::Param(self.param(value))),
                    }
                }
            }
            // The checker allows scalar fields only after `before()`.
            PathRoot::Before => return Start::Nowhere,
            PathRoot::Scope(depth) => match self.scope(depth) {
                None => return Start::Nowhere,
                Some((Scope::Stored { .. }, position)) => return Start::Origin(Origin::Scope(position)),
                Some((Scope::New(row), _)) => {
                    let known: Vec<NewValue> = keys.iter().map(|key| row.get(*key).clone()).collect();
                    for value in known {
                        match value {
                            NewValue::Value(Value::Null) => return Start::Nowhere,
                            NewValue::Value(value) => values.push(Operand::Param(self.param(value))),
                            NewValue::Loaded(loaded) => values.push(Operand::Loaded(loaded)),
                            NewValue::Generated => {
                                self.needs_stored_row = true;
                                return Start::Nowhere;
                            }
                        }
                    }
                }
            },
        }
        Start::Origin(Origin::Values(values))
    }

    /// This side's fields of a relation, in the order of its pairs.
    fn local_keys(&self, model: ModelId, relation: FieldId) -> Vec<FieldId> {
        let Some(relation) = self.schema.model(model).field(relation).relation() else { return Vec::new() };
        match &relation.link {
            Link::Owning { fields, .. } | Link::Inverse { fields, .. } => fields.clone(),
            Link::Join(join) => vec![join.local_key],
        }
    }

    /// The field that gives an operand its type.
    fn operand_field(&self, operand: &Rule) -> Option<&Field> {
        match operand {
            Rule::Path(path) if path.members.is_empty() => {
                path.field.map(|field| self.schema.model(path.model).field(field))
            }
            _ => None,
        }
    }

    /// A list operand typed by the value that is looked for in it.
    pub(super) fn is_list_field(&self, operand: &Rule) -> bool {
        self.operand_field(operand).is_some_and(Field::is_list)
    }

    /// Whether the operand is text in the statement (a Json column is not).
    pub(super) fn is_json(&self, operand: &Rule) -> bool {
        self.operand_field(operand).is_some_and(|field| {
            matches!(field.kind, FieldKind::Scalar(Scalar::Json) | FieldKind::Composite(_))
        })
    }
}
