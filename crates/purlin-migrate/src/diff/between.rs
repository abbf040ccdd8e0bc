//! The state between two in which copies of the app with the old schema and with the new one serve at once: it has
//! what either needs, and asks for nothing that only one of them gives.

use serde::{Deserialize, Serialize};

use super::rename::Renames;
use super::step::Step;
use super::steps::steps;
use crate::engine::{Engine, constant, is_now};
use crate::physical::{Action, Column, EnumMember, ForeignKey, Index, PhysicalSchema, Table};

/// What a change is to copies of the app that still have the schema from before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// They go on as before: it runs before new copies start.
    Expand,
    /// New copies do without it: it runs when no old copy serves any more.
    Contract,
    /// Either way some copy fails.
    Breaking,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Between {
    pub(crate) schema: PhysicalSchema,
    /// What no state can give to both, and how to go about it.
    pub(crate) refusals: Vec<String>,
}

impl Between {
    pub(crate) fn of(
        engine: &dyn Engine,
        old: &PhysicalSchema,
        new: &PhysicalSchema,
        renames: &Renames,
    ) -> Self {
        let mut refusals = renamed(new, renames);
        let mut tables: Vec<Table> = Vec::new();
        for table in &new.tables {
            let before = old.table(&table.name);
            tables.push(before.map_or_else(
                || table.clone(),
                |before| Scope { engine, before, after: table }.table(&mut refusals),
            ));
        }
        let gone = old.tables.iter().filter(|table| new.table(&table.name).is_none());
        tables.extend(gone.map(|table| {
            let mut table = table.clone();
            table.foreign_keys.retain(lets_go);
            table
        }));
        tables.sort_by(|left, right| left.name.cmp(&right.name));
        let mut enums = new.enums.clone();
        for before in &old.enums {
            match enums.iter_mut().find(|after| after.name == before.name) {
                None => enums.push(before.clone()),
                Some(after) => {
                    refusals.extend(restored(&before.name, &before.values, &after.values, renames));
                    let is_gone = |value: &&EnumMember| {
                        let name = renames.new_member(&before.name, &value.name);
                        after.values.iter().all(|other| other.name != name)
                    };
                    let gone: Vec<EnumMember> = before.values.iter().filter(is_gone).cloned().collect();
                    after.values.extend(gone);
                }
            }
        }
        enums.sort_by(|left, right| left.name.cmp(&right.name));
        Self { schema: PhysicalSchema { tables, enums }, refusals }
    }

    /// What the whole way is.
    pub(crate) fn phase(&self, engine: &dyn Engine, old: &PhysicalSchema, new: &PhysicalSchema) -> Phase {
        let none = Renames::default();
        // Nothing in the database changes when an enum loses a member, but old copies still write it.
        let loses_members = self.schema.enums.iter().any(|between| {
            new.enumeration(&between.name).is_some_and(|new| new.values.len() < between.values.len())
        });
        if !self.refusals.is_empty() {
            Phase::Breaking
        } else if !loses_members && steps(engine, &self.schema, new, &none).is_empty() {
            Phase::Expand
        } else if steps(engine, old, &self.schema, &none).is_empty() {
            Phase::Contract
        } else {
            Phase::Breaking
        }
    }

    /// What each of these steps is, which lead all the way.
    pub(crate) fn phases(&self, engine: &dyn Engine, old: &PhysicalSchema, all: &[Step]) -> Vec<Phase> {
        let expanding = steps(engine, old, &self.schema, &Renames::default());
        let phase = |step: &Step| match step {
            Step::RenameTable { .. } | Step::RenameColumn { .. } | Step::RenameEnumValue { .. } => {
                Phase::Breaking
            }
            // Some of its changes may be of one kind, some of the other.
            Step::AlterTable { to, .. } | Step::RebuildTable { to, .. } => {
                let is_same = self
                    .schema
                    .table(&to.name)
                    .is_some_and(|table| super::table::changes(engine, table, to).is_empty());
                let is_expanded = expanding.iter().any(|other| {
                    matches!(other, Step::AlterTable { to: table, .. } | Step::RebuildTable { to: table, .. }
                        if table.name == to.name)
                });
                match (is_same, is_expanded) {
                    (true, _) => Phase::Expand,
                    (false, true) => Phase::Breaking,
                    (false, false) => Phase::Contract,
                }
            }
            step if expanding.contains(step) => Phase::Expand,
            _ => Phase::Contract,
        };
        all.iter().map(phase).collect()
    }
}

fn renamed(new: &PhysicalSchema, renames: &Renames) -> Vec<String> {
    let label = |table: &str| new.table(table).map_or(table, Table::label).to_owned();
    let mut all: Vec<String> = Vec::new();
    for rename in &renames.tables {
        let Some(table) = new.table(&rename.to) else { continue };
        all.push(if table.model.is_some() {
            format!("{}: the table has another name; keep it with @@map(\"{}\")", table.label(), rename.from)
        } else {
            format!(
                "the table of a relation, \"{}\", has another name since a model has; write the relation as a model with \
                 @@map(\"{}\") first",
                rename.to, rename.from
            )
        });
    }
    all.extend(renames.columns.iter().map(|rename| {
        let column = new.table(&rename.table).and_then(|table| table.column(&rename.to));
        let field = column.map_or(rename.to.as_str(), Column::label);
        format!(
            "{}.{field}: the column has another name; keep it with @map(\"{}\")",
            label(&rename.table),
            rename.from
        )
    }));
    all
}

/// Members that are stored otherwise.
fn restored(name: &str, before: &[EnumMember], after: &[EnumMember], renames: &Renames) -> Vec<String> {
    let moved = before.iter().filter_map(|value| {
        let new = renames.new_member(name, &value.name);
        let same = after.iter().find(|other| other.name == new)?;
        (same.stored != value.stored).then(|| {
            format!("{name}.{new}: it is stored under another name; keep it with @map(\"{}\")", value.stored)
        })
    });
    moved.collect()
}

/// Whether rows that others refer to may be deleted all the same: new copies know nothing of what goes.
fn lets_go(key: &ForeignKey) -> bool {
    matches!(key.on_delete, Action::Cascade | Action::SetNull)
}

struct Scope<'a> {
    engine: &'a dyn Engine,
    before: &'a Table,
    after: &'a Table,
}

impl Scope<'_> {
    fn table(&self, refusals: &mut Vec<String>) -> Table {
        if self.before.key_columns() != self.after.key_columns() {
            refusals.push(format!(
                "{}: another primary key; make a second model, and move the rows",
                self.label()
            ));
        }
        let mut columns: Vec<Column> =
            self.after.columns.iter().map(|new| self.column(new, refusals)).collect();
        let gone = self.before.columns.iter().filter(|column| self.after.column(&column.name).is_none());
        columns.extend(gone.map(|column| {
            let mut column = column.clone();
            // New copies do not write it.
            column.is_nullable |= column.default.is_none() && !column.is_counted;
            column
        }));
        let mut table = Table {
            columns,
            primary_key: self.before.primary_key.clone(),
            foreign_keys: self.foreign_keys(),
            ..self.after.clone()
        };
        table.indexes = self.indexes(&table);
        table
    }

    fn label(&self) -> &str {
        self.after.label()
    }

    fn column(&self, new: &Column, refusals: &mut Vec<String>) -> Column {
        let mut column = new.clone();
        let Some(old) = self.before.column(&new.name) else {
            if new.is_nullable || new.default.is_some() || new.is_counted {
                return column;
            }
            // Old copies do not write it.
            let made = new.fill.as_ref().and_then(|fill| self.engine.made_by_default(fill, new));
            column.is_nullable = made.is_none();
            if made.is_some() {
                (column.default, column.fill) = (made, None);
            }
            return column;
        };
        if !old.column_type.eq_ignore_ascii_case(&new.column_type)
            || old.is_list != new.is_list
            || old.is_counted != new.is_counted
        {
            refusals.push(format!(
                "{}.{}: another type; add a second field, fill it while both are written, and drop this one in a later release",
                self.label(),
                new.label()
            ));
        }
        column.is_nullable |= old.is_nullable;
        if column.default.is_none() && old.default.is_some() {
            // Old copies may lean on it.
            column.default.clone_from(&old.default);
            column.fill = None;
        }
        column
    }

    fn is_new(&self, column: &str) -> bool {
        self.before.column(column).is_none()
    }

    fn indexes(&self, between: &Table) -> Vec<Index> {
        let mut all = self.before.indexes.clone();
        for index in &self.after.indexes {
            let is_there =
                all.iter().any(|other| other.name == index.name || other.is_like(index, self.engine));
            if !is_there && (!index.is_unique || self.never_repeats(index, between)) {
                all.push(index.clone());
            }
        }
        all.sort_by(|left, right| left.name.cmp(&right.name));
        all
    }

    /// Whether rows of old copies, which know nothing of the columns, differ there all the same.
    fn never_repeats(&self, index: &Index, between: &Table) -> bool {
        let columns = || index.parts.iter().filter_map(|part| part.key.column());
        let differs = |column: &Column| {
            let default = column.default.as_deref();
            column.is_nullable
                || default.is_some_and(|default| constant(default).is_none() && !is_now(default))
        };
        columns().any(|name| self.is_new(name) && between.column(name).is_some_and(differs))
    }

    fn foreign_keys(&self) -> Vec<ForeignKey> {
        let mut all: Vec<ForeignKey> = Vec::new();
        for key in &self.before.foreign_keys {
            let same = self.after.foreign_keys.iter().find(|other| other.columns == key.columns);
            let stays = match same {
                // What becomes of rows when others go may wait.
                Some(other) => {
                    other.references_table == key.references_table
                        && other.references_columns == key.references_columns
                }
                None => key.columns.iter().all(|name| self.after.column(name).is_none()) && lets_go(key),
            };
            if stays {
                all.push(key.clone());
            }
        }
        let come =
            self.after.foreign_keys.iter().filter(|key| key.columns.iter().any(|name| self.is_new(name)));
        all.extend(come.cloned());
        all.sort_by(|left, right| left.name.cmp(&right.name));
        all
    }
}
