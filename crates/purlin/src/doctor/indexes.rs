//! Indexes that lists lacked while the app was developed.

use std::path::Path;

use purlin_core::schema::Schema;

use super::Finding;
use crate::wire::missing_indexes;

pub(super) fn indexes(app: &Path, schema: &Schema, findings: &mut Vec<Finding>) {
    for missing in missing_indexes(app) {
        let Some(model) = schema.own_models().find(|model| model.name == missing.model) else { continue };
        let is_there = model.indexes.iter().any(|index| {
            let names = index.fields.iter().map(|part| model.field(part.field).name.as_str());
            names.eq(missing.fields.iter().map(String::as_str))
        });
        if is_there {
            continue;
        }
        let names = missing.fields.join(" and ");
        let message = format!("lists of {} looked at each of its many rows for {names}", missing.model);
        let help = format!("add {} to {}", missing.attribute(), missing.model);
        findings.push(Finding::warning("indexes", message, help));
    }
}
