//! One table that changes in place.

use super::convert;
use super::create::{self, identifier, identifiers, table_name};
use super::declared::Declared;
use super::engine::Postgres;
use crate::diff::{Change, Step};
use crate::engine::stand_in;
use crate::physical::{Column, Index, IndexKey, PhysicalSchema, Table};
use crate::render::Direction;

/// Plain column steps, or one step with all.
pub(super) fn steps(before: &Table, after: &Table, changes: Vec<Change>) -> Vec<Step> {
    let table = after.name.clone();
    let plain = |change: &Change| match change {
        Change::AddColumn { column } => {
            let column = after.column(column)?;
            let has_value = column.is_nullable || column.default.is_some() || column.is_counted;
            has_value.then(|| Step::AddColumn { table: table.clone(), column: column.clone() })
        }
        Change::DropColumn { column } => {
            let column = before.column(column)?.clone();
            Some(Step::DropColumn { table: table.clone(), column })
        }
        _ => None,
    };
    let all: Option<Vec<Step>> = changes.iter().map(plain).collect();
    all.unwrap_or_else(|| vec![Step::AlterTable { from: before.clone(), to: after.clone(), changes }])
}

/// Whether nulls stay where the index has them, and expressions still fit their columns.
pub(super) fn index_survives(before: &Table, after: &Table, index: &Index) -> bool {
    let is_plain = index.condition.is_none()
        && !index.is_search()
        && index.parts.iter().all(|part| matches!(part.key, IndexKey::Column(_)));
    before.columns.iter().all(|old| {
        let Some(new) = after.column(&old.name) else { return true };
        let is_same_type = old.column_type == new.column_type;
        let is_same_order = old.is_nullable == new.is_nullable || !index.has_column(&old.name);
        is_same_order && (is_plain || is_same_type)
    })
}

pub(super) fn statements(
    from: &Table,
    to: &Table,
    changes: &[Change],
    target: &PhysicalSchema,
    direction: Direction,
) -> Vec<String> {
    let table = table_name(&to.name);
    let alter = |action: String| format!("ALTER TABLE {table} {action}");
    let mut all = Vec::new();
    let has_other_key = changes.contains(&Change::PrimaryKey);
    if let (true, Some(key)) = (has_other_key, &from.primary_key) {
        all.push(alter(format!("DROP CONSTRAINT {}", identifier(&key.name))));
    }
    for change in changes {
        if let Change::DropColumn { column } = change {
            all.push(alter(format!("DROP COLUMN {}", identifier(column))));
        }
    }
    for column in &to.columns {
        match from.column(&column.name) {
            None if changes.contains(&Change::AddColumn { column: column.name.clone() }) => {
                add(&mut all, to, column, target, direction);
            }
            None => {}
            Some(old) => alter_column(&mut all, to, old, column, target, direction),
        }
    }
    if let (true, Some(key)) = (has_other_key, &to.primary_key) {
        all.push(alter(format!(
            "ADD CONSTRAINT {} PRIMARY KEY ({})",
            identifier(&key.name),
            identifiers(&key.columns)
        )));
    }
    all
}

fn add(all: &mut Vec<String>, to: &Table, column: &Column, target: &PhysicalSchema, direction: Direction) {
    let table = table_name(&to.name);
    let has_value = column.is_nullable || column.default.is_some() || column.is_counted;
    let made = if has_value { None } else { stand_in(&Postgres, to, column, target, direction) };
    // Nobody is asked for a value of a table without rows.
    let is_nullable = column.is_nullable || made.is_some();
    all.push(format!("ALTER TABLE {table} ADD COLUMN {}", create::column(column, is_nullable)));
    if let Some(made) = made {
        let name = identifier(&column.name);
        all.push(format!("UPDATE {table} SET {name} = {made}"));
        all.push(format!("ALTER TABLE {table} ALTER COLUMN {name} SET NOT NULL"));
    }
}

fn alter_column(
    all: &mut Vec<String>,
    to: &Table,
    old: &Column,
    new: &Column,
    target: &PhysicalSchema,
    direction: Direction,
) {
    let (table, name) = (table_name(&to.name), identifier(&new.name));
    let alter = |action: &str| format!("ALTER TABLE {table} ALTER COLUMN {name} {action}");
    let has_other_type = !old.column_type.eq_ignore_ascii_case(&new.column_type);
    let had_default = old.default.is_some() || old.is_counted;
    let has_other_default = old.default != new.default || old.is_counted != new.is_counted;
    // A default of the old type may not fit the new one, and a count has a default of its own.
    if had_default && (has_other_default || has_other_type) {
        if old.is_counted && !new.is_counted {
            all.push(alter("DROP IDENTITY IF EXISTS"));
        }
        if !(old.is_counted && new.is_counted) {
            all.push(alter("DROP DEFAULT"));
        }
    }
    if old.is_nullable != new.is_nullable && new.is_nullable {
        all.push(alter("DROP NOT NULL"));
    }
    let mut may_be_null = old.is_nullable;
    if has_other_type {
        let conversion = convert::convert(&name, old, new);
        may_be_null = may_be_null || conversion.is_exact.is_some();
        if may_be_null
            && !old.is_nullable
            && !new.is_nullable
            && stand_in(&Postgres, to, new, target, direction).is_some()
        {
            all.push(alter("DROP NOT NULL"));
        } else {
            may_be_null = old.is_nullable;
        }
        if conversion.value.contains(convert::JSON_OR_TEXT) {
            all.push(convert::MAKE_JSON_OR_TEXT.to_owned());
        }
        let cast = cast(new);
        let value = conversion.value;
        let using = if value == name { format!("{name}::{cast}") } else { format!("({value})::{cast}") };
        all.push(alter(&format!("TYPE {} USING {using}", new.column_type)));
    }
    if may_be_null && !new.is_nullable {
        if let Some(made) = stand_in(&Postgres, to, new, target, direction) {
            all.push(format!("UPDATE {table} SET {name} = {made} WHERE {name} IS NULL"));
        }
        all.push(alter("SET NOT NULL"));
    }
    if let Some(default) = &new.default
        && (has_other_default || has_other_type)
    {
        all.push(alter(&format!("SET DEFAULT {default}")));
    }
    if new.is_counted && !old.is_counted {
        all.push(alter("ADD GENERATED BY DEFAULT AS IDENTITY"));
        all.push(format!(
            "SELECT setval(pg_get_serial_sequence({}, {}), coalesce(max({name}), 0) + 1, false) FROM {table}",
            create::literal(&table),
            create::literal(&new.name)
        ));
    }
}

/// The type without its collation.
fn cast(column: &Column) -> &str {
    debug_assert!(!Declared::of(column).name.is_empty(), "a column has a type");
    column.column_type.split(" COLLATE ").next().unwrap_or(&column.column_type)
}
