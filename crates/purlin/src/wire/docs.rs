//! `/openapi.json` and the page at `/docs` that reads it.

use bytes::Bytes;
use http::StatusCode;
use http::header::{CONTENT_SECURITY_POLICY, HeaderValue};
use purlin_http::{BoxFuture, Module, Request, Routes, text};

/// The page loads its own script and style and talks to its own origin, nothing else.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
    img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

#[derive(Debug)]
pub(super) struct Docs {
    /// The document's text, made once for each schema.
    pub document: Bytes,
}

impl Module for Docs {
    fn name(&self) -> &'static str {
        "docs"
    }

    fn routes(&self, routes: &mut Routes) {
        serve(routes, "/openapi.json", "application/json", self.document.clone());
        serve(
            routes,
            "/docs",
            "text/html; charset=utf-8",
            Bytes::from_static(purlin_codegen::docs::HTML.as_bytes()),
        );
        let script = Bytes::from_static(purlin_codegen::docs::SCRIPT.as_bytes());
        serve(routes, "/docs/app.js", "text/javascript; charset=utf-8", script);
        let style = Bytes::from_static(purlin_codegen::docs::STYLE.as_bytes());
        serve(routes, "/docs/style.css", "text/css; charset=utf-8", style);
    }
}

fn serve(routes: &mut Routes, path: &str, content_type: &'static str, body: Bytes) {
    routes.get(path, move |_: Request| -> BoxFuture<'static, _> {
        let body = body.clone();
        Box::pin(async move {
            let mut response = text(StatusCode::OK, content_type, body);
            response.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
            Ok(response)
        })
    });
}
