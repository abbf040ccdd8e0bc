//! The program from outside: arguments in, exit code and output out.
#![cfg(test)]

mod admin;
mod app;
mod arrived;
mod breaking;
mod client;
mod command_line;
mod corpus;
mod dev;
mod differ;
mod doctor;
mod engines;
mod http;
mod keys;
mod limits;
mod mail;
mod migrate;
mod moving;
mod new;
mod node;
mod oidc;
mod oracle;
mod profile;
mod program;
mod pruning;
mod pull;
mod refusals;
mod scenarios;
mod schema;
mod secrets;
mod seed;
mod server;
mod several;
mod sign_in;
mod typescript;
mod wallet;
