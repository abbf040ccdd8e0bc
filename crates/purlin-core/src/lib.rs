//! purlin-core
