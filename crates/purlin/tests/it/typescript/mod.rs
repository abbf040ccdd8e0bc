//! The client in TypeScript: TypeScript itself checks it, Node.js and a browser run it against a server.

mod browser;
mod command;
mod project;
mod run;
mod types;
