//! The whole server over HTTP: a schema, an embedded database, real sockets.

mod attacks;
mod bodies;
mod errors;
mod lists;
mod nested;
mod policies;
mod server;
mod statements;
mod writes;
