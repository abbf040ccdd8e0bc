//! SQLite. Storage forms are those of docs/decisions/0003. Functions and collations named here
//! are registered by whoever opens a connection.

mod column_type;
mod default_value;
mod dialect;
mod json_test;
mod list_test;
mod measure;
mod search;

pub use dialect::Sqlite;
pub use search::{SEARCH_MODULE, SEARCH_PREFIX, search_query, search_table, search_text};

/// The collation that compares decimals by their numeric value.
pub const DECIMAL_COLLATION: &str = "purlin_decimal";

/// `purlin_lower(text)`: Unicode lower case.
pub const LOWER_FUNCTION: &str = "purlin_lower";

/// `purlin_arithmetic(sign, type, a, b, field)`: fails where the result does not fit.
pub const ARITHMETIC_FUNCTION: &str = "purlin_arithmetic";

/// `purlin_append(list, elements)`: two JSON arrays as one.
pub const APPEND_FUNCTION: &str = "purlin_append";

/// `purlin_words(text, words, is_prefix)`: whether the text has the words.
pub const WORDS_FUNCTION: &str = "purlin_words";

/// An aggregate function: the exact sum of whole numbers or decimals, as a text.
pub const SUM_FUNCTION: &str = "purlin_sum";

/// An aggregate function: the average of decimals with 16 places, as a text.
pub const AVERAGE_FUNCTION: &str = "purlin_average";

/// An aggregate function: the average of whole numbers as a float.
pub const MEAN_FUNCTION: &str = "purlin_mean";
