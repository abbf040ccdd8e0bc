//! Access tokens: JSON Web Tokens (RFC 7519) signed by us with HS256 or Ed25519 (RFC 8037), the
//! keys they are signed with, and the public ones for others to verify them.
//! An algorithm belongs to a key; what a token says of itself is never a choice.

mod access;
mod compact;
mod jwks;
mod keys;

pub use access::{AccessSettings, AccessTokens, Claims, SignedToken};
pub(crate) use compact::{Parts, decode};
pub use jwks::{jwks, thumbprint};
pub use keys::{Algorithm, Key, KeyRing};
