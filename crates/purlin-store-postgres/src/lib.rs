//! The PostgreSQL store: executes guarded statements on a server, by few connections.
