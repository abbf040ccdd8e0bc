//! The document is exact: what clients may not see is absent, what they may send is accepted.

mod document;
mod page;
mod sample;
