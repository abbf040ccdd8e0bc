//! The calls of sign-in, as the document describes them: a function each, called like the call.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::names::{comment, key};
use super::typescript::{Form, Types};
use crate::openapi::Call;

/// A second name for what everybody looks for.
const SHORT: [(&str, &str); 1] = [("getMe", "me")];

/// Where a browser goes by itself: nothing that a program can call.
fn is_callable(call: &Call) -> bool {
    call.status != 303
}

/// `interface Auth`, and what is known of it when the program runs.
pub(super) fn auth(types: &mut Types<'_>, document: &Value, calls: &[Call]) -> (String, Value) {
    let mut text =
        String::from("/** Signing in, and what users do with their account. */\nexport interface Auth {\n");
    let mut info = Map::new();
    for call in calls.iter().filter(|call| is_callable(call)) {
        let operation = document.get("paths").and_then(|paths| paths.get(&call.path)?.get(&call.method));
        let Some(operation) = operation else { continue };
        let body = operation.pointer("/requestBody/content/application~1json/schema");
        let answer = operation
            .get("responses")
            .and_then(|all| all.get(call.status.to_string())?.pointer("/content/application~1json/schema"));
        let takes = parameters(types, call, body);
        let answers = answer_of(types, call, answer);
        let names =
            [Some(call.id.as_str()), SHORT.iter().find(|(id, _)| *id == call.id).map(|(_, name)| *name)];
        for name in names.into_iter().flatten() {
            text.push_str(&comment(Some(&call.summary), "  "));
            let _ = writeln!(text, "  {}({takes}): Promise<{answers}>;", key(name));
            let has = |member: &str| {
                body.is_some_and(|body| body.get("properties").is_some_and(|all| all.get(member).is_some()))
            };
            let entry = json!({
                "method": call.method.to_uppercase(), "path": call.path, "isOpen": !call.needs_token,
                "hasBody": body.is_some(), "hasCookie": has("cookie"),
            });
            info.insert(name.to_owned(), entry);
        }
    }
    text.push_str("  /** Whether there are tokens; the server may have ended them. */\n");
    text.push_str("  isSignedIn(): Promise<boolean>;\n}\n");
    (text, Value::Object(info))
}

fn parameters(types: &mut Types<'_>, call: &Call, body: Option<&Value>) -> String {
    let in_path = call.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let mut takes: Vec<String> = in_path.map(|name| format!("{}: string", key(name))).collect();
    if let Some(body) = body {
        let mark = if call.is_body_required { "" } else { "?" };
        takes.push(format!("body{mark}: {}", types.of(body, Form::Input)));
    }
    takes.push("options?: CallOptions".to_owned());
    takes.join(", ")
}

/// What is in the envelope; tokens are kept, and answered too.
fn answer_of(types: &mut Types<'_>, call: &Call, answer: Option<&Value>) -> String {
    if call.id == "refresh" {
        return "Tokens | null".to_owned();
    }
    let Some(answer) = answer else { return "void".to_owned() };
    let data = answer.get("properties").and_then(|members| members.get("data"));
    types.of(data.unwrap_or(answer), Form::Answer)
}
