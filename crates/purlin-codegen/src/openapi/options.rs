//! What the document needs to know beside the schema.

use serde_json::Value;

/// The settings of the API that show in its description.
#[derive(Clone, Debug)]
pub struct OpenApiOptions {
    pub title: String,
    /// The application's own version.
    pub version: String,
    pub description: Option<String>,
    /// Such as `/api`; may be empty.
    pub base_path: String,
    /// Rows of a page where the request names no number.
    pub default_limit: u64,
    pub max_limit: u64,
    /// For models without any rule.
    pub default_access: DefaultAccess,
    /// How users sign in, and what they do with their account.
    pub sign_in: Vec<Call>,
}

/// A call that is no model's. In its JSON Schemas `{"$user": true}` stands for a row of the auth model, and
/// `{"$field": NAME, "isNew": true}` for what may be written into a field of it.
#[derive(Clone, Debug)]
pub struct Call {
    pub id: String,
    /// In small letters.
    pub method: String,
    pub path: String,
    pub summary: String,
    pub needs_token: bool,
    /// Of the address, each a text that may be absent.
    pub parameters: Vec<String>,
    pub body: Option<Value>,
    pub is_body_required: bool,
    /// When all went well.
    pub status: u16,
    /// The body of that answer.
    pub answer: Option<Value>,
    /// Beside those that every call can answer.
    pub errors: Vec<u16>,
}

/// `[api] default_access`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum DefaultAccess {
    #[default]
    Deny,
    Authenticated,
    Public,
}

impl Default for OpenApiOptions {
    fn default() -> Self {
        Self {
            title: "API".to_owned(),
            version: "0.0.0".to_owned(),
            description: None,
            base_path: "/api".to_owned(),
            default_limit: 20,
            max_limit: 100,
            default_access: DefaultAccess::Deny,
            sign_in: Vec::new(),
        }
    }
}

impl OpenApiOptions {
    /// The path of a resource, whichever way the base path is written.
    pub(super) fn path(&self, rest: &str) -> String {
        let base = self.base_path.trim_matches('/');
        if base.is_empty() { format!("/{rest}") } else { format!("/{base}/{rest}") }
    }
}
