//! purlin-schema
