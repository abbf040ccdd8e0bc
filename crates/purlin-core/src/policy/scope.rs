//! What rules are lowered against: who acts, which rows the rule's names mean, and the growing
//! parameter list of the statement.

use crate::actor::Actor;
use crate::engine::DefaultAccess;
use crate::operation::Key;
use crate::schema::{CompareOp, FieldId, ModelId, PolicyOperation, Schema};
use crate::statement::{Filter, LoadSlot, Loaded, Operand, Origin, ParamId};
use crate::value::{DateTime, Value};

/// One statement (or plan) in the making.
#[derive(Debug)]
pub(crate) struct Guard<'a> {
    pub schema: &'a Schema,
    pub actor: &'a Actor,
    pub default_access: DefaultAccess,
    pub now: DateTime,
    pub params: Vec<Value>,
    /// Innermost last.
    pub(super) scopes: Vec<Scope<'a>>,
    /// Where `before()` was loaded.
    pub(super) before: Option<LoadSlot>,
    /// Whose rules are being lowered, for `currentOperation()`.
    pub(super) operation: PolicyOperation,
    /// How many `check()` calls deep.
    pub(super) check_depth: u8,
    /// A rule has read a value of the new row that only the database will know.
    pub(super) needs_stored_row: bool,
    /// A rule has asked for the time.
    pub(super) asked_time: bool,
}

/// A row that names can mean.
#[derive(Clone, Copy, Debug)]
pub(super) enum Scope<'a> {
    /// A row of the statement. `is_named`: rules can name it; rows between two relations of one
    /// path are in the statement but not in the rule.
    Stored { is_named: bool },
    /// A row about to be created.
    New(&'a NewRow),
}

/// The values of a row about to be created.
#[derive(Debug)]
pub(crate) struct NewRow {
    /// By field position; relations hold `Value(Null)`.
    pub values: Vec<NewValue>,
}

#[derive(Clone, Debug)]
pub(crate) enum NewValue {
    Value(Value),
    /// A key column of a connected row, known when the plan runs.
    Loaded(Loaded),
    /// Made by the database.
    Generated,
}

impl NewRow {
    pub(crate) fn get(&self, field: FieldId) -> &NewValue {
        const MISSING: &NewValue = &NewValue::Value(Value::Null);
        self.values.get(field.index()).unwrap_or(MISSING)
    }
}

impl<'a> Guard<'a> {
    pub(crate) fn new(
        schema: &'a Schema,
        actor: &'a Actor,
        default_access: DefaultAccess,
        now: DateTime,
    ) -> Self {
        Self {
            schema,
            actor,
            default_access,
            now,
            params: Vec::new(),
            scopes: Vec::new(),
            before: None,
            operation: PolicyOperation::Read,
            check_depth: 0,
            needs_stored_row: false,
            asked_time: false,
        }
    }

    /// For another statement of the same actor.
    pub(crate) fn fresh(&self) -> Self {
        Self::new(self.schema, self.actor, self.default_access, self.now)
    }

    pub(crate) fn param(&mut self, value: Value) -> ParamId {
        let id = ParamId(u32::try_from(self.params.len()).unwrap_or(u32::MAX));
        self.params.push(value);
        id
    }

    /// Lowers `inside` with one more row in scope.
    pub(super) fn within<T>(&mut self, scope: Scope<'a>, inside: impl FnOnce(&mut Self) -> T) -> T {
        self.scopes.push(scope);
        let lowered = inside(self);
        self.scopes.pop();
        lowered
    }

    /// Lowers `inside` with `scope` as the only row in scope: for rules of another model, whose
    /// names must not reach the rows around. The statement's scopes still count from the innermost, so
    /// hiding the outer ones changes no number.
    pub(super) fn alone<T>(&mut self, scope: Scope<'a>, inside: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.scopes, vec![scope]);
        let lowered = inside(self);
        self.scopes = outer;
        lowered
    }

    /// `field = value and …` of the innermost row.
    pub(crate) fn key_filter(&mut self, model: ModelId, key: &Key) -> Filter {
        let parts: Vec<Filter> = key
            .fields
            .iter()
            .map(|(field, value)| {
                let right = Operand::Param(self.param(value.clone()));
                Filter::Compare { op: CompareOp::Equal, left: column(model, *field), right }
            })
            .collect();
        Filter::all(parts)
    }
}

/// A column of the innermost row.
pub(super) fn column(model: ModelId, field: FieldId) -> Operand {
    Operand::Column { origin: Origin::ROW, model, relations: Vec::new(), field }
}
