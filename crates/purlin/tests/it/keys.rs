//! Secrets and keys are replaced while users are signed in; other systems verify our tokens by the JWKS.

use std::path::Path;

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode};
use serde_json::{Value as Json, json};

use crate::app::App;
use crate::client::send;
use crate::server::Server;

const OLD: &str = "the old secret of these tests, which is long enough";
const NEW: &str = "the new secret of these tests, which is long enough";

#[derive(Clone)]
struct Tokens {
    access: String,
    refresh: String,
}

fn post(server: &Server, path: &str, body: &Json) -> (u16, Json) {
    let headers = [("content-type", "application/json")];
    let answer = send("POST", &server.address, path, &headers, Some(&body.to_string()));
    (answer.status, serde_json::from_str(&answer.text).unwrap_or(Json::Null))
}

fn tokens(answer: &(u16, Json)) -> Tokens {
    let text =
        |name: &str| answer.1["data"][name].as_str().unwrap_or_else(|| panic!("{answer:?}")).to_owned();
    Tokens { access: text("accessToken"), refresh: text("refreshToken") }
}

fn refresh(server: &Server, tokens: &Tokens) -> (u16, Json) {
    post(server, "/api/auth/refresh", &json!({ "refreshToken": tokens.refresh }))
}

fn post_as(server: &Server, access: &str, path: &str, body: &Json) -> Json {
    let bearer = format!("Bearer {access}");
    let headers = [("content-type", "application/json"), ("authorization", bearer.as_str())];
    let answer = send("POST", &server.address, path, &headers, Some(&body.to_string()));
    assert_eq!(answer.status, 200, "{path}: {}", answer.text);
    serde_json::from_str(&answer.text).unwrap()
}

fn me(server: &Server, access: &str) -> u16 {
    let headers = [("authorization", format!("Bearer {access}"))];
    let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    send("GET", &server.address, "/api/auth/me", &headers, None).status
}

fn serve(app: &App, dotenv: &[(&str, &str)]) -> Server {
    let lines: Vec<String> = dotenv.iter().map(|(name, value)| format!("{name}=\"{value}\"\n")).collect();
    app.write(".env", &lines.concat());
    Server::start(&app.path, &["serve", "--embedded", "--port", "0"])
}

fn algorithm(access: &str) -> Algorithm {
    decode_header(access).unwrap().alg
}

#[test]
fn a_secret_gives_way_to_a_key_and_to_the_next_secret() {
    let app = App::copy_of(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/starter"));
    let first = serve(&app, &[("JWT_SECRET", OLD)]);
    let ada = json!({ "email": "ada@example.com", "password": "green ideas sleep", "name": "Ada" });
    let old = tokens(&post(&first, "/api/auth/register", &ada));
    assert_eq!(algorithm(&old.access), Algorithm::HS256);
    assert_eq!(
        first.get("/.well-known/jwks.json"),
        (200, json!({ "keys": [] })),
        "a secret has no public half"
    );
    let secret = post_as(&first, &old.access, "/api/auth/totp/setup", &json!({}))["data"]["secret"].clone();
    let secret = secret.as_str().unwrap();
    let enabled = json!({ "code": crate::scenarios::totp(secret, 0) });
    post_as(&first, &old.access, "/api/auth/totp/enable", &enabled);
    drop(first);

    app.run(&["generate", "signing-key", "one.pem"], 0);
    let said = app.run(&["generate", "signing-key", "one.pem"], 1).stderr;
    assert!(said.contains("cannot write one.pem"), "a key is never written over: {said}");
    let settings = app.read("purlin.toml");
    app.write("purlin.toml", &format!("{settings}\nsigning_key = \"one.pem\"\n"));
    let mut overlap = serve(&app, &[("JWT_SECRET", NEW), ("JWT_SECRET_ACCEPTED", OLD)]);
    overlap.wait_for("sealed second factors with the new secret");
    assert_eq!(me(&overlap, &old.access), 200, "the old secret is accepted");
    let new = tokens(&refresh(&overlap, &old));
    assert_eq!(algorithm(&new.access), Algorithm::EdDSA);

    // As another service verifies it.
    let (_, keys) = overlap.get("/.well-known/jwks.json");
    let key = &keys["keys"][0];
    assert_eq!(key["kid"].as_str(), decode_header(&new.access).unwrap().kid.as_deref());
    assert!(key.get("d").is_none(), "only the public half: {key}");
    let public = key["x"].as_str().unwrap();
    let mut rules = Validation::new(Algorithm::EdDSA);
    rules.set_audience(&["starter"]);
    rules.set_issuer(&["starter"]);
    let verifier = DecodingKey::from_ed_components(public).unwrap();
    let claims = decode::<Json>(&new.access, &verifier, &rules).unwrap().claims;

    // Who knows the public key alone signs nothing with it.
    let mut header = Header::new(Algorithm::HS256);
    header.typ = Some("at+jwt".to_owned());
    for kid in [key["kid"].as_str(), None] {
        header.kid = kid.map(str::to_owned);
        for secret in [public, key.to_string().as_str()] {
            let forged = encode(&header, &claims, &EncodingKey::from_secret(secret.as_bytes())).unwrap();
            assert_eq!(me(&overlap, &forged), 401, "algorithms were confused");
        }
    }
    drop(overlap);

    let last = serve(&app, &[("JWT_SECRET", NEW)]);
    assert_eq!(me(&last, &old.access), 401, "the old secret is gone");
    assert_eq!(me(&last, &new.access), 200);
    let newest = tokens(&refresh(&last, &new));
    let (email, password) = (&ada["email"], &ada["password"]);
    let by_code = json!({ "email": email, "password": password, "totp": crate::scenarios::totp(secret, 1) });
    let signed_in = post(&last, "/api/auth/login", &by_code);
    assert_eq!(signed_in.0, 200, "the second factor was sealed with the new secret: {signed_in:?}");
    drop(last);

    // The key is replaced: the one before is accepted for as long as its tokens live.
    app.run(&["generate", "signing-key", "two.pem"], 0);
    app.write(
        "purlin.toml",
        &format!("{settings}\nsigning_key = \"two.pem\"\naccepted_keys = [\"one.pem\"]\n"),
    );
    let replaced = serve(&app, &[("JWT_SECRET", NEW)]);
    assert_eq!(me(&replaced, &newest.access), 200);
    let after = tokens(&refresh(&replaced, &newest));
    assert_ne!(decode_header(&after.access).unwrap().kid, decode_header(&newest.access).unwrap().kid);
    assert_eq!(replaced.get("/.well-known/jwks.json").1["keys"].as_array().unwrap().len(), 2);
}

#[test]
fn keys_that_are_none() {
    let app = App::copy_of(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/starter"));
    app.write(".env", &format!("JWT_SECRET=\"{OLD}\"\n"));
    app.write("text.pem", "not a key");
    let settings = app.read("purlin.toml");
    for (line, expected) in [
        ("signing_key = \"missing.pem\"", "missing.pem cannot be read"),
        ("signing_key = \"text.pem\"", "text.pem holds no Ed25519 private key"),
        ("accepted_keys = [\"text.pem\"]", "text.pem holds no Ed25519 private key"),
    ] {
        app.write("purlin.toml", &format!("{settings}\n{line}\n"));
        let ran = app.run(&["serve", "--embedded", "--port", "0"], 1);
        assert!(ran.stderr.contains(expected), "{line}: {}", ran.stderr);
    }
}
