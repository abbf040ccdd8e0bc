//! The public keys as a JSON Web Key Set (RFC 7517, RFC 8037) and the names of keys (RFC 7638).

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::keys::KeyRing;

/// The body of `/.well-known/jwks.json`: public keys only, those that sign and those still accepted.
pub fn jwks(ring: &KeyRing) -> Value {
    let keys: Vec<Value> = ring
        .all()
        .filter_map(|key| {
            let x = BASE64_URL_SAFE_NO_PAD.encode(key.public()?);
            let alg = key.algorithm().name();
            Some(json!({"kty": "OKP", "crv": "Ed25519", "x": x, "kid": key.id(), "alg": alg, "use": "sig"}))
        })
        .collect();
    json!({ "keys": keys })
}

/// RFC 7638: SHA-256 over the required members, as JSON without spaces in the order of their names.
pub fn thumbprint(members: &[(&str, &str)]) -> String {
    let mut sorted = members.to_vec();
    sorted.sort_unstable();
    let object: Map<String, Value> =
        sorted.into_iter().map(|(name, value)| (name.to_owned(), Value::from(value))).collect();
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(Value::Object(object).to_string()))
}
