//! Verifies JSON Web Tokens: HS256 with one secret, nothing else.

use jsonwebtoken::{Algorithm, DecodingKey, TokenData, Validation, decode};
use serde::Deserialize;

/// For clocks that differ a little.
const LEEWAY_SECONDS: u64 = 5;

/// What a token must satisfy. `Debug` shows no secret.
#[derive(Clone)]
pub struct TokenSettings {
    /// The HS256 key: at least 32 bytes, which the configuration checks.
    pub secret: Vec<u8>,
    /// `iss`, when it is checked.
    pub issuer: Option<String>,
    /// `aud`, when it is checked.
    pub audience: Option<String>,
}

impl std::fmt::Debug for TokenSettings {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("TokenSettings")
            .field("issuer", &self.issuer)
            .field("audience", &self.audience)
            .finish_non_exhaustive()
    }
}

/// The key and the rules, prepared once.
pub(super) struct Verifier {
    key: DecodingKey,
    validation: Validation,
}

/// What is kept of a good token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Claims {
    pub(super) subject: String,
    /// Seconds since 1970 from which on it is refused.
    pub(super) expires: u64,
}

#[derive(Deserialize)]
struct RawClaims {
    sub: String,
    exp: f64,
}

impl Verifier {
    pub(super) fn new(settings: &TokenSettings) -> Self {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.leeway = LEEWAY_SECONDS;
        validation.validate_nbf = true;
        let mut required = vec!["exp", "sub"];
        if let Some(issuer) = &settings.issuer {
            validation.set_issuer(&[issuer]);
            required.push("iss");
        }
        match &settings.audience {
            Some(audience) => {
                validation.set_audience(&[audience]);
                required.push("aud");
            }
            None => validation.validate_aud = false,
        }
        validation.set_required_spec_claims(&required);
        Self { key: DecodingKey::from_secret(&settings.secret), validation }
    }

    /// `None` for every reason alike: an attacker learns nothing from it.
    pub(super) fn verify(&self, token: &str) -> Option<Claims> {
        let TokenData { header, claims } = decode::<RawClaims>(token, &self.key, &self.validation).ok()?;
        // RFC 7515: what is marked critical and not understood is refused.
        if header.crit.is_some() {
            return None;
        }
        let expires = seconds(claims.exp)?.saturating_add(LEEWAY_SECONDS);
        (!claims.sub.is_empty()).then_some(Claims { subject: claims.sub, expires })
    }
}

/// Whole seconds, rounded down; numbers beyond all calendars are refused.
fn seconds(number: f64) -> Option<u64> {
    let whole = number.floor();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the range is checked, and what is below the point is dropped on purpose"
    )]
    (0.0..=9_007_199_254_740_991.0).contains(&whole).then_some(whole as u64)
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::{EncodingKey, Header, encode};
    use serde_json::{Value, json};

    use super::*;

    const SECRET: &[u8] = b"0123456789abcdef0123456789abcdef";

    fn verifier() -> Verifier {
        Verifier::new(&TokenSettings {
            secret: SECRET.to_vec(),
            issuer: Some("shop".to_owned()),
            audience: Some("shop-api".to_owned()),
        })
    }

    fn good() -> Value {
        json!({"sub": "u1", "iss": "shop", "aud": "shop-api", "exp": now() + 60})
    }

    fn now() -> u64 {
        jsonwebtoken::get_current_timestamp()
    }

    fn sign(claims: &Value, algorithm: Algorithm, secret: &[u8]) -> String {
        encode(&Header::new(algorithm), claims, &EncodingKey::from_secret(secret)).unwrap()
    }

    /// The good claims with some replaced; null takes one away.
    #[track_caller]
    fn check(changes: &Value, is_good: bool) {
        let mut claims = good();
        for (name, value) in changes.as_object().unwrap() {
            if value.is_null() {
                claims.as_object_mut().unwrap().remove(name);
            } else {
                claims[name] = value.clone();
            }
        }
        let token = sign(&claims, Algorithm::HS256, SECRET);
        assert_eq!(verifier().verify(&token).is_some(), is_good, "{claims}");
    }

    #[test]
    fn claims_are_checked() {
        check(&json!({}), true);
        check(&json!({"aud": ["other", "shop-api"]}), true);
        check(&json!({"nbf": now() - 1, "iat": now(), "role": "admin"}), true);
        check(&json!({"exp": now() - 60}), false);
        check(&json!({"exp": null}), false);
        check(&json!({"exp": "soon"}), false);
        check(&json!({"exp": 1e300}), false);
        check(&json!({"exp": -1}), false);
        check(&json!({"nbf": now() + 60}), false);
        check(&json!({"iss": "other"}), false);
        check(&json!({"iss": null}), false);
        check(&json!({"aud": "other"}), false);
        check(&json!({"aud": null}), false);
        check(&json!({"sub": null}), false);
        check(&json!({"sub": ""}), false);
        check(&json!({"sub": 7}), false);
    }

    #[test]
    fn only_our_hs256_is_accepted() {
        let verifier = verifier();
        let token = sign(&good(), Algorithm::HS256, SECRET);
        assert_eq!(verifier.verify(&token).unwrap().subject, "u1");

        let foreign = [
            sign(&good(), Algorithm::HS384, SECRET),
            sign(&good(), Algorithm::HS512, SECRET),
            sign(&good(), Algorithm::HS256, b"another secret of thirty-two byte"),
            sign(&good(), Algorithm::HS256, b""),
        ];
        let mut parts = token.split('.');
        let (header, payload, signature) =
            (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
        // {"alg":"none"}, {"typ":"JWT","alg":"None"}
        let none = ["eyJhbGciOiJub25lIn0", "eyJ0eXAiOiJKV1QiLCJhbGciOiJOb25lIn0"];
        let broken = [
            format!("{}.{payload}.", none[0]),
            format!("{}.{payload}.{signature}", none[0]),
            format!("{}.{payload}.", none[1]),
            format!("{header}.{payload}."),
            format!("{header}.{payload}"),
            format!("{header}.{payload}.{signature}A"),
            format!("{header}.{payload}.{signature}.{signature}"),
            format!(".{payload}.{signature}"),
            "..".to_owned(),
            String::new(),
        ];
        for token in foreign.iter().chain(&broken) {
            assert_eq!(verifier.verify(token), None, "{token}");
        }
    }

    #[test]
    fn critical_headers_are_refused() {
        let header = Header { crit: Some(vec!["b64".to_owned()]), ..Header::new(Algorithm::HS256) };
        let token = encode(&header, &good(), &EncodingKey::from_secret(SECRET)).unwrap();
        assert_eq!(verifier().verify(&token), None);
    }
}
