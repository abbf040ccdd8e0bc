//! Random rows in memory: what the oracle believes is stored.

use purlin_core::evaluate::{Row, World};
use purlin_core::operation::Key;
use purlin_core::schema::{Field, FieldId, FieldKind, Link, Model, ModelId, Scalar, Schema};
use purlin_core::statement::{Guarded, Insert, ParamId, Step, WritePlan, WriteValue};
use purlin_core::{DateTime, Decimal, Value};

use super::rng::Rng;

/// The number of no row.
pub(super) const ABSENT: usize = 9_999;

/// The second key of every model, so that rows are also looked up by what may be hidden.
const UNIQUE: &str = "u";

#[derive(Debug, Clone)]
pub(super) struct Rows<'s> {
    pub(super) schema: &'s Schema,
    /// By model, then row; values by field.
    pub(super) tables: Vec<Vec<Vec<Value>>>,
    /// By name of the join table: (id of column A's row, of column B's).
    pub(super) links: Vec<(String, Vec<(Value, Value)>)>,
}

impl<'s> Rows<'s> {
    pub(super) fn draw(schema: &'s Schema, rng: &mut Rng) -> Self {
        let mut rows = Self { schema, tables: Vec::new(), links: Vec::new() };
        let counts: Vec<usize> = schema.models.iter().map(|_| 2 + rng.below(5)).collect();
        for model in &schema.models {
            let mut table = Vec::new();
            for id in 0..counts[model.id.index()] {
                table.push(draw_row(schema, model.id, id, &counts, &table, rng));
            }
            rows.tables.push(table);
        }
        for model in &schema.models {
            for field in &model.fields {
                let Some(Link::Join(join)) = field.relation().map(|relation| &relation.link) else {
                    continue;
                };
                if join.local_column != "A" {
                    continue;
                }
                let target = field.relation().unwrap().target;
                let mut pairs = Vec::new();
                for a in 0..counts[model.id.index()] {
                    for b in 0..counts[target.index()] {
                        if rng.chance(30) {
                            pairs.push((int(a), int(b)));
                        }
                    }
                }
                rows.links.push((join.table.clone(), pairs));
            }
        }
        rows
    }

    pub(super) fn row(&self, model: ModelId, index: usize) -> &Row {
        &self.tables[model.index()][index]
    }

    /// Everything as one plan of the system. Keys are set last, for they may go in circles.
    pub(super) fn plan(&self) -> Guarded<WritePlan> {
        let mut plan = WritePlan::default();
        let param = |plan: &mut WritePlan, value: Value| {
            plan.params.push(value);
            ParamId(u32::try_from(plan.params.len() - 1).unwrap())
        };
        for model in &self.schema.models {
            for row in &self.tables[model.id.index()] {
                let values = model
                    .columns()
                    .map(|field| {
                        let is_key = is_foreign_key(self.schema, model.id, field.id);
                        let value = if is_key { Value::Null } else { row[field.id.index()].clone() };
                        (field.id, WriteValue::Param(param(&mut plan, value)))
                    })
                    .collect();
                plan.steps.push(Step::Insert(Insert {
                    model: model.id,
                    values,
                    slot: None,
                    returning: Vec::new(),
                    shown: Vec::new(),
                    skips_duplicates: false,
                }));
            }
        }
        for model in &self.schema.models {
            for row in &self.tables[model.id.index()] {
                let keys: Vec<&Field> =
                    model.columns().filter(|field| is_foreign_key(self.schema, model.id, field.id)).collect();
                if keys.is_empty() {
                    continue;
                }
                let changes = keys
                    .iter()
                    .map(|field| {
                        let value = row[field.id.index()].clone();
                        (
                            field.id,
                            purlin_core::statement::Change::Set(WriteValue::Param(param(&mut plan, value))),
                        )
                    })
                    .collect();
                let id = model.key_fields().next().unwrap().id;
                let filter = purlin_core::statement::Filter::Compare {
                    op: purlin_core::schema::CompareOp::Equal,
                    left: purlin_core::statement::Operand::Column {
                        origin: purlin_core::statement::Origin::ROW,
                        model: model.id,
                        relations: Vec::new(),
                        field: id,
                    },
                    right: purlin_core::statement::Operand::Param(param(&mut plan, row[id.index()].clone())),
                };
                plan.steps.push(Step::Update(purlin_core::statement::Update {
                    model: model.id,
                    changes,
                    filter,
                    expect: purlin_core::statement::Expect::Any,
                }));
            }
        }
        for model in &self.schema.models {
            for field in &model.fields {
                let Some(Link::Join(join)) = field.relation().map(|relation| &relation.link) else {
                    continue;
                };
                if join.local_column != "A" {
                    continue;
                }
                for (a, b) in self.pairs(&join.table) {
                    let local = WriteValue::Param(param(&mut plan, a.clone()));
                    let target = WriteValue::Param(param(&mut plan, b.clone()));
                    plan.steps.push(Step::Link {
                        model: model.id,
                        relation: field.id,
                        local,
                        target,
                        remove: false,
                    });
                }
            }
        }
        Guarded::as_system(plan, "rows of a test")
    }

    fn pairs(&self, table: &str) -> &[(Value, Value)] {
        self.links.iter().find(|(name, _)| name == table).map_or(&[], |(_, pairs)| pairs)
    }

    /// Links row `parent` of `model` to row `child` of the relation's target.
    pub(super) fn link(&mut self, model: ModelId, relation: FieldId, parent: usize, child: usize) {
        let schema = self.schema;
        let Some(Link::Join(join)) = schema.model(model).field(relation).relation().map(|it| &it.link) else {
            return;
        };
        let (a, b) = if join.local_column == "A" { (parent, child) } else { (child, parent) };
        let (_, pairs) = self.links.iter_mut().find(|(name, _)| *name == join.table).unwrap();
        pairs.push((int(a), int(b)));
    }

    pub(super) fn related_rows(&self, model: ModelId, row: &Row, relation: FieldId) -> Vec<&Row> {
        let relation = self.schema.model(model).field(relation).relation().unwrap();
        let table = &self.tables[relation.target.index()];
        if let Link::Join(join) = &relation.link {
            let own = &row[join.local_key.index()];
            let is_a = join.local_column == "A";
            let targets: Vec<&Value> = self
                .pairs(&join.table)
                .iter()
                .filter(|(a, b)| if is_a { a == own } else { b == own })
                .map(|(a, b)| if is_a { b } else { a })
                .collect();
            return table
                .iter()
                .filter(|row| targets.contains(&&row[join.target_key.index()]))
                .map(Vec::as_slice)
                .collect();
        }
        table
            .iter()
            .filter(|target| {
                relation.pairs().all(|(local, remote)| {
                    !row[local.index()].is_null() && row[local.index()] == target[remote.index()]
                })
            })
            .map(Vec::as_slice)
            .collect()
    }
}

impl World for Rows<'_> {
    fn related<'w>(&'w self, model: ModelId, row: &Row, relation: FieldId) -> Vec<&'w Row> {
        self.related_rows(model, row, relation)
    }
}

pub(super) fn is_foreign_key(schema: &Schema, model: ModelId, field: FieldId) -> bool {
    schema.model(model).fields.iter().any(|other| {
        other
            .relation()
            .is_some_and(|relation| relation.is_owning() && relation.pairs().any(|(local, _)| local == field))
    })
}

fn draw_row(
    schema: &Schema,
    model: ModelId,
    id: usize,
    counts: &[usize],
    earlier: &[Vec<Value>],
    rng: &mut Rng,
) -> Vec<Value> {
    let model = schema.model(model);
    model
        .fields
        .iter()
        .map(|field| {
            if field.is_id {
                return int(id);
            }
            if field.name == UNIQUE {
                return unique_of(id);
            }
            let target = model.fields.iter().find_map(|other| {
                let relation = other.relation().filter(|relation| relation.is_owning())?;
                relation.pairs().any(|(local, _)| local == field.id).then_some(relation.target)
            });
            if let Some(target) = target {
                let value = int(rng.below(counts[target.index()]));
                let is_taken = field.is_unique && earlier.iter().any(|row| row[field.id.index()] == value);
                return if is_taken || rng.chance(30) { Value::Null } else { value };
            }
            draw_value(field, rng)
        })
        .collect()
}

/// From few values, so that comparisons often meet.
pub(super) fn draw_value(field: &Field, rng: &mut Rng) -> Value {
    if field.is_list() && field.is_column() {
        let tags = ["x", "y", "z"];
        return Value::List(tags.iter().filter(|_| rng.chance(40)).map(|tag| Value::from(*tag)).collect());
    }
    if field.name == UNIQUE {
        return unique_of(rng.below(6));
    }
    if rng.chance(30) {
        return Value::Null;
    }
    match &field.kind {
        FieldKind::Scalar(Scalar::Int) => int(rng.below(4)),
        FieldKind::Scalar(Scalar::String) => Value::from(rng.pick(&["a", "b", "éA", "Éa", "AB%c", ""])),
        FieldKind::Scalar(Scalar::Boolean) => Value::Boolean(rng.chance(50)),
        FieldKind::Scalar(Scalar::DateTime) => Value::DateTime(
            DateTime::from_millis(1_700_000_000_000 + i64::try_from(rng.below(3)).unwrap()).unwrap(),
        ),
        FieldKind::Scalar(Scalar::Decimal) => {
            Value::Decimal(Decimal::parse(rng.pick(&["1.50", "2", "10", "-3.25"])).unwrap())
        }
        FieldKind::Enum(_) => Value::from(rng.pick(&["RED", "GREEN", "BLUE"])),
        _ => Value::Null,
    }
}

/// The key of row `index`: its id or its other unique field.
pub(super) fn key_of(model: &Model, index: usize, by_unique: bool) -> Key {
    let (field, value) = if by_unique {
        (model.fields.iter().find(|field| field.name == UNIQUE).unwrap(), unique_of(index))
    } else {
        (model.key_fields().next().unwrap(), int(index))
    };
    Key { fields: vec![(field.id, value)] }
}

pub(super) fn unique_of(index: usize) -> Value {
    int(100 + index)
}

pub(super) fn is_unique_key(field: &Field) -> bool {
    field.name == UNIQUE
}

pub(super) fn int(number: usize) -> Value {
    Value::Int(i64::try_from(number).unwrap())
}
