//! What stands after `DEFAULT`.

use purlin_core::schema::{Field, Schema};

use super::Postgres;

pub(super) fn of(_dialect: Postgres, _schema: &Schema, _field: &Field) -> Option<String> {
    None
}
