//! purlin-store-sqlite
