//! purlin-http
