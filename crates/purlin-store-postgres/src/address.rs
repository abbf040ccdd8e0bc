//! A PostgreSQL URL as people write it, taken apart. Messages never show the password.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use purlin_sql::server::{AddressError, decoded, host_and_port, number};

/// `postgres://user:password@host:port/database?options`.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    /// A name, an IP address, or the folder of a Unix socket (it begins with `/`).
    pub host: String,
    pub port: u16,
    pub user: String,
    pub password: Option<String>,
    pub database: String,
    /// Where tables without `@@schema` live, instead of the first schema of the search path.
    pub schema: Option<String>,
    pub tls: TlsMode,
    /// Certificates that are trusted instead of the public ones (`sslrootcert`).
    pub root_certificates: Option<PathBuf>,
    /// How the connections show in `pg_stat_activity`.
    pub application_name: Option<String>,
    pub connect_timeout: Option<Duration>,
    /// The most connections that the user wants (`connection_limit`).
    pub connection_limit: Option<usize>,
    /// `options`: settings for the server, as `psql` takes them.
    pub options: Option<String>,
}

/// `sslmode`, with the meaning that `libpq` gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum TlsMode {
    Disable,
    /// Encrypted where the server insists: what connections that never leave the machine begin with.
    Allow,
    /// Encrypted where the server can.
    #[default]
    Prefer,
    /// Encrypted; whose certificate it is does not matter.
    Require,
    /// Encrypted, by a certificate that one of the address's own authorities has signed, for whatever host.
    VerifyAuthority,
    /// Encrypted, by a certificate that is trusted and bears the host's name.
    Verify,
}

impl Address {
    pub fn parse(url: &str) -> Result<Self, AddressError> {
        let url = url.trim();
        let rest = url
            .strip_prefix("postgresql://")
            .or_else(|| url.strip_prefix("postgres://"))
            .ok_or_else(|| problem("a PostgreSQL address starts with postgresql:// or postgres://"))?;
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        // A password may hold anything, also what it should have been written as with % signs.
        let (login, place) = rest.rsplit_once('@').unwrap_or(("", rest));
        let (user, password) = match login.split_once(':') {
            Some((user, password)) => (user, Some(decoded(password, "password")?)),
            None => (login, None),
        };
        let (server, database) = place.split_once('/').unwrap_or((place, ""));
        let (host, port) = host_and_port(server, 5432)?;
        let user = decoded(user, "user")?;
        let user = if user.is_empty() { "postgres".to_owned() } else { user };
        let database = decoded(database, "database")?;
        let mut address = Self {
            host,
            port,
            password,
            database: if database.is_empty() { user.clone() } else { database },
            user,
            schema: None,
            tls: TlsMode::default(),
            root_certificates: None,
            application_name: None,
            connect_timeout: None,
            connection_limit: None,
            options: None,
        };
        let mut tls = None;
        for option in query.split('&').filter(|option| !option.is_empty()) {
            let (name, value) = option.split_once('=').unwrap_or((option, ""));
            match (name, decoded(value, name)?) {
                ("sslmode", value) => tls = Some(tls_mode(&value)?),
                // Of Prisma: `accept_invalid_certs` is what `require` means anyway.
                ("sslaccept", value) if value == "strict" => tls = Some(TlsMode::Verify),
                (name, value) => address.set(name, value)?,
            }
        }
        let has_authority = address.root_certificates.is_some();
        let is_plain = address.is_local() && !has_authority;
        let mode = tls.unwrap_or(if is_plain { TlsMode::Allow } else { TlsMode::Prefer });
        address.tls = match (mode, has_authority) {
            // As libpq: who names an authority means it.
            (TlsMode::Require, true) => TlsMode::VerifyAuthority,
            // Of the public authorities, which sign for everybody, the name is all that tells one from another.
            (TlsMode::VerifyAuthority, false) => TlsMode::Verify,
            (mode, _) => mode,
        };
        Ok(address)
    }

    /// The same server, another database: to create one from.
    #[must_use]
    pub fn with_database(&self, database: &str) -> Self {
        Self { database: database.to_owned(), ..self.clone() }
    }

    fn is_local(&self) -> bool {
        self.host == "localhost" || self.host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }

    /// Options that are not known here belong to other tools, and mean nothing.
    fn set(&mut self, name: &str, value: String) -> Result<(), AddressError> {
        match name {
            "schema" if !value.is_empty() => self.schema = Some(value),
            "sslrootcert" if !value.is_empty() && value != "system" => {
                self.root_certificates = Some(PathBuf::from(value));
            }
            "application_name" if !value.is_empty() => self.application_name = Some(value),
            "connect_timeout" => {
                let seconds: u64 = number(name, &value)?;
                self.connect_timeout = (seconds > 0).then(|| Duration::from_secs(seconds));
            }
            "connection_limit" => self.connection_limit = Some(number(name, &value)?),
            "host" if !value.is_empty() => self.host = value,
            "port" => self.port = number(name, &value)?,
            "user" if !value.is_empty() => self.user = value,
            "password" => self.password = Some(value),
            "options" if !value.is_empty() => self.options = Some(value),
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
        write!(formatter, "postgresql://{}@{}:{}/{}", self.user, self.host, self.port, self.database)
    }
}

fn problem(text: impl Into<String>) -> AddressError {
    AddressError::new(text)
}

fn tls_mode(text: &str) -> Result<TlsMode, AddressError> {
    match text {
        "disable" => Ok(TlsMode::Disable),
        "allow" => Ok(TlsMode::Allow),
        "prefer" => Ok(TlsMode::Prefer),
        "require" | "no-verify" => Ok(TlsMode::Require),
        "verify-ca" => Ok(TlsMode::VerifyAuthority),
        "verify-full" => Ok(TlsMode::Verify),
        _ => Err(problem(format!(
            "sslmode is \"{text}\"; it must be disable, allow, prefer, require, verify-ca or verify-full"
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
                "{} {} {} {:?} {} {:?} {:?}",
                address.host,
                address.port,
                address.user,
                address.password,
                address.database,
                address.schema,
                address.tls
            ),
            Err(error) => error.to_string(),
        };
        assert_eq!(found, expected);
    }

    #[test]
    fn takes_what_people_write() {
        check("postgres://localhost", "localhost 5432 postgres None postgres None Allow");
        check("postgresql://ann@db.example:6432/app", "db.example 6432 ann None app None Prefer");
        check(
            "postgresql://ann:p%40ss%2Fword@h/app?schema=shop&sslmode=require&connection_limit=5&pgbouncer=true",
            "h 5432 ann Some(\"p@ss/word\") app Some(\"shop\") Require",
        );
        check("postgres://a:100%@[::1]:1/b", "::1 1 a Some(\"100%\") b None Allow");
        check("postgres://a:x@y@h/b", "h 5432 a Some(\"x@y\") b None Prefer");
        check(
            "postgres://a@localhost/b?host=/var/run/postgresql&statement_cache_size=0&channel_binding=require",
            "/var/run/postgresql 5432 a None b None Prefer",
        );
        check("postgres://a@127.0.0.1/b", "127.0.0.1 5432 a None b None Allow");
        check("postgres://a@127.0.0.1/b?sslmode=prefer", "127.0.0.1 5432 a None b None Prefer");
        check("postgres://a@h/b?sslmode=verify-full", "h 5432 a None b None Verify");
    }

    #[test]
    fn says_what_is_wrong_and_hides_the_password() {
        check("mysql://h/b", "a PostgreSQL address starts with postgresql:// or postgres://");
        check(
            "postgres://h/b?sslmode=on",
            "sslmode is \"on\"; it must be disable, allow, prefer, require, verify-ca or verify-full",
        );
        check("postgres://h/b?connect_timeout=soon", "connect_timeout is \"soon\", which is no number");
        let error = Address::parse("postgres://a:secret@h:port/b").unwrap_err().to_string();
        assert!(error.contains("port") && !error.contains("secret"));
        let address = Address::parse("postgres://a:secret@h/b").unwrap();
        assert!(!format!("{address} {address:?}").contains("secret"));
    }
}
