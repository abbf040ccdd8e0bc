//! What the document needs to know beside the schema.

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
