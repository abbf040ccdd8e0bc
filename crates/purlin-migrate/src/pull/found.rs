//! What the live database holds that a schema can say, and the names of all else.

use crate::database::Session;
use crate::engine::{Beside, Engine, FieldType, NativeEnum, TypeWord};
use crate::error::Error;
use crate::physical::{Column, PhysicalSchema, Table};

use purlin_schema::builtin::is_own_table;
use purlin_schema::naming;

/// Tables by which other tools remember what they did.
const OF_TOOLS: &[&str] = &["_prisma_migrations"];

#[derive(Debug)]
pub(super) struct Found {
    /// Models and join tables. What no schema can ask for is left out.
    pub(super) schema: PhysicalSchema,
    pub(super) enums: Vec<NativeEnum>,
    pub(super) notes: Vec<String>,
}

impl Found {
    /// `has_namespace`: whether tables of a namespace other than the connection's own are asked for. `is_known`: whether
    /// the schema has the table, as it may have one without a key.
    pub(super) fn read(
        session: &mut Session<'_>,
        has_namespace: impl Fn(&str) -> bool,
        is_known: impl Fn(&str) -> bool,
    ) -> Result<Self, Error> {
        let engine = session.engine();
        let mut schema = engine.introspect(session)?;
        let Beside { enums, left } = engine.beside(session)?;
        let mut found = Self { schema: PhysicalSchema::default(), enums, notes: Vec::new() };
        schema
            .tables
            .retain(|table| !is_own_table(&table.name) && !OF_TOOLS.contains(&engine.bare_name(&table.name)));
        let mut elsewhere: Vec<String> = Vec::new();
        schema.tables.retain(|table| {
            let Some((namespace, _)) = namespace(engine, &table.name) else { return true };
            let is_asked = has_namespace(namespace);
            if !is_asked {
                elsewhere.push(namespace.to_owned());
            }
            is_asked
        });
        elsewhere.dedup();
        for name in elsewhere {
            found
                .notes
                .push(format!("the tables of the schema {name} are left out; --schema {name} takes them"));
        }
        for (kind, names) in left {
            let count =
                if names.len() == 1 { kind } else { format!("{} {}", names.len(), naming::plural(&kind)) };
            found
                .notes
                .push(format!("no part of a schema, and left as it is: {count} ({})", names.join(", ")));
        }
        for table in &mut schema.tables {
            found.leave_indexes(table);
        }
        for table in std::mem::take(&mut schema.tables) {
            if super::join::is_join(&table) || is_known(&table.name) || found.has_key(engine, &table) {
                found.schema.tables.push(table);
            } else {
                found.notes.push(format!(
                    "table {} is left out: nothing names one row of it; give it a primary key, or a unique key of columns that are not null",
                    table.name
                ));
            }
        }
        Ok(found)
    }

    /// Indexes that no schema can ask for.
    fn leave_indexes(&mut self, table: &mut Table) {
        let columns = std::mem::take(&mut table.columns);
        table.indexes.retain(|index| {
            let is_list = |name: &str| columns.iter().any(|column| column.name == name && column.is_list);
            let is_sound = index.is_expressible(&columns)
                && !(index.is_unique && index.parts.iter().filter_map(|part| part.key.column()).any(is_list));
            if !is_sound {
                self.notes.push(format!(
                    "index {} of {} is left as it is: a schema has no words for its expression or its kind",
                    index.name, table.name
                ));
            }
            is_sound
        });
        table.columns = columns;
    }

    /// The type of a field, with the enum that it names.
    pub(super) fn field_type(
        &self,
        engine: &dyn Engine,
        column: &Column,
    ) -> (FieldType, Option<&NativeEnum>) {
        let found = engine.field_type(column);
        let TypeWord::Made(declared) = &found.word else { return (found, None) };
        match self.enums.iter().find(|other| other.declared == *declared) {
            Some(known) => (found, Some(known)),
            None => (FieldType::unsupported(declared), None),
        }
    }

    fn has_key(&self, engine: &dyn Engine, table: &Table) -> bool {
        let is_sound = |name: &str, must_have_value: bool| {
            table.column(name).is_some_and(|column| {
                let (found, _) = self.field_type(engine, column);
                let is_unfit = matches!(found.word, TypeWord::Unsupported(_)) || column.is_list;
                !(is_unfit || must_have_value && column.is_nullable)
            })
        };
        if !table.key_columns().is_empty() {
            return table.key_columns().iter().all(|name| is_sound(name, false));
        }
        table.indexes.iter().any(|index| {
            index.is_unique
                && index.condition.is_none()
                && index.parts.iter().all(|part| part.key.column().is_some_and(|name| is_sound(name, true)))
        })
    }
}

/// `auth.users` is `auth` and `users`.
pub(super) fn namespace<'a>(engine: &dyn Engine, table: &'a str) -> Option<(&'a str, &'a str)> {
    let bare = engine.bare_name(table);
    let length = table.len().checked_sub(bare.len() + 1)?;
    Some((table.get(..length)?, table.get(length + 1..)?))
}
