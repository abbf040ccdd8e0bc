//! Bearer tokens to actors.

mod authenticator;
mod bearer;
mod cache;
mod token;

pub use authenticator::{Authenticator, UserLoader};
pub use token::TokenSettings;
