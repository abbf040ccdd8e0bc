//! What the URLs of database servers have in common. Messages never show the password.

use percent_encoding::percent_decode_str;

/// What is wrong with a URL.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct AddressError(String);

impl AddressError {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

/// `host`, `host:5432`, `[::1]:5432`; without a host it is this machine.
pub fn host_and_port(server: &str, default_port: u16) -> Result<(String, u16), AddressError> {
    let (host, port) = if let Some(rest) = server.strip_prefix('[') {
        let (host, rest) =
            rest.split_once(']').ok_or_else(|| AddressError::new("the host begins with [ and has no ]"))?;
        (host.to_owned(), rest.strip_prefix(':').unwrap_or(""))
    } else {
        let (host, port) = server.split_once(':').unwrap_or((server, ""));
        (decoded(host, "host")?, port)
    };
    let host = if host.is_empty() { "localhost".to_owned() } else { host };
    if port.is_empty() {
        return Ok((host, default_port));
    }
    let port = port.parse().map_err(|_| {
        AddressError::new(
            "the port is no number up to 65535; in a password, write / as %2F, ? as %3F, # as %23 and @ as %40",
        )
    })?;
    Ok((host, port))
}

/// The value of an option.
pub fn number<T: std::str::FromStr>(name: &str, text: &str) -> Result<T, AddressError> {
    text.parse().map_err(|_| AddressError::new(format!("{name} is \"{text}\", which is no number")))
}

/// `%40` is `@`; a `%` that begins no two hexadecimal digits stands for itself.
pub fn decoded(text: &str, what: &str) -> Result<String, AddressError> {
    let decoded = percent_decode_str(text).decode_utf8();
    let decoded =
        decoded.map_err(|_| AddressError::new(format!("the {what} is not UTF-8 behind its % signs")))?;
    Ok(decoded.into_owned())
}
