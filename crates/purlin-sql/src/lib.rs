//! Guarded statements to SQL text, and where each value is bound and each column goes.
//! Opens no connection. What differs between engines stands behind [`dialect::Dialect`].

mod binding;
mod decode;
pub mod dialect;
mod list_json;
mod read_statement;
mod render;
pub mod rows;
pub mod server;
mod sources;
mod statements;
mod write_statement;

pub use binding::{Binding, Form, Source};
pub use decode::{Decode, OutputColumn};
pub use dialect::{ColumnType, Dialect};
pub use list_json::{element_text, list_json, push_hex};
pub use read_statement::{
    Child, Common, CountStatement, CountText, ReadStatement, Related, RelatedSource, RowPlan, Select,
};
pub use render::{
    LoadStatement, render_check, render_counting, render_delete, render_emptying, render_exists,
    render_insert, render_link, render_load, render_read, render_rows, render_unlink, render_update,
};
pub use sources::Sources;
pub use statements::{Statements, StepShape};
pub use write_statement::{Follower, GivenColumn, Returned, Shown, WriteStatement};
