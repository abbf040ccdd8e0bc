//! ID tokens as attackers make them. Another implementation signs, with real keys.

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD as BASE64};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use purlin_core::DateTime;
use serde_json::{Value as Json, json};

use super::id_token::{Expected, verify};
use super::jwk::KeySet;
use crate::error::Error;

const RSA: &str = include_str!("../../tests/cases/id-token/rsa.pem");
const SMALL: &str = include_str!("../../tests/cases/id-token/small.pem");
const FOREIGN: &str = include_str!("../../tests/cases/id-token/foreign.pem");
const EC: &str = include_str!("../../tests/cases/id-token/ec.pem");
const ED: &str = include_str!("../../tests/cases/id-token/ed.pem");
const SET: &str = include_str!("../../tests/cases/id-token/jwks.json");
const NOW: i64 = 1_800_000_000;

fn der(pem: &str) -> Vec<u8> {
    let text: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    BASE64_STANDARD.decode(text).unwrap()
}

fn set(change: impl Fn(&mut Json)) -> KeySet {
    let mut set: Json = serde_json::from_str(SET).unwrap();
    set["keys"].as_array_mut().unwrap().iter_mut().for_each(change);
    KeySet::of(serde_json::from_value(set).unwrap())
}

fn keys() -> KeySet {
    set(|_| {})
}

fn claims() -> Json {
    json!({
        "iss": "https://op.example", "aud": "shop", "sub": "ada", "nonce": "n-1", "iat": NOW, "exp": NOW + 300,
        "email": "ada@example.com", "email_verified": true,
    })
}

/// Null takes a member away.
fn with(changes: &Json) -> Json {
    let mut all = claims();
    for (name, value) in changes.as_object().unwrap() {
        all[name] = value.clone();
    }
    all.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    all
}

fn sign(algorithm: Algorithm, id: Option<&str>, pem: &str, claims: &Json) -> String {
    let key = match algorithm {
        Algorithm::ES256 => EncodingKey::from_ec_der(&der(pem)),
        Algorithm::EdDSA => EncodingKey::from_ed_der(&der(pem)),
        Algorithm::HS256 => EncodingKey::from_secret(pem.as_bytes()),
        _ => EncodingKey::from_rsa_der(&der(pem)),
    };
    let header = Header { kid: id.map(str::to_owned), ..Header::new(algorithm) };
    jsonwebtoken::encode(&header, claims, &key).unwrap()
}

fn good() -> String {
    sign(Algorithm::RS256, Some("rsa"), RSA, &claims())
}

/// A token with another header, signed or not.
fn forged(header: &Json, claims: &Json, signature: &str) -> String {
    let part = |json: &Json| BASE64.encode(json.to_string());
    format!("{}.{}.{signature}", part(header), part(claims))
}

#[track_caller]
fn check(what: &str, keys: &KeySet, token: &str, expected: Result<(), Error>) {
    let now = DateTime::from_millis(NOW * 1000).unwrap();
    let wanted = Expected { issuer: "https://op.example", client: "shop", nonce: "n-1", now };
    let found = verify(token, keys, &wanted).map(|claims| assert_eq!(claims.sub, "ada"));
    assert_eq!(found, expected, "{what}");
}

#[test]
fn algorithms_and_their_keys() {
    use Algorithm::{ES256, EdDSA, HS256, PS256, RS256, RS384};
    for (algorithm, id, pem, expected) in [
        (RS256, Some("rsa"), RSA, Ok(())),
        (PS256, Some("rsa"), RSA, Ok(())),
        (ES256, Some("ec"), EC, Ok(())),
        (EdDSA, Some("ed"), ED, Ok(())),
        (RS256, None, RSA, Ok(())),
        (ES256, None, EC, Ok(())),
        (RS256, Some("rsa"), FOREIGN, Err(Error::BadSignature)),
        (RS256, None, FOREIGN, Err(Error::BadSignature)),
        (RS256, Some("unknown"), RSA, Err(Error::UnknownKey)),
        (RS256, Some(""), RSA, Err(Error::UnknownKey)),
        (RS256, Some("ec"), RSA, Err(Error::WrongAlgorithm)),
        (ES256, Some("rsa"), EC, Err(Error::WrongAlgorithm)),
        (RS384, Some("rsa"), RSA, Err(Error::WrongAlgorithm)),
        // 1024 bits can be broken.
        (RS256, Some("small"), SMALL, Err(Error::BadSignature)),
        // The public key as a shared secret.
        (HS256, Some("rsa"), SET, Err(Error::WrongAlgorithm)),
        (HS256, None, RSA, Err(Error::WrongAlgorithm)),
    ] {
        let token = sign(algorithm, id, pem, &claims());
        check(&format!("{algorithm:?} {id:?}"), &keys(), &token, expected);
    }
    let empty = KeySet::default();
    check("no keys", &empty, &good(), Err(Error::UnknownKey));
    check("for encryption", &set(|key| key["use"] = json!("enc")), &good(), Err(Error::UnknownKey));
    check("for another one", &set(|key| key["alg"] = json!("PS256")), &good(), Err(Error::WrongAlgorithm));
    check("for this one", &set(|key| key["alg"] = json!("RS256")), &good(), Ok(()));
    check("of another kind", &set(|key| key["kty"] = json!("oct")), &good(), Err(Error::UnknownKey));
}

#[test]
fn headers_that_lie() {
    let token = good();
    let (head, signature) = token.rsplit_once('.').unwrap();
    for (header, signature) in [
        (json!({"alg": "none"}), ""),
        (json!({"alg": "None", "kid": "rsa"}), ""),
        (json!({"alg": "none", "kid": "rsa"}), signature),
        (json!({"alg": "", "kid": "rsa"}), signature),
        (json!({"alg": "rs256", "kid": "rsa"}), signature),
    ] {
        let token = forged(&header, &claims(), signature);
        check(&header.to_string(), &keys(), &token, Err(Error::WrongAlgorithm));
    }
    for header in [json!({"alg": "RS256", "kid": "rsa", "crit": ["exp"]}), json!({"kid": "rsa"}), json!([])] {
        let token = forged(&header, &claims(), signature);
        check(&header.to_string(), &keys(), &token, Err(Error::Malformed));
    }
    // The key of the token's own choice is not looked at.
    let header = json!({"alg": "RS256", "kid": "x", "jku": "https://evil.example", "jwk": {"kty": "RSA"}});
    check("jku", &keys(), &forged(&header, &claims(), signature), Err(Error::UnknownKey));
    let altered = with(&json!({"sub": "eve"}));
    let header = json!({"alg": "RS256", "kid": "rsa", "typ": "JWT"});
    check("altered", &keys(), &forged(&header, &altered, signature), Err(Error::BadSignature));
    check("unsigned", &keys(), &format!("{head}."), Err(Error::BadSignature));
    for broken in [head, "", ".", "..", "...", "a.b.c", &format!("{token}.x"), &format!(" {token}")] {
        check(broken, &keys(), broken, Err(Error::Malformed));
    }
    check("long", &keys(), &token.repeat(100), Err(Error::TooLong));
}

#[test]
fn what_it_says() {
    for (changes, expected) in [
        (json!({}), Ok(())),
        (json!({"iss": "https://op.example/"}), Err(Error::WrongIssuer)),
        (json!({"iss": "https://evil.example"}), Err(Error::WrongIssuer)),
        (json!({"iss": null}), Err(Error::Malformed)),
        (json!({"aud": "other"}), Err(Error::WrongAudience)),
        (json!({"aud": []}), Err(Error::WrongAudience)),
        (json!({"aud": null}), Err(Error::Malformed)),
        (json!({"aud": ["shop"]}), Ok(())),
        (json!({"aud": ["other", "shop"]}), Err(Error::WrongAudience)),
        (json!({"aud": ["other", "shop"], "azp": "shop"}), Ok(())),
        (json!({"aud": ["other", "shop"], "azp": "other"}), Err(Error::WrongAudience)),
        (json!({"azp": "other"}), Err(Error::WrongAudience)),
        (json!({"azp": "shop"}), Ok(())),
        (json!({"exp": NOW - 31}), Err(Error::Expired)),
        (json!({"exp": NOW - 29}), Ok(())),
        (json!({"exp": null}), Err(Error::Malformed)),
        (json!({"exp": "never"}), Err(Error::Malformed)),
        (json!({"iat": NOW + 31}), Err(Error::NotYetValid)),
        (json!({"iat": null}), Err(Error::Malformed)),
        (json!({"nbf": NOW + 31}), Err(Error::NotYetValid)),
        (json!({"nonce": "n-2"}), Err(Error::WrongNonce)),
        (json!({"nonce": ""}), Err(Error::WrongNonce)),
        (json!({"nonce": null}), Err(Error::WrongNonce)),
        (json!({"sub": null}), Err(Error::Malformed)),
        (json!({"sub": 7}), Err(Error::Malformed)),
    ] {
        let token = sign(Algorithm::RS256, Some("rsa"), RSA, &with(&changes));
        check(&changes.to_string(), &keys(), &token, expected);
    }
}
