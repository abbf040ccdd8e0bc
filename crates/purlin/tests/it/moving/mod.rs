//! `purlin db move` from outside: from every engine to every other, cut short, refused, and with a source that changes.

mod fixture;
mod refusals;
mod resumed;
mod walks;
