//! Names from outside to fields. A field that clients may never see is answered like one that
//! does not exist, so that its existence is not told either.

use purlin_schema::suggest::closest;

use crate::schema::{Field, Model};

/// A field that clients may name at all (in `select` or `include`).
pub fn exposed_field<'a>(model: &'a Model, name: &str) -> Option<&'a Field> {
    model.field_named(name).filter(|field| field.is_exposed() && !field.is_omitted)
}

/// A column that clients may filter, sort or group by.
pub fn filterable_field<'a>(model: &'a Model, name: &str) -> Option<&'a Field> {
    exposed_field(model, name).filter(|field| field.is_column())
}

/// `unknown field "titel" of Post, did you mean "title"?`
pub fn describe_unknown(model: &Model, name: &str) -> String {
    let known = model.fields.iter().filter(|field| field.is_exposed() && !field.is_omitted);
    match closest(name, known.map(|field| field.name.as_str())) {
        Some(near) => format!("unknown field \"{name}\" of {}, did you mean \"{near}\"?", model.name),
        None => format!("unknown field \"{name}\" of {}", model.name),
    }
}
