//! Bearer tokens to actors.

mod authenticator;
pub(crate) mod bearer;
mod cache;
mod scopes;

pub use authenticator::{Authenticator, Credentials, Verified};
pub use scopes::Scopes;
