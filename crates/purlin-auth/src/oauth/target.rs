//! Where the browser goes when all is done: a page of the front end, or one of an origin that is listed. It is
//! named by whoever made the link, so nothing else is ever a place to go to.

use purlin_fetch::{Url, form};

const LONGEST: usize = 512;

#[derive(Clone, Debug, Default)]
pub(crate) struct Targets {
    /// The address of the front end; empty for the server's own origin.
    base: String,
    origins: Vec<String>,
}

/// A place that was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target(String);

impl Targets {
    /// The message says what is wrong with the configuration.
    pub(crate) fn new(base: &str, origins: &[String]) -> Result<Self, String> {
        if !base.is_empty() && !is_web_address(base) {
            return Err(format!("the front end, `{base}`, is no http or https address"));
        }
        for origin in origins {
            let is_origin = origin.split_once("://").is_some_and(|(scheme, host)| {
                matches!(scheme, "http" | "https") && !host.is_empty() && host.bytes().all(is_host_byte)
            });
            if !is_origin {
                return Err(format!("`{origin}` is no origin such as https://app.example.com"));
            }
        }
        Ok(Self { base: base.to_owned(), origins: origins.to_vec() })
    }

    /// `None` for everything that could lead elsewhere.
    pub(crate) fn check(&self, given: &str) -> Option<Target> {
        if given.len() > LONGEST {
            return None;
        }
        if is_path(given) {
            return Some(Target(format!("{}{given}", self.base)));
        }
        let mut rests = self.origins.iter().filter_map(|origin| given.strip_prefix(origin.as_str()));
        rests.any(|rest| rest.is_empty() || is_path(rest)).then(|| Target(given.to_owned()))
    }

    /// The front page, for who came without a place to go to that could be believed.
    pub(crate) fn front(&self) -> Target {
        Target(format!("{}/", self.base))
    }
}

impl Target {
    #[cfg(test)]
    fn as_str(&self) -> &str {
        &self.0
    }

    /// With one parameter more.
    pub(crate) fn with(&self, name: &str, value: &str) -> String {
        let separator = if self.0.contains('?') { '&' } else { '?' };
        format!("{}{separator}{}", self.0, form(&[(name, value)]))
    }
}

/// Also http on another machine: inside a private network browsers may go there.
pub(super) fn is_web_address(text: &str) -> bool {
    let as_plain = || text.strip_prefix("http://").map(|rest| format!("https://{rest}"));
    Url::parse(text).is_ok() || as_plain().is_some_and(|text| Url::parse(&text).is_ok())
}

fn is_host_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-.:[]".contains(&byte)
}

/// One slash and then segments, none of them empty or made of dots, and a query. No sign that some browser
/// reads as part of an authority.
fn is_path(text: &str) -> bool {
    let (path, query) = text.split_once('?').unwrap_or((text, ""));
    let Some(rest) = path.strip_prefix('/') else { return false };
    let is_good = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~%!$'()*+,;=&:/".contains(&byte);
    let is_segment = |segment: &str| !segment.is_empty() && segment.bytes().any(|byte| byte != b'.');
    let (segments, last) = rest.rsplit_once('/').map_or((None, rest), |(before, last)| (Some(before), last));
    rest.bytes().all(is_good)
        && query.bytes().all(|byte| is_good(byte) || byte == b'?')
        && segments.is_none_or(|before| before.split('/').all(is_segment))
        && (last.is_empty() || is_segment(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leads_elsewhere() {
        let origins = ["https://app.example.com".to_owned(), "http://localhost:5173".to_owned()];
        let targets = Targets::new("https://shop.example", &origins).unwrap();
        for (given, expected) in [
            ("/", Some("https://shop.example/")),
            ("/welcome", Some("https://shop.example/welcome")),
            ("/a/b/?c=d&e=/f", Some("https://shop.example/a/b/?c=d&e=/f")),
            ("/a%20b", Some("https://shop.example/a%20b")),
            ("https://app.example.com", Some("https://app.example.com")),
            ("https://app.example.com/a", Some("https://app.example.com/a")),
            ("http://localhost:5173/x", Some("http://localhost:5173/x")),
            ("", None),
            ("welcome", None),
            ("//evil.example", None),
            ("///evil.example", None),
            ("/\\evil.example", None),
            ("\\/evil.example", None),
            ("/a//evil.example", None),
            ("/a/..//evil.example", None),
            ("/../evil", None),
            ("/./evil", None),
            ("/.", None),
            ("/\tevil", None),
            ("/\n/evil.example", None),
            ("/\r\nset-cookie: a=b", None),
            ("/a b", None),
            ("/\0", None),
            ("/ü", None),
            ("/a#code", None),
            ("/@evil.example", None),
            ("@evil.example", None),
            (".evil.example", None),
            (":80/evil", None),
            ("https:evil.example", None),
            ("https:/evil.example", None),
            ("https://evil.example", None),
            ("https://shop.example", None),
            ("https://shop.example.evil.example/", None),
            ("https://app.example.com.evil.example/", None),
            ("https://app.example.com@evil.example/", None),
            ("https://app.example.com:8443/", None),
            ("https://app.example.com//evil", None),
            ("https://app.example.com\\@evil.example", None),
            ("http://app.example.com", None),
            ("HTTPS://app.example.com", None),
            ("http://localhost:51731", None),
            ("javascript:alert(1)", None),
            ("data:text/html,x", None),
            ("/%0d%0aset-cookie", Some("https://shop.example/%0d%0aset-cookie")),
        ] {
            assert_eq!(targets.check(given).as_ref().map(Target::as_str), expected, "{given:?}");
        }
        assert!(targets.check(&format!("/{}", "a".repeat(LONGEST))).is_none());
    }

    #[test]
    fn parameters_are_added() {
        let targets = Targets::new("", &[]).unwrap();
        let with = |given: &str| targets.check(given).unwrap().with("code", "a b&c");
        assert_eq!(with("/x"), "/x?code=a+b%26c");
        assert_eq!(with("/x?y=z"), "/x?y=z&code=a+b%26c");
        assert_eq!(targets.front().with("error", "E"), "/?error=E");
    }

    #[test]
    fn what_cannot_be_configured() {
        for (base, origin) in [
            ("shop.example", None),
            ("javascript:alert(1)", None),
            ("https://shop.example/#x", None),
            ("", Some("https://a.example/")),
            ("", Some("https://a.example/path")),
            ("", Some("https://user@a.example")),
            ("", Some("app://a.example")),
            ("", Some("a.example")),
            ("", Some("https://")),
            ("", Some("*")),
        ] {
            let origins: Vec<String> = origin.into_iter().map(str::to_owned).collect();
            assert!(Targets::new(base, &origins).is_err(), "{base} {origin:?}");
        }
        assert!(Targets::new("http://shop.internal:8080", &[]).is_ok());
    }
}
