//! A MySQL or MariaDB URL as people write it, taken apart. Messages never show the password.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use purlin_sql::server::{AddressError, decoded, host_and_port, number};

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
    /// Encrypted, by a certificate that is trusted and bears the host's name: also for `verify_ca`, since the driver
    /// looks at the name whenever it looks at the authority.
    Verify,
}

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
        let (host, port) = host_and_port(server, 3306)?;
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
        // As MySQL's clients: who names an authority means it.
        if address.root_certificates.is_some() && address.tls != TlsMode::Disable {
            address.tls = TlsMode::Verify;
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
    AddressError::new(text)
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
