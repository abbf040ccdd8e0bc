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

/// The origin of a page as messages write it: in lower case and without a default port.
pub(crate) fn origin_of(page: &str) -> Option<String> {
    let origin = syntax::origin(page)?.to_ascii_lowercase();
    let plain = match origin.split_once("://")?.0 {
        "https" => origin.strip_suffix(":443"),
        "http" => origin.strip_suffix(":80"),
        _ => None,
    };
    Some(plain.map_or_else(|| origin.clone(), str::to_owned))
}
