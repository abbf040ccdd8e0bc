//! Rows of two tenants. Keys stay inside of a tenant, or lead to shared rows; all else is drawn from what the rules ask
//! for, and from what the type has.

use std::collections::BTreeMap;
use std::sync::Arc;

use purlin_core::evaluate::MemoryRows;
use purlin_core::schema::{
    Condition, Field, FieldId, FieldKind, Link, Literal, Model, ModelId, Operand, Scalar, Schema,
};
use purlin_core::value::{Value, literal_value};
use purlin_core::{DateTime, Decimal};

use super::plan::{Plan, key_fields, owning};

/// Rows of a model and tenant.
pub(super) const ROWS: usize = 12;

/// Whose a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    Tenant(usize),
    Everybody,
}

pub(super) struct Drawn {
    pub(super) rows: MemoryRows,
    /// By model: which of its rows are whose.
    pub(super) owners: BTreeMap<u16, Vec<Owner>>,
}

/// The same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, count: usize) -> usize {
        // splitmix64
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        usize::try_from(mixed % u64::try_from(count.max(1)).unwrap_or(1)).unwrap_or_default()
    }
}

struct Drawing<'a> {
    schema: &'a Arc<Schema>,
    plan: &'a Plan,
    now: DateTime,
    /// Values that rules compare a field with.
    asked: BTreeMap<(u16, FieldId), Vec<Value>>,
    fixed: &'a BTreeMap<FieldId, Value>,
    dice: Dice,
    drawn: Drawn,
    next: i64,
}

/// `fixed` are values of all users.
pub(super) fn draw(
    schema: &Arc<Schema>,
    plan: &Plan,
    fixed: &BTreeMap<FieldId, Value>,
    now: DateTime,
) -> Drawn {
    let mut asked = BTreeMap::new();
    for model in schema.own_models() {
        let fields = model.fields.iter().flat_map(|field| field.policies.iter().map(|rule| &rule.condition));
        for condition in model.policies.iter().map(|rule| &rule.condition).chain(fields) {
            add_asked(schema, condition, &mut asked);
        }
    }
    let drawn = Drawn { rows: MemoryRows::new(schema), owners: BTreeMap::new() };
    let mut drawing = Drawing { schema, plan, now, asked, fixed, dice: Dice(1), drawn, next: 1 };
    for model in &plan.shared {
        drawing.fill(schema.model(*model), Owner::Everybody);
    }
    // Keys go in circles: users of memberships of users.
    let mut order = plan.owned.clone();
    order.sort_by_key(|id| Some(*id) != schema.auth_model);
    if let Some(tenant) = order.iter().position(|id| *id == plan.tenant) {
        let tenant = order.remove(tenant);
        order.insert(0, tenant);
    }
    for tenant in 0..2 {
        for model in &order {
            drawing.fill(schema.model(*model), Owner::Tenant(tenant));
        }
    }
    drawing.connect();
    drawing.drawn
}

impl Drawing<'_> {
    fn fill(&mut self, model: &Model, owner: Owner) {
        let count = if model.id == self.plan.tenant { 1 } else { ROWS };
        let keys = key_fields(model);
        for _ in 0..count {
            let mut row = vec![Value::Null; model.fields.len()];
            self.next += 1;
            for field in model.columns().filter(|field| !keys.contains(&field.id)) {
                let value = self.value(model, field);
                if let Some(place) = row.get_mut(field.id.index()) {
                    *place = value;
                }
            }
            // A row whose key is that of another is told from the others for now.
            for field in model.key_fields().filter(|field| keys.contains(&field.id)) {
                if let Some(place) = row.get_mut(field.id.index()) {
                    *place = unique(field, self.next);
                }
            }
            self.drawn.rows.insert(model.id, row);
            self.drawn.owners.entry(model.id.0).or_default().push(owner);
        }
    }

    /// Keys, when all rows are there; and pairs of many-to-many relations.
    fn connect(&mut self) {
        let schema = Arc::clone(self.schema);
        let mut connected = MemoryRows::new(&schema);
        for model in schema.own_models() {
            let owners = self.drawn.owners.get(&model.id.0).cloned().unwrap_or_default();
            let mut kept = Vec::with_capacity(owners.len());
            for (index, owner) in owners.into_iter().enumerate() {
                let Some(mut row) = self.drawn.rows.rows(model.id).get(index).cloned() else { continue };
                for (_, relation) in owning(model) {
                    let is_self = relation.target == model.id;
                    let target = (!is_self || self.dice.below(2) == 0)
                        .then(|| self.pick(relation.target, owner, index));
                    for (local, far) in relation.pairs() {
                        let value = target.as_ref().and_then(|row| row.as_ref()?.get(far.index()).cloned());
                        let Some(place) = row.get_mut(local.index()) else { continue };
                        *place = value.unwrap_or(Value::Null);
                    }
                }
                let before = connected.rows(model.id).len();
                connected.insert(model.id, row);
                if connected.rows(model.id).len() > before {
                    kept.push(owner);
                }
            }
            self.drawn.owners.insert(model.id.0, kept);
        }
        self.drawn.rows = connected;
        for model in schema.own_models() {
            for field in &model.fields {
                let Some(relation) = field.relation() else { continue };
                let Link::Join(join) = &relation.link else { continue };
                let owners = self.drawn.owners.get(&model.id.0).cloned().unwrap_or_default();
                for (index, owner) in owners.into_iter().enumerate() {
                    let target = self.pick(relation.target, owner, index);
                    let own = self
                        .drawn
                        .rows
                        .rows(model.id)
                        .get(index)
                        .and_then(|row| row.get(join.local_key.index()))
                        .cloned();
                    let far = target.as_ref().and_then(|row| row.get(join.target_key.index())).cloned();
                    if let (Some(own), Some(far)) = (own, far) {
                        self.drawn.rows.link(model.id, field.id, own, far);
                    }
                }
            }
        }
    }

    /// A row of the same tenant, or one that everybody shares. In turn, so that each has some.
    fn pick(&mut self, model: ModelId, owner: Owner, turn: usize) -> Option<Vec<Value>> {
        let owners = self.drawn.owners.get(&model.0)?;
        let own: Vec<usize> = (0..owners.len())
            .filter(|index| owners.get(*index).is_some_and(|of| *of == owner || *of == Owner::Everybody))
            .collect();
        let index = *own.get(turn % own.len().max(1))?;
        self.drawn.rows.rows(model).get(index).cloned()
    }

    fn value(&mut self, model: &Model, field: &Field) -> Value {
        let is_user = Some(model.id) == self.schema.auth_model;
        if let Some(value) = self.fixed.get(&field.id).filter(|_| is_user) {
            return value.clone();
        }
        if is_user && field.is_active_flag {
            return Value::Boolean(true);
        }
        let is_key = model.key_fields().any(|key| key.id == field.id);
        if is_key || field.is_unique {
            return unique(field, self.next);
        }
        let asked = self.asked.get(&(model.id.0, field.id)).cloned().unwrap_or_default();
        if !asked.is_empty() && self.dice.below(3) > 0 {
            let index = self.dice.below(asked.len());
            return asked.get(index).cloned().unwrap_or(Value::Null);
        }
        if !field.is_required() && !field.is_list() && self.dice.below(4) == 0 {
            return Value::Null;
        }
        let one = self.element(field);
        if field.is_list() { Value::List(vec![one]) } else { one }
    }

    fn element(&mut self, field: &Field) -> Value {
        match &field.kind {
            FieldKind::Enum(id) => {
                let values = &self.schema.enumeration(*id).values;
                let index = self.dice.below(values.len());
                values.get(index).map_or(Value::Null, |value| Value::String(value.database_name.clone()))
            }
            FieldKind::Scalar(Scalar::Boolean) => Value::Boolean(self.dice.below(2) == 0),
            FieldKind::Scalar(Scalar::Int | Scalar::BigInt) => {
                Value::Int(i64::try_from(self.dice.below(5)).unwrap_or_default())
            }
            FieldKind::Scalar(Scalar::DateTime) => {
                // Before and after the present.
                let days = if self.dice.below(2) == 0 { -30 } else { 30 };
                let millis = self.now.as_millis().saturating_add(days * 86_400_000);
                DateTime::from_millis(millis).map_or(Value::Null, Value::DateTime)
            }
            _ => unique(field, self.next),
        }
    }
}

/// A value that no other row has.
fn unique(field: &Field, number: i64) -> Value {
    match &field.kind {
        FieldKind::Scalar(Scalar::Int | Scalar::BigInt) => Value::Int(number),
        FieldKind::Scalar(Scalar::Float) => {
            Value::Float(f64::from(i32::try_from(number).unwrap_or_default()))
        }
        FieldKind::Scalar(Scalar::Decimal) => {
            Decimal::parse(&number.to_string()).map_or(Value::Null, Value::Decimal)
        }
        FieldKind::Scalar(Scalar::DateTime) => {
            DateTime::from_millis(number * 1000).map_or(Value::Null, Value::DateTime)
        }
        FieldKind::Scalar(Scalar::Bytes) => Value::Bytes(number.to_be_bytes().to_vec()),
        FieldKind::Scalar(Scalar::Json) | FieldKind::Composite(_) => Value::Json("{}".to_owned()),
        FieldKind::Scalar(Scalar::Boolean) => Value::Boolean(number % 2 == 0),
        _ => Value::String(format!("{}-{number}", field.name)),
    }
}

/// Literals that a field is compared with, so that rows are drawn on both sides.
fn add_asked(schema: &Schema, condition: &Condition, asked: &mut BTreeMap<(u16, FieldId), Vec<Value>>) {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => {
            parts.iter().for_each(|part| add_asked(schema, part, asked));
        }
        Condition::Not(inner) | Condition::Collection { condition: inner, .. } => {
            add_asked(schema, inner, asked);
        }
        Condition::Compare { left, right, .. } => add_pair(schema, left, right, asked),
        Condition::In { value, list } => add_pair(schema, value, list, asked),
        Condition::Text { value, argument, .. } => add_pair(schema, value, argument, asked),
        _ => {}
    }
}

fn add_pair(
    schema: &Schema,
    one: &Operand,
    other: &Operand,
    asked: &mut BTreeMap<(u16, FieldId), Vec<Value>>,
) {
    for (path, literal) in [(one, other), (other, one)] {
        let Operand::Path(path) = path else { continue };
        let Some(field) = path.field.filter(|_| path.members.is_empty()) else { continue };
        let of = schema.model(path.model).field(field);
        let values = match literal {
            Operand::Literal(Literal::List(items)) => {
                items.iter().map(|item| literal_value(schema, item, Some(of))).collect()
            }
            Operand::Literal(literal) => vec![literal_value(schema, literal, Some(of))],
            Operand::EnumMember(id, position) => {
                let member = schema.enumeration(*id).values.get(usize::from(*position));
                member.map(|member| Value::String(member.database_name.clone())).into_iter().collect()
            }
            _ => continue,
        };
        let known = asked.entry((path.model.0, field)).or_default();
        for value in values {
            // One beside it too, where order decides.
            let beside = match &value {
                Value::Int(number) => {
                    [number.checked_sub(1), number.checked_add(1)].map(|next| next.map(Value::Int))
                }
                _ => [None, None],
            };
            for value in std::iter::once(value).chain(beside.into_iter().flatten()) {
                if !known.contains(&value) {
                    known.push(value);
                }
            }
        }
    }
}
