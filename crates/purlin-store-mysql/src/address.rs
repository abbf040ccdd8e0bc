//! A MySQL or MariaDB URL as people write it, taken apart. Messages never show the password.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// `mysql://user:password@host:port/database?options`.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    /// A name or an IP address.
    pub host: String,
    pub port: u16,
    pub user: String,
    pub password: Option<String>,
    pub database: String,
    pub tls: TlsMode,
    /// Certificates that are trusted instead of the public ones (`sslcert` of Prisma, `ssl-ca`).
    pub root_certificates: Option<PathBuf>,
    pub connect_timeout: Option<Duration>,
    /// The most connections that the user wants (`connection_limit`).
    pub connection_limit: Option<usize>,
    /// A Unix socket instead of host and port.
    pub socket: Option<String>,
}

/// `ssl-mode`, with the meaning that MySQL's own clients give it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum TlsMode {
    Disable,
    /// Encrypted where the server can.
    #[default]
    Prefer,
    /// Encrypted; whose certificate it is does not matter.
    Require,
    /// Encrypted, by a certificate that is trusted and bears the host's name.
    Verify,
}

/// What is wrong with a URL.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct AddressError(String);

impl Address {
    pub fn parse(url: &str) -> Result<Self, AddressError> {
        let url = url.trim();
        let rest = url
            .strip_prefix("mysql://")
            .or_else(|| url.strip_prefix("mariadb://"))
            .ok_or_else(|| problem("a MySQL address starts with mysql:// or mariadb://"))?;
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        // A password may hold anything, also what it should have been written as with % signs.
        let (login, place) = rest.rsplit_once('@').unwrap_or(("", rest));
        let (user, password) = match login.split_once(':') {
            Some((user, password)) => (user, Some(decoded(password, "password")?)),
            None => (login, None),
        };
        let (server, database) = place.split_once('/').unwrap_or((place, ""));
        let (host, port) = host_and_port(server)?;
        let user = decoded(user, "user")?;
        let user = if user.is_empty() { "root".to_owned() } else { user };
        let database = decoded(database, "database")?;
        let mut address = Self {
            host,
            port,
            password,
            database,
            user,
            tls: TlsMode::default(),
            root_certificates: None,
            connect_timeout: None,
            connection_limit: None,
            socket: None,
        };
        for option in query.split('&').filter(|option| !option.is_empty()) {
            let (name, value) = option.split_once('=').unwrap_or((option, ""));
            address.set(name, decoded(value, name)?)?;
        }
        Ok(address)
    }

    /// The same server, another database: to create one from.
    #[must_use]
    pub fn with_database(&self, database: &str) -> Self {
        Self { database: database.to_owned(), ..self.clone() }
    }

    /// Options that are not known here belong to other tools, and mean nothing.
    fn set(&mut self, name: &str, value: String) -> Result<(), AddressError> {
        match name {
            "ssl-mode" | "sslmode" | "ssl_mode" | "tls" => self.tls = tls_mode(&value)?,
            // Of Prisma: `accept_invalid_certs` is what `require` means anyway.
            "sslaccept" => {
                self.tls = if value == "strict" { TlsMode::Verify } else { TlsMode::Require };
            }
            "sslcert" | "ssl-ca" if !value.is_empty() => self.root_certificates = Some(PathBuf::from(value)),
            "connect_timeout" => {
                let seconds: u64 = number(name, &value)?;
                self.connect_timeout = (seconds > 0).then(|| Duration::from_secs(seconds));
            }
            "connection_limit" => self.connection_limit = Some(number(name, &value)?),
            "socket" if !value.is_empty() => self.socket = Some(value),
            _ => {}
        }
        Ok(())
    }
}

/// The password stays out of logs.
impl fmt::Debug for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Address({self})")
    }
}

/// Without the password and the options.
impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "mysql://{}@{}:{}/{}", self.user, self.host, self.port, self.database)
    }
}

fn problem(text: impl Into<String>) -> AddressError {
    AddressError(text.into())
}

fn host_and_port(server: &str) -> Result<(String, u16), AddressError> {
    let (host, port) = if let Some(rest) = server.strip_prefix('[') {
        let (host, rest) =
            rest.split_once(']').ok_or_else(|| problem("the host begins with [ and has no ]"))?;
        (host.to_owned(), rest.strip_prefix(':').unwrap_or(""))
    } else {
        let (host, port) = server.split_once(':').unwrap_or((server, ""));
        (decoded(host, "host")?, port)
    };
    let host = if host.is_empty() { "localhost".to_owned() } else { host };
    let port = if port.is_empty() {
        3306
    } else {
        port.parse().map_err(|_| {
            problem(
                "the port is no number up to 65535; in a password, write / as %2F, ? as %3F, # as %23 and @ as %40",
            )
        })?
    };
    Ok((host, port))
}

fn tls_mode(text: &str) -> Result<TlsMode, AddressError> {
    match text.to_ascii_lowercase().as_str() {
        "disable" | "disabled" | "false" => Ok(TlsMode::Disable),
        "allow" | "prefer" | "preferred" => Ok(TlsMode::Prefer),
        "require" | "required" | "true" => Ok(TlsMode::Require),
        "verify-ca" | "verify-full" | "verify_ca" | "verify_identity" => Ok(TlsMode::Verify),
        _ => Err(problem(format!(
            "ssl-mode is \"{text}\"; it must be disabled, preferred, required, verify_ca or verify_identity"
        ))),
    }
}

fn number<T: std::str::FromStr>(name: &str, text: &str) -> Result<T, AddressError> {
    text.parse().map_err(|_| problem(format!("{name} is \"{text}\", which is no number")))
}

/// `%40` is `@`; a `%` that begins no two hexadecimal digits stands for itself.
fn decoded(text: &str, what: &str) -> Result<String, AddressError> {
    let bytes = text.as_bytes();
    let mut found = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let digits =
            text.get(at + 1..at + 3).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(value) if *byte == b'%' => {
                found.push(value);
                at += 3;
            }
            _ => {
                found.push(*byte);
                at += 1;
            }
        }
    }
    String::from_utf8(found).map_err(|_| problem(format!("the {what} is not UTF-8 behind its % signs")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(url: &str, expected: &str) {
        let found = match Address::parse(url) {
            Ok(address) => format!(
                "{} {} {} {:?} {} {:?}",
                address.host, address.port, address.user, address.password, address.database, address.tls
            ),
            Err(error) => error.to_string(),
        };
        assert_eq!(found, expected);
    }

    #[test]
    fn takes_what_people_write() {
        check("mysql://localhost/app", "localhost 3306 root None app Prefer");
        check(
            "mariadb://ann:p%40ss@db.example:3307/app?ssl-mode=VERIFY_IDENTITY",
            "db.example 3307 ann Some(\"p@ss\") app Verify",
        );
        check("mysql://a:x@y@[::1]:1/b?connection_limit=5&pool_timeout=3", "::1 1 a Some(\"x@y\") b Prefer");
        check("mysql://a@h/b?sslaccept=strict", "h 3306 a None b Verify");
    }

    #[test]
    fn says_what_is_wrong_and_hides_the_password() {
        check("postgres://h/b", "a MySQL address starts with mysql:// or mariadb://");
        check("mysql://h/b?connect_timeout=soon", "connect_timeout is \"soon\", which is no number");
        let error = Address::parse("mysql://a:secret@h:port/b").unwrap_err().to_string();
        assert!(error.contains("port") && !error.contains("secret"));
        let address = Address::parse("mysql://a:secret@h/b").unwrap();
        assert!(!format!("{address} {address:?}").contains("secret"));
    }
}
