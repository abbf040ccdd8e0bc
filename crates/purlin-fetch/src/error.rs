//! Everything that can go wrong in this crate, named by outcome. Texts are safe to log: they hold nothing of
//! what was sent or answered.

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{0}")]
    Url(&'static str),
    #[error("a certificate to trust is not one in PEM form")]
    Certificate,
    /// A header or a name that cannot be sent.
    #[error("the request cannot be sent: {0}")]
    Request(String),
    #[error("cannot be reached: {0}")]
    Unreachable(String),
    #[error("took too long")]
    Timeout,
    #[error("the answer is larger than {0} bytes")]
    TooLarge(usize),
    /// The other side does not speak HTTP, or broke off.
    #[error("did not answer properly: {0}")]
    Protocol(String),
    #[error("the answer is not the JSON that was expected")]
    Json,
}

pub type Result<T> = std::result::Result<T, Error>;
