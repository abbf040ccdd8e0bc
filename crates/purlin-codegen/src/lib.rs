//! purlin-codegen
