//! A schema that uses what the document distinguishes.

use purlin_schema::model::Schema;
use purlin_schema::{SourceFile, compile};

#[track_caller]
pub(crate) fn schema_of(text: &str) -> Schema {
    let compiled = compile(vec![SourceFile::new("schema.zmodel", text)]);
    compiled.schema.unwrap_or_else(|| panic!("{:#?}", compiled.diagnostics))
}

pub(crate) fn schema() -> Schema {
    schema_of(include_str!("sample.zmodel"))
}
