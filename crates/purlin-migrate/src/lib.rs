//! purlin-migrate
