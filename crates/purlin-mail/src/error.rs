//! Everything that can be wrong with how mail is set up. None of it repeats an address with its password.

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{0}")]
    Url(&'static str),
    #[error("`{text}` is not an address such as \"Shop <hello@example.com>\"")]
    Originator { text: String },
    /// A line each, with file and line.
    #[error("{}", .0.join("\n"))]
    Templates(Vec<String>),
    #[error("the certificates to trust cannot be read: {0}")]
    Certificates(String),
    #[error("mail cannot be encrypted: {0}")]
    Encryption(String),
    #[error("the folder of caught mail cannot be made: {0}")]
    Folder(#[source] std::io::Error),
    #[error(transparent)]
    Store(purlin_core::Error),
}
