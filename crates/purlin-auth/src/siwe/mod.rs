//! Sign-in with a wallet: messages of EIP-4361, signed as EIP-191 says by the key of an address.
//! Accounts that are contracts (EIP-1271) need a node of their chain and are not recognised.

mod account;
mod message;
mod signature;
mod syntax;
mod verify;

pub use account::Account;
pub use message::Message;
pub use verify::Expected;
