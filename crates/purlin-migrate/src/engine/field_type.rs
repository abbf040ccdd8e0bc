//! What a column that another tool declared is in a schema.

use purlin_schema::model::Scalar;

/// A field's type without its arity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FieldType {
    pub(crate) word: TypeWord,
    /// What follows `@db.`, where the word alone would declare something else.
    pub(crate) native: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TypeWord {
    Scalar(Scalar),
    /// A type that somebody made: an enum, if the catalogue knows its members.
    Made(String),
    Unsupported(String),
}

impl FieldType {
    pub(crate) fn plain(scalar: Scalar) -> Self {
        Self { word: TypeWord::Scalar(scalar), native: None }
    }

    pub(crate) fn native(scalar: Scalar, name: &str) -> Self {
        Self { word: TypeWord::Scalar(scalar), native: Some(name.to_owned()) }
    }

    /// `@db.Name(arguments)`.
    pub(crate) fn with(scalar: Scalar, name: &str, arguments: &str) -> Self {
        if arguments.is_empty() {
            return Self::native(scalar, name);
        }
        let arguments: Vec<&str> = arguments.split(',').map(str::trim).collect();
        Self::native(scalar, &format!("{name}({})", arguments.join(", ")))
    }

    pub(crate) fn made(name: &str) -> Self {
        Self { word: TypeWord::Made(name.to_owned()), native: None }
    }

    pub(crate) fn unsupported(name: &str) -> Self {
        Self { word: TypeWord::Unsupported(name.to_owned()), native: None }
    }
}
