//! The whole file: a heading, the runtime, the types of the schema, the client.

use std::fmt::Write as _;

use purlin_schema::model::Schema;
use serde_json::{Value, json};

use super::components::declarations;
use super::typescript::Types;
use super::{models, names, runtime, sign_in};
use crate::openapi::{OpenApiOptions, openapi, outline};

/// What the client is made for, beside the API itself.
#[derive(Clone, Debug)]
pub struct ClientOptions {
    /// Of the program that makes it.
    pub made_by: String,
}

/// The client of an app, as the text of one TypeScript file.
pub fn client(schema: &Schema, options: &OpenApiOptions, about: &ClientOptions) -> String {
    let document = openapi(schema, options);
    let outlines = outline(schema, options);
    let batch = batch_path(&document, options);
    let mut types = Types::new(&document);
    models::name_rows(&mut types, &outlines);
    let rows: Vec<String> = outlines.iter().map(|outline| models::row(&mut types, outline)).collect();
    let shapes = models::shapes(&mut types, &outlines);
    let (auth, auth_info) = sign_in::auth(&mut types, &document, &options.sign_in);
    let others = declarations(&mut types);

    let mut text = heading(&document, options, about);
    text.push_str(&runtime::joined());
    text.push_str("\n// From here on made from the schema.\n\n");
    for row in rows {
        let _ = writeln!(text, "{row}");
    }
    for (_, declaration) in others {
        let _ = writeln!(text, "{declaration}");
    }
    let _ = writeln!(text, "{shapes}");
    let has_auth = auth_info.as_object().is_some_and(|calls| !calls.is_empty());
    if has_auth {
        let _ = writeln!(text, "{auth}");
    }
    let extends = if batch.is_some() { "Common, Batches" } else { "Common" };
    let _ = writeln!(text, "export interface Client extends {extends} {{");
    text.push_str(&models::client(&document, &outlines, batch.is_some()));
    if has_auth {
        text.push_str("  readonly auth: Auth;\n");
    }
    text.push_str("}\n\n");
    let server = json!({
        "idempotency": has_idempotency(&document),
        "refreshPath": refresh_path(options),
        "batchPath": batch,
        "models": models::info(&outlines),
        "auth": if has_auth { auth_info } else { json!({}) },
    });
    let _ = writeln!(text, "const server: Server = {};\n", source(&server));
    text.push_str(
        "/** The client of the app. In a page, `url` is only needed for a server of another origin. */\n",
    );
    text.push_str("export function createClient(options: ClientOptions = {}): Client {\n");
    text.push_str("  return clientOf<Client>(server, options);\n}\n");
    text
}

fn heading(document: &Value, options: &OpenApiOptions, about: &ClientOptions) -> String {
    let title = names::comment(Some(&format!("The client of {}.", options.title)), "");
    format!(
        "// Made by {} from the schema {:016x}. Do not edit: make it anew with `purlin generate client`.\n{title}\n",
        about.made_by,
        digest(&document.to_string()),
    )
}

/// FNV-1a: tells two schemas apart, and protects nothing.
fn digest(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// A model, or a call, a line.
fn source(server: &Value) -> String {
    let mut text = String::from("{\n");
    for (name, value) in server.as_object().into_iter().flatten() {
        match value.as_object() {
            Some(entries) if !entries.is_empty() => {
                let _ = writeln!(text, "  {}: {{", names::key(name));
                for (entry, value) in entries {
                    let _ = writeln!(text, "    {}: {},", names::key(entry), names::json(value));
                }
                text.push_str("  },\n");
            }
            _ => {
                let _ = writeln!(text, "  {}: {},", names::key(name), names::json(value));
            }
        }
    }
    text.push('}');
    text
}

fn batch_path(document: &Value, options: &OpenApiOptions) -> Option<String> {
    let base = options.base_path.trim_matches('/');
    let path = if base.is_empty() { "/batch".to_owned() } else { format!("/{base}/batch") };
    document.get("paths")?.get(&path)?.get("post")?;
    Some(path)
}

fn refresh_path(options: &OpenApiOptions) -> Option<&str> {
    options.sign_in.iter().find(|call| call.id == "refresh").map(|call| call.path.as_str())
}

/// Whether writes say that they take the header.
fn has_idempotency(document: &Value) -> bool {
    let is_named = |parameter: &Value| {
        parameter.get("in").and_then(Value::as_str) == Some("header")
            && parameter
                .get("name")
                .and_then(Value::as_str)
                .is_some_and(|name| name.eq_ignore_ascii_case("idempotency-key"))
    };
    let components = document.pointer("/components/parameters").and_then(Value::as_object);
    let shared = components.into_iter().flatten().any(|(_, parameter)| is_named(parameter));
    let calls = document.get("paths").and_then(Value::as_object).into_iter().flatten();
    let mut operations = calls.filter_map(|(_, item)| item.as_object()).flatten();
    shared
        || operations.any(|(_, operation)| {
            operation.get("parameters").and_then(Value::as_array).into_iter().flatten().any(is_named)
        })
}
