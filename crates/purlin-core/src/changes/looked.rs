//! The tables whose rows decide what a read answers: those of its rows, of what is included and counted, and of
//! whatever its filters, orders and rules look up.

use super::table::Table;
use crate::schema::{FieldId, Link, ModelId, Schema};
use crate::statement::{
    AggregateShape, Column, Filter, Include, IncludeShape, Operand, Origin, ReadShape, RelationCount,
    SortHop, SortKey, SortTarget,
};

/// Each once. Whatever a read is made of is named here, so that nothing new is left out unnoticed.
pub fn tables_of_read(schema: &Schema, shape: &ReadShape) -> Vec<Table> {
    let ReadShape {
        model,
        columns,
        includes,
        counts,
        filter,
        order,
        from,
        aggregate,
        cardinality: _,
        after: _,
        limit: _,
        offset: _,
        is_backward: _,
        distinct: _,
        wants_last_keys: _,
    } = shape;
    let mut looked = Looked { schema, tables: vec![Table::Model(*model)] };
    looked.filter(filter);
    from.iter().for_each(|from| looked.filter(from));
    looked.order(*model, order);
    looked.row(*model, columns, includes, counts);
    if let Some(aggregate) = aggregate {
        let AggregateShape { keys, values, measures: _, having: _, order: _, answer: _ } = &**aggregate;
        looked.columns(keys);
        looked.columns(values);
    }
    looked.tables
}

struct Looked<'s> {
    schema: &'s Schema,
    tables: Vec<Table>,
}

impl Looked<'_> {
    fn add(&mut self, table: Table) {
        if !self.tables.contains(&table) {
            self.tables.push(table);
        }
    }

    /// Where the relation leads.
    fn follow(&mut self, model: ModelId, relation: FieldId) -> ModelId {
        let Some(found) = self.schema.model(model).field(relation).relation() else { return model };
        if let Link::Join(_) = found.link {
            self.add(Table::join(self.schema, model, relation));
        }
        self.add(Table::Model(found.target));
        found.target
    }

    fn row(&mut self, model: ModelId, columns: &[Column], includes: &[Include], counts: &[RelationCount]) {
        self.columns(columns);
        for RelationCount { relation, filter } in counts {
            self.follow(model, *relation);
            self.filter(filter);
        }
        for Include { relation, guard, shape } in includes {
            guard.iter().for_each(|guard| self.filter(guard));
            let target = self.follow(model, *relation);
            let IncludeShape {
                columns,
                includes,
                counts,
                filter,
                order,
                limit: _,
                offset: _,
                is_backward: _,
                distinct: _,
            } = &**shape;
            self.filter(filter);
            self.order(target, order);
            self.row(target, columns, includes, counts);
        }
    }

    fn columns(&mut self, columns: &[Column]) {
        for Column { field: _, guard } in columns {
            guard.iter().for_each(|guard| self.filter(guard));
        }
    }

    fn order(&mut self, model: ModelId, order: &[SortKey]) {
        for SortKey { target, direction: _, nulls: _ } in order {
            match target {
                SortTarget::Column { relations, field: _, guard } => {
                    let mut at = model;
                    for SortHop { relation, filter } in relations {
                        at = self.follow(at, *relation);
                        self.filter(filter);
                    }
                    guard.iter().for_each(|guard| self.filter(guard));
                }
                SortTarget::Count { relation, filter } => {
                    self.follow(model, *relation);
                    self.filter(filter);
                }
                SortTarget::Sum(parts) => parts.iter().for_each(|(filter, _)| self.filter(filter)),
            }
        }
    }

    fn filter(&mut self, filter: &Filter) {
        match filter {
            Filter::Always | Filter::Never => {}
            Filter::All(parts) | Filter::Any(parts) => parts.iter().for_each(|part| self.filter(part)),
            Filter::Not(inner) | Filter::Residual(inner) => self.filter(inner),
            Filter::Compare { left, right, .. } | Filter::EqualIgnoreCase { left, right } => {
                self.operand(left);
                self.operand(right);
            }
            Filter::IsNull(operand) | Filter::Truth(operand) => self.operand(operand),
            Filter::In { value, list } => {
                self.operand(value);
                self.operand(list);
            }
            Filter::Text { value, argument, .. }
            | Filter::Words { value, argument, .. }
            | Filter::Json { value, argument, .. } => {
                self.operand(value);
                self.operand(argument);
            }
            Filter::Offered { texts, words } => {
                texts.iter().for_each(|text| self.operand(text));
                self.operand(words);
            }
            Filter::List { list, argument, .. } => {
                self.operand(list);
                argument.iter().for_each(|argument| self.operand(argument));
            }
            Filter::Related { origin, model, relation, condition, .. } => {
                self.origin(origin);
                self.follow(*model, *relation);
                self.filter(condition);
            }
            Filter::Exists { model, condition } => {
                self.add(Table::Model(*model));
                self.filter(condition);
            }
        }
    }

    fn operand(&mut self, operand: &Operand) {
        match operand {
            Operand::Column { origin, model, relations, field: _ } => {
                self.origin(origin);
                relations.iter().fold(*model, |model, relation| self.follow(model, *relation));
            }
            Operand::Param(_) | Operand::Constant(_) | Operand::Loaded(_) => {}
        }
    }

    fn origin(&mut self, origin: &Origin) {
        if let Origin::Values(values) = origin {
            values.iter().for_each(|value| self.operand(value));
        }
    }
}
