//! Values that the engine makes for new rows, and that existing rows need when a column becomes
//! required. They are written as SQL in the migration, so that one statement fills all rows.

use serde::{Deserialize, Serialize};

use purlin_schema::model::{DefaultFunction, DefaultValue, Field, FieldKind, Scalar};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fill {
    pub kind: FillKind,
    /// `format:` of the schema: holds one `%s`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FillKind {
    Now,
    Uuid { version: u8 },
    Cuid,
    Nanoid { length: u8 },
    Ulid,
}

impl Fill {
    /// `None` where nothing can be made without a request: `auth()`, a sequence, a trigger; nor
    /// for bytes.
    pub(super) fn of(field: &Field) -> Option<Self> {
        let plain = |kind| Some(Self { kind, format: None });
        let formatted = |kind, format: &Option<String>| Some(Self { kind, format: format.clone() });
        if matches!(field.kind, FieldKind::Scalar(Scalar::Bytes)) {
            return None;
        }
        match &field.default {
            None if field.is_updated_at => plain(FillKind::Now),
            Some(DefaultValue::Function(function)) => match function {
                DefaultFunction::Now => plain(FillKind::Now),
                DefaultFunction::Uuid { version, format } => {
                    formatted(FillKind::Uuid { version: *version }, format)
                }
                DefaultFunction::Cuid { format, .. } => formatted(FillKind::Cuid, format),
                DefaultFunction::Nanoid { length, format } => {
                    formatted(FillKind::Nanoid { length: *length }, format)
                }
                DefaultFunction::Ulid { format } => formatted(FillKind::Ulid, format),
                DefaultFunction::Auto => plain(FillKind::Uuid { version: 7 }),
                DefaultFunction::Autoincrement
                | DefaultFunction::Dbgenerated(_)
                | DefaultFunction::Sequence => None,
            },
            Some(DefaultValue::Literal(_) | DefaultValue::Auth(_)) | None => None,
        }
    }
}
