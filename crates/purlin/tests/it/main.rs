//! The program from outside: arguments in, exit code and output out.
#![cfg(test)]

mod command_line;
mod http;
mod new;
mod oracle;
mod program;
mod schema;
