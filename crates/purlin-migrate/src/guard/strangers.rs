//! Columns that somebody added behind Purlin's back. A table that is made anew would lose them without a word.

use crate::database::Session;
use crate::diff::{Renames, Step, steps};
use crate::error::Error;
use crate::physical::PhysicalSchema;

/// The state before a change, with the columns that only the database knows where the change would take them away.
pub(crate) fn with_strangers(
    session: &mut Session<'_>,
    old: &PhysicalSchema,
    new: &PhysicalSchema,
    renames: &Renames,
) -> Result<PhysicalSchema, Error> {
    let engine = session.engine();
    let rebuilt: Vec<String> = steps(engine, old, new, renames)
        .into_iter()
        .filter_map(|step| match step {
            Step::RebuildTable { to, .. } => Some(renames.old_table(&to.name).to_owned()),
            _ => None,
        })
        .collect();
    let mut all = old.clone();
    if rebuilt.is_empty() {
        return Ok(all);
    }
    let live = engine.introspect(session)?;
    for table in all.tables.iter_mut().filter(|table| rebuilt.contains(&table.name)) {
        let Some(found) = live.tables.iter().find(|live| engine.is_same_name(&live.name, &table.name)) else {
            continue;
        };
        for column in &found.columns {
            if !table.columns.iter().any(|known| engine.is_same_name(&known.name, &column.name)) {
                table.columns.push(column.clone());
            }
        }
    }
    Ok(all)
}
