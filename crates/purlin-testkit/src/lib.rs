//! purlin-testkit
