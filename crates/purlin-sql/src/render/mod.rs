//! Rendering: shapes and steps to statements. Fragments are texts; placeholders are numbered,
//! so fragments may be put together in any order.

mod aggregate;
mod child;
mod count;
mod filter;
mod keyset;
mod link;
mod load;
mod many_offered;
mod operand;
mod order;
mod page;
mod path;
mod pick;
mod read;
mod renderer;
mod row;
mod write;

pub use link::{render_link, render_unlink};
pub use load::{LoadStatement, render_counting, render_emptying, render_rows};
pub use read::render_read;
pub use write::{render_check, render_delete, render_exists, render_insert, render_load, render_update};

pub(crate) use write::{may_join, render_inserts};

pub(crate) use aggregate::number_of;
pub(crate) use filter::compare_sign;
pub(crate) use operand::is_scalar;
