//! `smtp://user:password@host:587`, the one line that names a mail server.
//! `smtp:` speaks in the clear until STARTTLS, which it insists on; `smtps:` encrypts from the first byte.

use std::fmt;

use percent_encoding::percent_decode_str;

use crate::error::Error;

const SUBMISSION_PORT: u16 = 587;
const SUBMISSIONS_PORT: u16 = 465;

#[derive(Clone, PartialEq, Eq)]
pub struct SmtpUrl {
    pub host: String,
    pub port: u16,
    pub encryption: Encryption,
    /// User and password.
    pub(crate) login: Option<(String, String)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encryption {
    /// `smtp:`. A server that does not offer it gets no mail.
    StartTls,
    /// `smtps:`.
    Implicit,
    /// `smtp:` with `?tls=none`, for a server of the same machine or network.
    None,
}

impl SmtpUrl {
    /// The messages never repeat what was given.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let refused = |message| Err(Error::Url(message));
        if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return refused(
                "must not contain blanks; write special characters of the password as %20 and so on",
            );
        }
        let (rest, mut encryption, standard_port) = if let Some(rest) = text.strip_prefix("smtp://") {
            (rest, Encryption::StartTls, SUBMISSION_PORT)
        } else if let Some(rest) = text.strip_prefix("smtps://") {
            (rest, Encryption::Implicit, SUBMISSIONS_PORT)
        } else {
            return refused("must be of the form smtp://user:password@host:587, or smtps:// with port 465");
        };
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        match query {
            "" => {}
            "tls=none" if encryption == Encryption::StartTls => encryption = Encryption::None,
            _ => return refused("takes nothing after ? but tls=none, and that with smtp:// only"),
        }
        let (login, place) = match rest.rsplit_once('@') {
            Some((login, place)) => (Some(login), place),
            None => (None, rest),
        };
        let place = place.strip_suffix('/').unwrap_or(place);
        let login = match login
            .map(|login| login.split_once(':').map(|(user, word)| (decoded(user), decoded(word))))
        {
            None => None,
            Some(Some((Some(user), Some(password)))) if !user.is_empty() && !password.is_empty() => {
                Some((user, password))
            }
            Some(_) => {
                return refused(
                    "needs user:password before the @, special characters written as %40 and so on",
                );
            }
        };
        let Some((host, port)) = host_and_port(place, standard_port) else {
            return refused("needs a host, and a port from 1 to 65535 if one is given");
        };
        if encryption == Encryption::None && login.is_some() && !is_this_machine(&host) {
            return refused("must not send a password in the clear: leave out tls=none");
        }
        Ok(Self { host, port, encryption, login })
    }
}

fn decoded(text: &str) -> Option<String> {
    let text = percent_decode_str(text).decode_utf8().ok()?.into_owned();
    (!text.chars().any(char::is_control)).then_some(text)
}

fn host_and_port(place: &str, standard: u16) -> Option<(String, u16)> {
    let (host, port) = if let Some(inner) = place.strip_prefix('[') {
        let (host, rest) = inner.split_once(']')?;
        host.parse::<std::net::Ipv6Addr>().ok()?;
        (host, if rest.is_empty() { None } else { Some(rest.strip_prefix(':')?) })
    } else {
        match place.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (place, None),
        }
    };
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ':');
    if host.is_empty() || !host.chars().all(is_name) {
        return None;
    }
    let port = port.map_or(Some(standard), |port| port.parse().ok().filter(|port| *port > 0))?;
    Some((host.to_owned(), port))
}

fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// The server, for messages.
impl fmt::Display for SmtpUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.host, self.port)
    }
}

impl fmt::Debug for SmtpUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "SmtpUrl({self}, {:?})", self.encryption)
    }
}

#[cfg(test)]
mod tests {
    use super::{Encryption, SmtpUrl};

    #[test]
    fn forms() {
        use Encryption::{Implicit, None as Clear, StartTls};
        for (text, host, port, encryption, login) in [
            ("smtp://mail.example.com", "mail.example.com", 587, StartTls, None),
            ("smtp://u:p@mail.example.com:25/", "mail.example.com", 25, StartTls, Some(("u", "p"))),
            ("smtps://u%40x.io:p%3a%2Fw@h", "h", 465, Implicit, Some(("u@x.io", "p:/w"))),
            ("smtp://a@b:c@d@h:1", "h", 1, StartTls, Some(("a@b", "c@d"))),
            ("smtp://localhost:1025?tls=none", "localhost", 1025, Clear, None),
            ("smtp://u:p@127.0.0.1:1025?tls=none", "127.0.0.1", 1025, Clear, Some(("u", "p"))),
            ("smtp://[::1]:25", "::1", 25, StartTls, None),
        ] {
            let url = SmtpUrl::parse(text).unwrap();
            let found = url.login.as_ref().map(|(user, password)| (user.as_str(), password.as_str()));
            assert_eq!(
                (url.host.as_str(), url.port, url.encryption, found),
                (host, port, encryption, login),
                "{text}"
            );
        }
    }

    #[test]
    fn refusals_do_not_repeat_the_password() {
        for text in [
            "",
            "hunter2",
            "http://u:hunter2@h",
            "smtp:u:hunter2@h",
            "smtp://u:hunter2@",
            "smtp://u:hunter2@h:0",
            "smtp://u:hunter2@h:65536",
            "smtp://u:hunter2@h:x",
            "smtp://u:hunter2@h/path",
            "smtp://u:hunter2@h?tls=no",
            "smtps://u:hunter2@h?tls=none",
            "smtp://u:hunter2@mail.example.com?tls=none",
            "smtp://hunter2@h",
            "smtp://:hunter2@h",
            "smtp://hunter2:@h",
            "smtp://u:hunter2%0d%0a@h",
            "smtp://u:hunter2%ff@h",
            "smtp://u:hunter2 @h",
            "smtp://u:hunter2@[::1",
            "smtp://u:hunter2@[h]:1",
        ] {
            let error = SmtpUrl::parse(text).unwrap_err();
            assert!(!error.to_string().contains("hunter2"), "{text}: {error}");
        }
        let url = SmtpUrl::parse("smtp://u:hunter2@h").unwrap();
        assert!(!format!("{url:?} {url}").contains("hunter2"));
    }
}
