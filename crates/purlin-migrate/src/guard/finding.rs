//! One thing that a change would do to rows that exist.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    pub code: FindingCode,
    /// `Post` or `Post.title`, in the schema's names.
    pub object: String,
    /// Rows concerned; never 0.
    pub rows: u64,
    /// What happens to them.
    pub message: String,
    /// What to do instead.
    pub suggestion: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FindingCode {
    DropTable,
    DropColumn,
    LossyType,
    EnumValueRemoved,
    EmptyValue,
    PrimaryKeyChanged,
    RequiredWithoutDefault,
    RequiredWithNulls,
    UniqueDuplicates,
    ForeignKeyOrphans,
}

impl FindingCode {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DropTable => "drop-table",
            Self::DropColumn => "drop-column",
            Self::LossyType => "lossy-type",
            Self::EnumValueRemoved => "enum-value-removed",
            Self::EmptyValue => "empty-value",
            Self::PrimaryKeyChanged => "primary-key-changed",
            Self::RequiredWithoutDefault => "required-without-default",
            Self::RequiredWithNulls => "required-with-nulls",
            Self::UniqueDuplicates => "unique-duplicates",
            Self::ForeignKeyOrphans => "foreign-key-orphans",
        }
    }

    /// The statements would fail on the rows at hand: nobody can allow that.
    pub fn is_impossible(self) -> bool {
        match self {
            Self::DropTable
            | Self::DropColumn
            | Self::LossyType
            | Self::EnumValueRemoved
            | Self::EmptyValue
            | Self::PrimaryKeyChanged => false,
            Self::RequiredWithoutDefault
            | Self::RequiredWithNulls
            | Self::UniqueDuplicates
            | Self::ForeignKeyOrphans => true,
        }
    }
}

impl Finding {
    /// What `--allow` takes.
    pub fn flag(&self) -> String {
        format!("{}:{}", self.code.as_str(), self.object)
    }
}

impl std::fmt::Display for Finding {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} {}: {}. {}", self.code.as_str(), self.object, self.message, self.suggestion)?;
        if self.code.is_impossible() {
            return Ok(());
        }
        write!(formatter, ", or allow it with --allow {}", self.flag())
    }
}
