//! The parameters of a link that a browser follows, each given once.

use percent_encoding::percent_decode_str;
use purlin_core::Error;

const MOST_PARAMETERS: usize = 40;

#[derive(Debug)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    /// A parameter that comes twice is refused: each side could read another one (RFC 6749, 3.1).
    pub(crate) fn parse(text: Option<&str>) -> Result<Self, Error> {
        let bad = |message: &str| Error::BadRequest(message.to_owned());
        let mut found: Vec<(String, String)> = Vec::new();
        for pair in text.unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (name, value) = (decoded(name), decoded(value));
            let (Some(name), Some(value)) = (name, value) else {
                return Err(bad("a parameter is not UTF-8 text"));
            };
            if found.len() == MOST_PARAMETERS || found.iter().any(|(known, _)| *known == name) {
                return Err(bad("a parameter is given twice, or there are too many"));
            }
            found.push((name, value));
        }
        Ok(Self(found))
    }

    pub(crate) fn take(&mut self, name: &str) -> Option<String> {
        let position = self.0.iter().position(|(known, _)| known == name)?;
        Some(self.0.swap_remove(position).1)
    }

    /// For what is ours: what nobody asked for is a mistake.
    pub(crate) fn finish(self) -> Result<(), Error> {
        match self.0.first() {
            None => Ok(()),
            Some(_) => Err(Error::BadRequest(
                "there are the parameters redirect, code_challenge and code_challenge_method".to_owned(),
            )),
        }
    }
}

fn decoded(text: &str) -> Option<String> {
    let text = text.replace('+', " ");
    percent_decode_str(&text).decode_utf8().ok().map(std::borrow::Cow::into_owned)
}
