//! What stands after `DEFAULT`.

use purlin_core::schema::{Field, Schema};

use super::MySql;

pub(super) fn of(_dialect: MySql, _schema: &Schema, _field: &Field) -> Option<String> {
    None
}
