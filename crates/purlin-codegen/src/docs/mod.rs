//! The page that shows the document: three files and nothing else, so that a policy of `default-src 'none';
//! script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:` (its empty icon) lets it work.
//! Text from the schema reaches the page as text nodes only; no string ever becomes markup.

/// Served at `/docs`.
pub const HTML: &str = include_str!("index.html");

/// Served at `/docs/app.js`: one module, kept in files by idea. Functions know each other whatever the
/// order; `main.js` starts the page and so comes last.
pub const SCRIPT: &str = concat!(
    include_str!("script/element.js"),
    include_str!("script/document.js"),
    include_str!("script/example.js"),
    include_str!("script/schema.js"),
    include_str!("script/navigation.js"),
    include_str!("script/operation.js"),
    include_str!("script/request.js"),
    include_str!("script/answer.js"),
    include_str!("script/try.js"),
    include_str!("script/overview.js"),
    include_str!("script/main.js"),
);

/// Served at `/docs/style.css`.
pub const STYLE: &str = concat!(
    include_str!("style/base.css"),
    include_str!("style/navigation.css"),
    include_str!("style/call.css"),
    include_str!("style/try.css"),
    include_str!("style/layout.css"),
);
