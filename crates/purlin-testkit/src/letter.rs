//! A mail as its reader sees it: the subject, and the link or the code in its text.

/// Digits of a code.
const DIGITS: usize = 6;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    pub to: String,
    pub subject: String,
    /// All parts, decoded.
    pub text: String,
}

impl Letter {
    /// Of a mail as it travels; encoded words in its head stay as they are.
    pub fn read(mail: &str) -> Self {
        let mail = mail.replace("\r\n", "\n");
        let (head, body) = mail.split_once("\n\n").unwrap_or((&mail, ""));
        let head = head.replace("\n ", " ").replace("\n\t", " ");
        let header = |name: &str| {
            let mut lines = head.lines().filter_map(|line| line.split_once(": "));
            lines.find(|(found, _)| found.eq_ignore_ascii_case(name)).map_or("", |(_, value)| value)
        };
        let to = header("to").trim_matches(['<', '>']).to_owned();
        let is_quoted = mail.contains("quoted-printable");
        let text = if is_quoted { body.replace("=\n", "").replace("=3D", "=") } else { body.to_owned() };
        Self { to, subject: header("subject").to_owned(), text }
    }

    /// What a link hands back.
    pub fn token(&self) -> Option<&str> {
        let (_, rest) = self.text.split_once("?token=")?;
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && !"-_.".contains(c));
        rest.get(..end.unwrap_or(rest.len()))
    }

    /// What stands on a line by itself, to be typed.
    pub fn code(&self) -> Option<&str> {
        let is_code = |line: &&str| line.len() == DIGITS && line.bytes().all(|byte| byte.is_ascii_digit());
        self.text.lines().map(str::trim).find(is_code)
    }
}

#[cfg(test)]
mod tests {
    use super::Letter;

    #[test]
    fn link_and_code() {
        let link = "To: <ada@example.com>\r\nSubject: Set a\r\n new one\r\nContent-Transfer-Encoding: \
            quoted-printable\r\n\r\nHello,\r\n\r\nhttps://a.example/reset-password?token=3Dab-1.=\r\nCd_2\r\n\
            \r\nGood for 123456 minutes.\r\n";
        let letter = Letter::read(link);
        assert_eq!((letter.to.as_str(), letter.subject.as_str()), ("ada@example.com", "Set a new one"));
        assert_eq!((letter.token(), letter.code()), (Some("ab-1.Cd_2"), None));
        let code = Letter::read("Subject: 012345 is your code\n\nHello,\n\n012345\n");
        assert_eq!((code.token(), code.code()), (None, Some("012345")));
    }
}
