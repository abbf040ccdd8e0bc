//! Bodies of sign-in: a JSON object of texts, each member known. Every problem is named at once.

use purlin_core::{Error, FieldErrors};
use purlin_http::Request;
use serde_json::{Map, Value as Json};

/// A member that nobody needs longer; hashing what is would be work for nothing.
const LONGEST_TEXT: usize = 1024;
const LONGEST_MESSAGE: usize = 4 * 1024;
const MOST_ITEMS: usize = 100;

#[derive(Debug)]
pub(crate) struct Input {
    members: Map<String, Json>,
    pub errors: FieldErrors,
}

impl Input {
    pub(crate) async fn read(request: &mut Request) -> Result<Self, purlin_http::Error> {
        let body = request.json_body().await?;
        let members = match serde_json::from_slice(&body) {
            Ok(Json::Object(members)) => members,
            Ok(_) => return Err(Error::BadRequest("the body must be a JSON object".to_owned()).into()),
            Err(error) => {
                let message = format!("the body is not well-formed JSON: {error}");
                return Err(Error::BadRequest(message).into());
            }
        };
        Ok(Self { members, errors: FieldErrors::default() })
    }

    /// Empty, with the problem noted, where there is none.
    pub(crate) fn text(&mut self, name: &str) -> String {
        self.bounded_text(name, LONGEST_TEXT)
    }

    /// For a message of several lines.
    pub(crate) fn long_text(&mut self, name: &str) -> String {
        self.bounded_text(name, LONGEST_MESSAGE)
    }

    fn bounded_text(&mut self, name: &str, most: usize) -> String {
        match self.members.remove(name) {
            Some(Json::String(text)) if text.len() <= most && !text.is_empty() => return text,
            Some(Json::String(text)) if text.is_empty() => self.errors.add(name, "must not be empty"),
            Some(Json::String(_)) => self.errors.add(name, format!("must have at most {most} bytes")),
            Some(_) => self.errors.add(name, "must be a text"),
            None => self.errors.add(name, "is required"),
        }
        String::new()
    }

    pub(crate) fn optional_text(&mut self, name: &str) -> Option<String> {
        match self.members.get(name) {
            None => None,
            Some(Json::Null) => {
                self.members.remove(name);
                None
            }
            Some(_) => Some(self.text(name)),
        }
    }

    /// Empty, with the problem noted, where there is no list of texts.
    pub(crate) fn texts(&mut self, name: &str) -> Vec<String> {
        let Some(Json::Array(items)) = self.members.remove(name) else {
            self.errors.add(name, "must be a list of texts");
            return Vec::new();
        };
        let is_text = |item: &Json| matches!(item, Json::String(text) if text.len() <= LONGEST_TEXT);
        if items.len() > MOST_ITEMS || !items.iter().all(is_text) {
            self.errors.add(name, format!("must be a list of at most {MOST_ITEMS} texts"));
            return Vec::new();
        }
        items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect()
    }

    pub(crate) fn optional_number(&mut self, name: &str, least: i64, most: i64) -> Option<i64> {
        let given = self.members.remove(name).filter(|given| !given.is_null())?;
        // 90.0 is a whole number too (JSON Schema, 6.1.1).
        #[expect(
            clippy::cast_possible_truncation,
            reason = "only what is whole and small enough to be exact"
        )]
        let whole = |number: f64| (number.fract() == 0.0 && number.abs() < 1e15).then_some(number as i64);
        let number = given.as_i64().or_else(|| given.as_f64().and_then(whole));
        let number = number.filter(|number| (least..=most).contains(number));
        if number.is_none() {
            self.errors.add(name, format!("must be a whole number from {least} to {most}"));
        }
        number
    }

    pub(crate) fn flag(&mut self, name: &str) -> bool {
        match self.members.remove(name) {
            None => false,
            Some(Json::Bool(flag)) => flag,
            Some(_) => {
                self.errors.add(name, "must be true or false");
                false
            }
        }
    }

    /// What was not asked for, for whoever knows more names.
    pub(crate) fn rest(&mut self) -> Map<String, Json> {
        std::mem::take(&mut self.members)
    }

    /// Fails with all that is wrong; what was not asked for is wrong too.
    pub(crate) fn finish(mut self) -> Result<(), Error> {
        for name in self.members.keys() {
            self.errors.add(name.clone(), "is unknown here");
        }
        self.errors.into_result()
    }
}
