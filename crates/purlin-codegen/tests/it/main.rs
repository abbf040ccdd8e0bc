//! The document is exact: what clients may not see is absent, what they may send is accepted.
#![cfg(test)]

mod breaking;
mod client;
mod document;
mod form;
mod page;
mod sample;
