//! Client input to typed operations: Prisma's JSON forms, shared by REST bodies and the
//! functions' `db`. Every problem is named, not only the first; hidden fields are unknown here.

mod aggregate;
mod data;
mod filter;
mod having;
mod key;
mod names;
mod nested;
mod order;
mod query;
mod search;
mod selection;
mod value;

pub use aggregate::{
    aggregate_from_json, answer, check_aggregate, key, measure, push_group_field, push_group_order,
    total_group_order,
};
pub use data::{DataReader, EarlierRow, MOST_ROWS, data_from_json, rows_from_json};
pub use filter::where_from_json;
pub use having::{Given, check_having, group_test, having_from_json};
pub use key::key_from_json;
pub use names::{describe_unknown, exposed_field, filterable_field};
pub use order::{by_relevance, default_order, finish_order, order_from_json};
pub use query::{CAPPED, Limits, count_mode, query_from_json, selection_from_json};
pub use search::search_from_text;
pub use value::{value_from_json, value_from_text};

use crate::error::Error;

/// What is wrong with parameters: path and message. Becomes one `BadRequest` that lists them.
#[derive(Clone, Debug, Default)]
pub struct Problems(Vec<String>);

/// An answer that lists more than this helps nobody, and costs who must make it.
const MOST_PROBLEMS: usize = 30;

impl Problems {
    /// Whether to stop looking for more.
    pub fn is_full(&self) -> bool {
        self.0.len() > MOST_PROBLEMS
    }

    pub fn add(&mut self, path: &str, message: impl AsRef<str>) {
        if self.is_full() {
            return;
        }
        if self.0.len() == MOST_PROBLEMS {
            self.0.push("and more".to_owned());
            return;
        }
        let message = message.as_ref();
        self.0.push(if path.is_empty() { message.to_owned() } else { format!("{path}: {message}") });
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `Ok(value)` when nothing was added.
    pub fn finish<T>(self, value: T) -> Result<T, Error> {
        if self.0.is_empty() { Ok(value) } else { Err(Error::BadRequest(self.0.join("; "))) }
    }
}
