//! Which rows a change touches: from the two states and the renames between them. The
//! statements read the old state, so that nothing is changed before all is known.

use super::finding::FindingCode;
use super::probe::Probe;
use crate::diff::{Renames, carry};
use crate::engine::{Engine, is_distinct};
use crate::physical::{Column, IndexKey, PhysicalSchema, Table};
use crate::render::Direction;

pub(crate) fn probes(
    engine: &dyn Engine,
    old: &PhysicalSchema,
    new: &PhysicalSchema,
    renames: &Renames,
    direction: Direction,
) -> Vec<Probe> {
    let renames = &renames.clearing(old);
    let carried = carry(old, renames);
    let mut found = Vec::new();
    for table in carried.tables.iter().filter(|table| new.table(&table.name).is_none()) {
        found.push(Probe {
            code: FindingCode::DropTable,
            object: table.label().to_owned(),
            sql: format!("SELECT count(*) FROM {}", engine.table(renames.old_table(&table.name))),
            message: "would be deleted with the table".to_owned(),
            suggestion: format!("Keep the model, or say what it became: --rename {}=NewName", table.label()),
        });
    }
    for after in &new.tables {
        if let Some(before) = carried.table(&after.name) {
            let scope = Scope { engine, old, carried: &carried, new, renames, direction, before, after };
            scope.columns(&mut found);
            scope.uniques(&mut found);
            scope.foreign_keys(&mut found);
        }
    }
    found
}

/// One table that stays. `before` already bears the new names; statements need the old ones.
struct Scope<'a> {
    engine: &'a dyn Engine,
    old: &'a PhysicalSchema,
    carried: &'a PhysicalSchema,
    new: &'a PhysicalSchema,
    renames: &'a Renames,
    direction: Direction,
    before: &'a Table,
    after: &'a Table,
}

impl Scope<'_> {
    fn identifier(&self, name: &str) -> String {
        self.engine.sql().identifier(name)
    }

    /// The table's name in statements.
    fn table(&self) -> String {
        self.engine.table(self.renames.old_table(&self.after.name))
    }

    /// A column's name in statements, by its new name.
    fn column(&self, name: &str) -> String {
        self.identifier(self.renames.old_column(&self.after.name, name))
    }

    fn object(&self, column: &Column) -> String {
        format!("{}.{}", self.after.label(), column.label())
    }

    fn columns(&self, found: &mut Vec<Probe>) {
        let count = |condition: String| format!("SELECT count(*) FROM {} WHERE {condition}", self.table());
        for column in self.before.columns.iter().filter(|column| self.after.column(&column.name).is_none()) {
            let name = self.column(&column.name);
            let empty = if column.is_list {
                format!(" AND {name} <> {}", self.engine.empty_list())
            } else {
                String::new()
            };
            found.push(Probe {
                code: FindingCode::DropColumn,
                object: self.object(column),
                sql: count(format!("{name} IS NOT NULL{empty}")),
                message: "would lose the value".to_owned(),
                suggestion: format!(
                    "Keep the field, or say what it became: --rename {}=newName",
                    self.object(column)
                ),
            });
        }
        for column in &self.after.columns {
            let Some(before) = self.before.column(&column.name) else {
                if !column.can_fill() {
                    found.push(self.without_value(column));
                }
                continue;
            };
            let name = self.column(&column.name);
            if before.is_nullable && !column.can_fill() {
                let is_back = self.direction == Direction::Down;
                found.push(Probe {
                    code: if is_back { FindingCode::EmptyValue } else { FindingCode::RequiredWithNulls },
                    object: self.object(column),
                    sql: count(format!("{name} IS NULL")),
                    message: if is_back {
                        "without a value would get an empty one".to_owned()
                    } else {
                        "without a value, and the field becomes required".to_owned()
                    },
                    suggestion: "Fill them first, or give the field a @default".to_owned(),
                });
            }
            if let Some(is_exact) = self.engine.convert(&name, before, column).is_exact {
                found.push(Probe {
                    code: FindingCode::LossyType,
                    object: self.object(column),
                    sql: count(format!("{name} IS NOT NULL AND ({is_exact}) IS NOT TRUE")),
                    message: format!("with a value that {} cannot keep as it is", column.column_type),
                    suggestion: "Add a second field, copy what fits, then drop this one".to_owned(),
                });
            }
            found.extend(self.enumeration(before, column));
        }
    }

    /// A required column that is new, and nothing can be made for. On the way back something empty stands there,
    /// unless a key forbids it.
    fn without_value(&self, column: &Column) -> Probe {
        let probe = |code, counted: &str, message: &str, suggestion: &str| Probe {
            code,
            object: self.object(column),
            sql: format!("SELECT {counted} FROM {}", self.table()),
            message: message.to_owned(),
            suggestion: suggestion.to_owned(),
        };
        if self.direction == Direction::Up {
            return probe(
                FindingCode::RequiredWithoutDefault,
                "count(*)",
                "would have no value for the new required field",
                "Give it a @default, or make it optional first",
            );
        }
        let refers = self.after.foreign_keys.iter().any(|key| key.columns.contains(&column.name));
        if refers {
            return probe(
                FindingCode::ForeignKeyOrphans,
                "count(*)",
                "would refer to nothing: what they referred to is gone",
                "Restore a copy of the database instead, or write the values into down.sql",
            );
        }
        if self.after.must_differ(&column.name) && !is_distinct(self.engine, column, self.new) {
            return probe(
                FindingCode::UniqueDuplicates,
                "CASE WHEN count(*) > 1 THEN count(*) ELSE 0 END",
                "would share one empty value that must be unique",
                "Restore a copy of the database instead, or write the values into down.sql",
            );
        }
        probe(
            FindingCode::EmptyValue,
            "count(*)",
            "would get an empty value: what they held is gone",
            "Restore a copy of the database instead",
        )
    }

    /// Rows whose value the enum no longer has.
    fn enumeration(&self, before: &Column, column: &Column) -> Option<Probe> {
        let enumeration = column.enumeration.as_ref()?;
        let after = self.new.enumeration(enumeration)?;
        let mut known: Vec<String> = after.values.iter().map(|value| value.stored.clone()).collect();
        if before.enumeration.as_ref() == Some(enumeration) {
            let old = &self.old.enumeration(enumeration)?.values;
            let stays = |name: &str| {
                let name = self.renames.new_member(enumeration, name);
                after.values.iter().any(|value| value.name == name)
            };
            if old.iter().all(|value| stays(&value.name)) {
                return None;
            }
            // Those that are only stored differently follow by themselves.
            known = old.iter().filter(|value| stays(&value.name)).map(|value| value.stored.clone()).collect();
        }
        let name = self.column(&column.name);
        let condition = if column.is_list && before.is_list {
            self.engine.list_has_other(&name, &known)
        } else {
            let known: Vec<String> = known.iter().map(|value| self.engine.sql().literal(value)).collect();
            format!("{} NOT IN ({})", self.engine.as_text(&name), known.join(", "))
        };
        Some(Probe {
            code: FindingCode::EnumValueRemoved,
            object: self.object(column),
            sql: format!("SELECT count(*) FROM {} WHERE {condition}", self.table()),
            message: format!("with a value that {enumeration} no longer has"),
            suggestion: "Update them first, keep the value, or say what it became with @renamedFrom"
                .to_owned(),
        })
    }

    /// Values that would stand twice under a key that is new, or whose columns change.
    fn uniques(&self, found: &mut Vec<Probe>) {
        for index in self.after.indexes.iter().filter(|index| index.is_unique) {
            let is_old =
                self.before.indexes.iter().any(|other| other.is_unique && other.is_like(index, self.engine));
            let parts: Vec<String> = index
                .parts
                .iter()
                .map(|part| match &part.key {
                    IndexKey::Column(column) => self.identifier(column),
                    IndexKey::Expression(sql) => sql.clone(),
                })
                .collect();
            let columns: Vec<&str> = index.parts.iter().filter_map(|part| part.key.column()).collect();
            if !is_old || columns.iter().any(|name| self.has_other_values(name)) {
                found.push(self.duplicates(&columns, &parts, index.condition.as_deref()));
            }
        }
        let key: Vec<&str> = self.after.key_columns().iter().map(String::as_str).collect();
        if self.before.model.is_some() && !key.is_empty() && self.before.key_columns() != key {
            found.push(Probe {
                code: FindingCode::PrimaryKeyChanged,
                object: self.after.label().to_owned(),
                sql: format!("SELECT count(*) FROM {}", self.table()),
                message: "would be known by another key: ids that were given out no longer find them"
                    .to_owned(),
                suggestion: "Keep the key, and make the other field @unique".to_owned(),
            });
        }
        if self.before.key_columns() != key || key.iter().any(|name| self.has_other_values(name)) {
            let parts: Vec<String> = key.iter().map(|name| self.identifier(name)).collect();
            found.push(self.duplicates(&key, &parts, None));
        }
    }

    /// Whether values change on the way.
    fn has_other_values(&self, name: &str) -> bool {
        let (before, after) = (self.before.column(name), self.after.column(name));
        before.zip(after).is_none_or(|(before, after)| {
            before.column_type != after.column_type || (before.is_nullable && !after.is_nullable)
        })
    }

    fn duplicates(&self, columns: &[&str], parts: &[String], condition: Option<&str>) -> Probe {
        let mut conditions: Vec<String> = parts.iter().map(|part| format!("{part} IS NOT NULL")).collect();
        conditions.extend(condition.map(|condition| format!("({condition})")));
        let labels: Vec<&str> =
            columns.iter().filter_map(|name| self.after.column(name)).map(Column::label).collect();
        Probe {
            code: FindingCode::UniqueDuplicates,
            object: format!("{}.{}", self.after.label(), labels.join("_")),
            sql: format!(
                "SELECT coalesce(sum(n - 1), 0) FROM (SELECT count(*) AS n FROM ({}) AS later WHERE {} GROUP BY {}) AS repeated",
                self.rows_afterwards(),
                conditions.join(" AND "),
                parts.join(", ")
            ),
            message: "repeating a value that must be unique".to_owned(),
            suggestion: "Change or delete the repeated ones first".to_owned(),
        }
    }

    /// The rows as they would be, read from the old table. What is made anew for each row shows
    /// as null: it repeats nothing.
    fn rows_afterwards(&self) -> String {
        let value = |column: &Column| {
            let default = column.default.as_deref().filter(|default| !is_made_anew(default));
            let Some(before) = self.before.column(&column.name) else {
                return default.unwrap_or("NULL").to_owned();
            };
            let value = self.engine.converted(&self.column(&column.name), before, column);
            match default {
                Some(default) if before.is_nullable && !column.is_nullable => {
                    format!("coalesce({value}, {default})")
                }
                _ => value,
            }
        };
        let values: Vec<String> = self
            .after
            .columns
            .iter()
            .map(|column| format!("{} AS {}", value(column), self.identifier(&column.name)))
            .collect();
        format!("SELECT {} FROM {}", values.join(", "), self.table())
    }

    /// Rows that refer to nothing, under a foreign key that is new.
    fn foreign_keys(&self, found: &mut Vec<Probe>) {
        for key in &self.after.foreign_keys {
            let is_old = self.before.foreign_keys.iter().any(|other| {
                other.columns == key.columns
                    && other.references_table == key.references_table
                    && other.references_columns == key.references_columns
            });
            if is_old || key.columns.iter().any(|name| self.before.column(name).is_none()) {
                continue;
            }
            let child = |name: &String| format!("child.{}", self.column(name));
            let is_set: Vec<String> =
                key.columns.iter().map(|name| format!("{} IS NOT NULL", child(name))).collect();
            let parent = self.carried.table(&key.references_table);
            let has_columns = parent.is_some_and(|parent| {
                key.references_columns.iter().all(|name| parent.column(name).is_some())
            });
            let missing = if has_columns {
                let pairs: Vec<String> = key
                    .columns
                    .iter()
                    .zip(&key.references_columns)
                    .map(|(name, target)| {
                        let target = self.renames.old_column(&key.references_table, target);
                        let target = format!("parent.{}", self.identifier(target));
                        self.equal(&target, &child(name))
                    })
                    .collect();
                let parent = self.engine.table(self.renames.old_table(&key.references_table));
                format!(" AND NOT EXISTS (SELECT 1 FROM {parent} AS parent WHERE {})", pairs.join(" AND "))
            } else {
                String::new()
            };
            let labels: Vec<&str> =
                key.columns.iter().filter_map(|name| self.after.column(name)).map(Column::label).collect();
            found.push(Probe {
                code: FindingCode::ForeignKeyOrphans,
                object: format!("{}.{}", self.after.label(), labels.join("_")),
                sql: format!(
                    "SELECT count(*) FROM {} AS child WHERE {}{missing}",
                    self.table(),
                    is_set.join(" AND ")
                ),
                message: format!("referring to no row of \"{}\"", key.references_table),
                suggestion: "Correct or delete them first".to_owned(),
            });
        }
    }

    /// Types may differ until the change has run.
    fn equal(&self, left: &str, right: &str) -> String {
        format!("{} = {}", self.engine.as_text(left), self.engine.as_text(right))
    }
}

/// Whether each row gets a value of its own.
fn is_made_anew(default: &str) -> bool {
    let default = default.to_ascii_lowercase();
    ["random", "uuid", "nextval"].iter().any(|word| default.contains(word))
}
