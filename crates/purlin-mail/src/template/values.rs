//! What placeholders stand for. Much of it was typed by whoever asked for the mail, who may not be the
//! one that gets it: nothing here can end a header, hide in the text, or lead away from it.

use serde_json::Value as Json;

/// `app`: the app's name. `url`: the link. `code`: the code to type. `minutes`: how long either is good
/// for. `name`: what the recipient is called, where that is known.
pub const PLACEHOLDERS: &[&str] = &["app", "url", "code", "minutes", "name"];

/// Characters of a value; a link may be longer.
const MOST_CHARACTERS: usize = 100;
const MOST_OF_LINK: usize = 2000;

/// By placeholder; absent ones are missing.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Values(Vec<(&'static str, String)>);

/// Why data cannot be put into a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadData {
    #[error("the data of a mail must be an object")]
    NotAnObject,
    #[error("the data of a mail has something that no placeholder stands for")]
    Unknown,
    #[error("the link of a mail must be an http or https address without blanks")]
    Link,
    #[error("the data of a mail must be texts and numbers")]
    NotPlain,
}

impl Values {
    pub(crate) fn read(data: &Json) -> Result<Self, BadData> {
        let members = data.as_object().ok_or(BadData::NotAnObject)?;
        let mut values = Vec::new();
        for (name, value) in members {
            let name = PLACEHOLDERS.iter().copied().find(|known| known == name).ok_or(BadData::Unknown)?;
            let text = match value {
                Json::Null => continue,
                // Nothing is good for no time.
                Json::Number(number) if name == "minutes" && number.as_i64() == Some(0) => continue,
                Json::String(text) => text.clone(),
                Json::Number(number) => number.to_string(),
                _ => return Err(BadData::NotPlain),
            };
            let text = match name {
                "url" if is_link(&text) => text,
                "url" => return Err(BadData::Link),
                "name" if invites(&text) => continue,
                _ => plain(&text),
            };
            if !text.is_empty() {
                values.push((name, text));
            }
        }
        Ok(Self(values))
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, text)| text.as_str())
    }

    /// What whoever waits for the mail wants to see: its link, else its code.
    pub(crate) fn essence(&self) -> Option<&str> {
        self.get("url").or_else(|| self.get("code"))
    }
}

fn is_link(text: &str) -> bool {
    let has_scheme =
        ["https://", "http://"].iter().any(|scheme| text.len() > scheme.len() && text.starts_with(scheme));
    let is_safe =
        |c: char| !c.is_whitespace() && !is_hidden(c) && !matches!(c, '"' | '\'' | '<' | '>' | '\\' | '`');
    has_scheme && text.len() <= MOST_OF_LINK && text.chars().all(is_safe)
}

/// One line without hidden characters, cut where it grows too long.
fn plain(text: &str) -> String {
    let visible: String = text
        .chars()
        .map(|c| if c.is_whitespace() || is_hidden(c) { ' ' } else { c })
        .take(4 * MOST_CHARACTERS)
        .collect();
    let line = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= MOST_CHARACTERS {
        return line;
    }
    line.chars().take(MOST_CHARACTERS - 1).chain(['…']).collect()
}

/// Controls, line ends of Unicode, and characters that turn the direction of what follows.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// A name that mail programs would show as a link: somebody registered a stranger's address to have us
/// advertise. Then the mail greets nobody.
fn invites(name: &str) -> bool {
    let characters: Vec<char> = name.chars().collect();
    let has_inner_dot = characters.windows(3).any(|near| {
        matches!(near, [before, '.' | '。' | '．' | '｡', after] if before.is_alphanumeric() && after.is_alphanumeric())
    });
    has_inner_dot || name.contains(['/', ':', '@', '\\'])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{BadData, Values};

    #[test]
    fn what_outsiders_type_stays_one_harmless_line() {
        let long = "ä".repeat(5000);
        let cut = format!("{}…", "ä".repeat(99));
        for (data, expected) in [
            (json!({"name": "Ada"}), Ok(Some("Ada"))),
            (json!({"name": null}), Ok(None)),
            (json!({"name": "  "}), Ok(None)),
            (json!({"name": "Ada\r\nBcc: x"}), Ok(None)),
            (json!({"name": "Ada\r\n\tLovelace\0"}), Ok(Some("Ada Lovelace"))),
            (json!({"name": "Ada\u{202e}ecalevoL\u{2028}"}), Ok(Some("Ada ecalevoL"))),
            (json!({"name": long}), Ok(Some(cut.as_str()))),
            (json!({"name": "J. R. Smith Jr."}), Ok(Some("J. R. Smith Jr."))),
            (json!({"name": "You won: evil.example"}), Ok(None)),
            (json!({"name": "evil.example"}), Ok(None)),
            (json!({"name": "www。evil。example"}), Ok(None)),
            (json!({"name": "http://evil"}), Ok(None)),
            (json!({"name": "a@b"}), Ok(None)),
            (json!({"name": 5}), Ok(Some("5"))),
            (json!({"name": ["x"]}), Err(BadData::NotPlain)),
            (json!({"nmae": "x"}), Err(BadData::Unknown)),
            (json!("x"), Err(BadData::NotAnObject)),
            (json!({"url": "javascript:alert(1)"}), Err(BadData::Link)),
            (json!({"url": "https://a/\r\nx"}), Err(BadData::Link)),
            (json!({"url": "https://a/\" onclick=\"x"}), Err(BadData::Link)),
            (json!({"url": "https://"}), Err(BadData::Link)),
            (json!({"url": "http://localhost:3000/x?token=a&b=%20"}), Ok(None)),
        ] {
            let found = Values::read(&data);
            assert_eq!(
                found.as_ref().map(|values| values.get("name")).map_err(|error| *error),
                expected,
                "{data}"
            );
        }
    }
}
