//! Why a server could not be used. The password never shows.

use crate::address::Address;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(
        "cannot reach {address}: {detail}; check the address, and that the server runs and listens there"
    )]
    Unreachable { address: Address, detail: String },
    #[error("{address} refuses user {user}: {detail}; check user and password in the address", user = address.user)]
    Credentials { address: Address, detail: String },
    #[error("{address} has no database {database}; create it with `createdb {database}`", database = address.database)]
    MissingDatabase { address: Address },
    #[error(
        "{address} and this end agree on no encryption: {detail}; check sslmode, and the authority that sslrootcert names, in the address"
    )]
    Tls { address: Address, detail: String },
    #[error("{address} is PostgreSQL {found}, and Purlin needs 13 or later")]
    TooOld { address: Address, found: String },
    #[error("{address} cannot be used: {detail}")]
    Refused { address: Address, detail: String },
}
