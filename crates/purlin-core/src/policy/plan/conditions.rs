//! What a write depends on beside the rules: that its row is as the actor has read it, and that it is not done twice.

use std::sync::Arc;

use super::planner::Planner;
use super::values::slot_key;
use crate::error::Error;
use crate::operation::{Count, Key, Selection};
use crate::policy::scope::column;
use crate::replies::{MODEL, Once};
use crate::schema::{CompareOp, FieldId, Model, PolicyOperation};
use crate::statement::{
    AnswerRule, Change, CheckFailure, Expect, Filter, Insert, Kept, Operand, Read, Step, Update, WriteValue,
};
use crate::value::Value;

impl<'a> Planner<'a> {
    /// The rule hears the row as the actor reads it; from then on nobody else changes it.
    pub(crate) fn judge(
        &mut self,
        model: &'a Model,
        key: &Key,
        rule: &Arc<dyn AnswerRule>,
    ) -> Result<(), Error> {
        let slot = self.slot();
        let by_key = self.guard.client_key(model, key);
        let readable = self.guard.rules_of_row(model.id, PolicyOperation::Read);
        let expect = Expect::One {
            readable: Filter::Never,
            denied: CheckFailure::NotFound,
            absent: CheckFailure::NotFound,
        };
        let fields = model.key_fields().map(|field| field.id).collect();
        let filter = Filter::all([by_key, readable]);
        self.steps.push(Step::Load { slot, model: model.id, fields, filter, expect });
        let mut guard = self.guard.fresh();
        let shape = guard.written(model, &slot_key(model, slot), &Selection::default())?;
        let read = Read { shape: Arc::new(shape), params: guard.params, count: Count::None };
        self.steps.push(Step::Judge { read, rule: Arc::clone(rule) });
        Ok(())
    }

    /// Takes the key first: who asks at the same time waits, and then hears that it is taken. What it holds are not
    /// the actor's rows but Purlin's own, so no rule speaks of them.
    pub(crate) fn keep_answer(&mut self, once: &Once) -> Result<(), Error> {
        let Some(model) = self.guard.schema.builtin(MODEL) else {
            return Err(Error::Unsupported("this app keeps no answers".to_owned()));
        };
        let field = |name: &str| -> Result<FieldId, Error> {
            let found = model.field_named(name).map(|field| field.id);
            found.ok_or_else(|| Error::internal("the table of answers has other columns"))
        };
        let (id, body) = (field("id")?, field("body")?);
        let given = [
            (id, Value::String(once.id.clone())),
            (field("fingerprint")?, Value::String(once.fingerprint.clone())),
            (field("createdAt")?, Value::DateTime(self.guard.now)),
        ];
        let values =
            given.into_iter().map(|(field, value)| (field, WriteValue::Param(self.guard.param(value))));
        let insert = Insert {
            model: model.id,
            values: values.collect(),
            slot: None,
            returning: Vec::new(),
            shown: Vec::new(),
            skips_duplicates: false,
        };
        self.steps.push(Step::Insert(insert));
        let slot = self.slot();
        let right = Operand::Param(self.guard.param(Value::String(once.id.clone())));
        let filter = Filter::Compare { op: CompareOp::Equal, left: column(model.id, id), right };
        let changes = vec![(body, Change::Set(WriteValue::Loaded { slot, field: body }))];
        let update = Update { model: model.id, changes, filter, expect: Expect::Any };
        self.kept = Some(Kept { slot, field: body, update });
        Ok(())
    }
}
