//! The core without a store: values, filters, JSON answers.

mod compare;
mod filter;
mod json;
mod values;
