//! Who, what and which row, as people write them: `user:2`, `anonymous`, `update`, `Post`, `7`.

use std::fmt;
use std::str::FromStr;

use purlin_core::input::value_from_text;
use purlin_core::operation::Key;
use purlin_core::schema::{Model, PolicyOperation, Schema};
use purlin_schema::suggest::closest;

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    Anonymous,
    Admin,
    /// A row of the auth model by its id.
    User(String),
}

impl FromStr for Who {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            Some(("user", id)) if !id.is_empty() => Ok(Self::User(id.to_owned())),
            None if text == "anonymous" => Ok(Self::Anonymous),
            None if text == "admin" => Ok(Self::Admin),
            _ => Err(format!("\"{text}\" is nobody: write user:ID, anonymous or admin")),
        }
    }
}

impl fmt::Display for Who {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anonymous => formatter.write_str("anonymous"),
            Self::Admin => formatter.write_str("admin"),
            Self::User(id) => write!(formatter, "user:{id}"),
        }
    }
}

/// What is asked for; what holds after an update belongs to the update.
pub fn operation_named(text: &str) -> Result<PolicyOperation, String> {
    match text {
        "create" => Ok(PolicyOperation::Create),
        "read" => Ok(PolicyOperation::Read),
        "update" => Ok(PolicyOperation::Update),
        "delete" => Ok(PolicyOperation::Delete),
        _ => Err(format!("\"{text}\" is no operation: write create, read, update or delete")),
    }
}

/// By its name, or by its path in the API.
pub fn model_named<'s>(schema: &'s Schema, text: &str) -> Result<&'s Model, String> {
    let mut models = schema.own_models();
    let found = models.find(|model| model.name == text || model.path == text);
    found.ok_or_else(|| {
        let near = closest(text, schema.own_models().map(|model| model.name.as_str()));
        match near {
            Some(near) => format!("there is no model {text}, did you mean {near}?"),
            None => format!("there is no model {text}"),
        }
    })
}

/// The values of the primary key, with commas between.
pub fn key_of(schema: &Schema, model: &Model, text: &str) -> Result<Key, String> {
    let fields: Vec<_> = model.key_fields().collect();
    let parts: Vec<&str> = if fields.len() == 1 { vec![text] } else { text.split(',').collect() };
    let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
    if fields.is_empty() || parts.len() != fields.len() {
        return Err(format!("a {} is named by {}", model.name, names.join(",")));
    }
    let mut key = Key { fields: Vec::with_capacity(fields.len()) };
    for (field, part) in fields.into_iter().zip(parts) {
        let value = value_from_text(schema, field, part);
        let value = value.map_err(|message| format!("{} of {}: {message}", field.name, model.name))?;
        key.fields.push((field.id, value));
    }
    Ok(key)
}
