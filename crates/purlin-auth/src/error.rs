//! Everything that can go wrong in this crate, named by outcome. The reasons why a credential is
//! refused are for logs and tests: who presents one is told `Unauthenticated`, whatever it was.

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    // A credential is refused.
    #[error("the credential is not of its form")]
    Malformed,
    #[error("the credential is too long")]
    TooLong,
    #[error("the credential names no key of ours")]
    UnknownKey,
    #[error("the credential's algorithm is not that of its key")]
    WrongAlgorithm,
    #[error("the credential's signature or checksum is wrong")]
    BadSignature,
    #[error("the credential has expired")]
    Expired,
    #[error("the credential is not valid yet")]
    NotYetValid,
    #[error("the credential comes from another issuer")]
    WrongIssuer,
    #[error("the credential is meant for another audience")]
    WrongAudience,
    #[error("the message was signed for another domain")]
    WrongDomain,
    #[error("the message was signed for another URI")]
    WrongUri,
    #[error("the message was signed for another chain")]
    WrongChain,
    #[error("the message holds another nonce")]
    WrongNonce,
    // A key of the configuration cannot be used.
    #[error("a secret has at least 32 bytes; make one with `openssl rand -base64 32`")]
    WeakSecret,
    #[error("not an Ed25519 private key in PKCS#8; make one with `openssl genpkey -algorithm ed25519`")]
    BadKey,
    #[error("a key is given twice; drop one of them")]
    RepeatedKey,
}

impl Error {
    /// What the rest of the server is told: a fault of the caller says nothing of which one it was.
    pub fn into_core(self) -> purlin_core::Error {
        match self {
            Self::Malformed
            | Self::TooLong
            | Self::UnknownKey
            | Self::WrongAlgorithm
            | Self::BadSignature
            | Self::Expired
            | Self::NotYetValid
            | Self::WrongIssuer
            | Self::WrongAudience
            | Self::WrongDomain
            | Self::WrongUri
            | Self::WrongChain
            | Self::WrongNonce => purlin_core::Error::Unauthenticated,
            Self::WeakSecret | Self::BadKey | Self::RepeatedKey => purlin_core::Error::internal(self),
        }
    }
}

pub type Result<T> = std::result::Result<T, Error>;
