//! The page that shows the document: three files without any other, so that a policy of
//! `default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'` lets it work.

/// Served at `/docs`.
pub const HTML: &str = include_str!("index.html");
/// Served at `/docs/app.js`.
pub const SCRIPT: &str = include_str!("app.js");
/// Served at `/docs/style.css`.
pub const STYLE: &str = include_str!("style.css");
