//! purlin-sql
