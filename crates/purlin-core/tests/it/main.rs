//! The core without a store: values, filters, JSON answers.

#[cfg(test)]
mod advice;
#[cfg(test)]
mod compare;
#[cfg(test)]
mod filter;
#[cfg(test)]
mod json;
#[cfg(test)]
mod values;
