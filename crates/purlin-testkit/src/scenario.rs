//! One HTTP call and what must come of it, as a value: adding a test is writing one.

use std::time::Duration;

use serde_json::Value;

/// Fields are texts, so that a table of them reads like the calls themselves.
#[derive(Clone, Copy, Debug)]
pub struct Scenario<'a> {
    /// `sub` of the token; `None` calls without one.
    pub actor: Option<&'a str>,
    /// `GET /api/posts?limit=1`.
    pub request: &'a str,
    /// JSON; empty for none.
    pub body: &'a str,
    pub status: u16,
    /// JSON that the answer must hold; empty for an empty answer. Members that are not named may be
    /// there, lists are complete, and `"*"` is anything but null.
    pub answer: &'a str,
    /// Texts that must not be anywhere in the answer.
    pub absent: &'a [&'a str],
}

/// Where to call, and with what.
pub struct Caller<'a> {
    /// `http://127.0.0.1:4000`.
    pub base: String,
    /// Makes the token of a subject.
    pub token: &'a dyn Fn(&str) -> String,
}

/// What came back.
#[derive(Debug)]
pub struct Called {
    pub status: u16,
    pub location: Option<String>,
    pub text: String,
}

impl Called {
    /// Null where the answer is empty.
    ///
    /// # Panics
    /// If it is neither empty nor JSON.
    pub fn json(&self) -> Value {
        if self.text.is_empty() {
            return Value::Null;
        }
        match serde_json::from_str(&self.text) {
            Ok(json) => json,
            Err(error) => panic!("the answer is no JSON: {error}\n{}", self.text),
        }
    }
}

impl std::fmt::Debug for Caller<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Caller").field("base", &self.base).finish_non_exhaustive()
    }
}

impl Caller<'_> {
    /// # Panics
    /// If the call does not do what the scenario says.
    #[track_caller]
    pub fn check(&self, scenario: &Scenario<'_>) {
        let called = self.call(scenario.actor, scenario.request, scenario.body);
        let about = format!("{} as {:?}\n{}", scenario.request, scenario.actor, called.text);
        assert_eq!(called.status, scenario.status, "{about}");
        if scenario.answer.is_empty() {
            assert_eq!(called.text, "", "{about}");
        } else {
            let expected: Value = match serde_json::from_str(scenario.answer) {
                Ok(expected) => expected,
                Err(error) => panic!("the scenario's answer is no JSON: {error}\n{}", scenario.answer),
            };
            if let Err(problem) = holds(&called.json(), &expected, "") {
                panic!("{problem}\n{about}");
            }
        }
        for text in scenario.absent {
            assert!(!called.text.contains(text), "the answer holds {text:?}\n{about}");
        }
    }

    /// # Panics
    /// If the request is malformed or the server does not answer.
    #[track_caller]
    pub fn call(&self, actor: Option<&str>, request: &str, body: &str) -> Called {
        let Some((method, path)) = request.split_once(' ') else {
            panic!("{request:?} names no method and path")
        };
        let mut call = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.base));
        if let Some(actor) = actor {
            call = call.header("authorization", format!("Bearer {}", (self.token)(actor)));
        }
        if !body.is_empty() {
            call = call.header("content-type", "application/json");
        }
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .allow_non_standard_methods(true)
            .timeout_global(Some(Duration::from_secs(20)));
        let agent: ureq::Agent = config.build().into();
        let answer = call.body(body.as_bytes().to_vec()).map(|call| agent.run(call));
        match answer {
            Ok(Ok(mut answer)) => Called {
                status: answer.status().as_u16(),
                location: answer
                    .headers()
                    .get("location")
                    .and_then(|place| place.to_str().ok())
                    .map(str::to_owned),
                text: answer.body_mut().read_to_string().unwrap_or_default(),
            },
            Ok(Err(error)) => panic!("{request}: {error}"),
            Err(error) => panic!("{request}: {error}"),
        }
    }
}

/// Whether `found` holds all that is expected, and where not.
fn holds(found: &Value, expected: &Value, path: &str) -> Result<(), String> {
    match (found, expected) {
        (Value::Null, Value::String(any)) if any == "*" => Err(format!("{path} is null")),
        (_, Value::String(any)) if any == "*" => Ok(()),
        (Value::Object(found), Value::Object(expected)) => {
            expected.iter().try_for_each(|(name, expected)| {
                let path = format!("{path}.{name}");
                let found = found.get(name).ok_or_else(|| format!("{path} is absent"))?;
                holds(found, expected, &path)
            })
        }
        (Value::Array(found), Value::Array(expected)) if found.len() == expected.len() => found
            .iter()
            .zip(expected)
            .enumerate()
            .try_for_each(|(index, (found, expected))| holds(found, expected, &format!("{path}.{index}"))),
        _ if found == expected => Ok(()),
        _ => Err(format!("{path} is {found}, not {expected}")),
    }
}
