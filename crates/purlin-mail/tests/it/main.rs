//! Integration tests of `purlin-mail`, one module per subject.
#![cfg(test)]

mod app;
mod crash;
mod outbox;
mod sending;
mod templates;
