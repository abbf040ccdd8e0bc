//! purlin-rest
