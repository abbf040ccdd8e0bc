//! Access tokens: an independent implementation signs for us and against us.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use jsonwebtoken as foreign;
use purlin_auth::Error;
use purlin_auth::token::{AccessSettings, AccessTokens, Algorithm, Key, KeyRing, jwks, thumbprint};
use serde_json::{Value, json};
use uuid::Uuid;

use super::at;

const SECRET: &[u8] = b"0123456789abcdef0123456789abcdef";
const OLD_SECRET: &[u8] = b"fedcba9876543210fedcba9876543210";
const NOW: i64 = 1_768_471_200;
const SESSION: Uuid = Uuid::from_u128(7);
/// RFC 8037, appendix A.1.
const SEED: &str = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";

fn seed() -> [u8; 32] {
    BASE64.decode(SEED).unwrap().try_into().unwrap()
}

/// Signs with Ed25519; a secret is accepted beside it, as it is while keys change.
fn tokens(accept_unnamed: bool) -> AccessTokens {
    let ring = KeyRing::new(
        Key::ed25519(&seed()),
        vec![Key::hs256(SECRET).unwrap(), Key::hs256(OLD_SECRET).unwrap()],
    );
    let settings = AccessSettings {
        issuer: Some("shop".to_owned()),
        audience: Some("shop-api".to_owned()),
        accept_unnamed,
        ..AccessSettings::default()
    };
    AccessTokens::new(ring.unwrap(), settings)
}

fn ed25519_id() -> String {
    Key::ed25519(&seed()).id().to_owned()
}

fn secret_id() -> String {
    Key::hs256(SECRET).unwrap().id().to_owned()
}

fn good_claims() -> Value {
    json!({"sub": "u1", "sid": SESSION, "iss": "shop", "aud": "shop-api", "iat": NOW, "exp": NOW + 60})
}

/// `base` with some members replaced; null takes one away.
fn with(base: &Value, changes: &Value) -> Value {
    let mut changed = base.clone();
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() {
            changed.as_object_mut().unwrap().remove(name);
        } else {
            changed[name] = value.clone();
        }
    }
    changed
}

/// HMAC-SHA256 over whatever header and claims, by the other implementation.
fn forge(header: &Value, claims: &Value, secret: &[u8]) -> String {
    forge_text(&header.to_string(), &claims.to_string(), secret)
}

fn forge_text(header: &str, claims: &str, secret: &[u8]) -> String {
    let message = format!("{}.{}", BASE64.encode(header), BASE64.encode(claims));
    let key = foreign::EncodingKey::from_secret(secret);
    let signature = foreign::crypto::sign(message.as_bytes(), &key, foreign::Algorithm::HS256).unwrap();
    format!("{message}.{signature}")
}

fn good_header() -> Value {
    json!({"alg": "HS256", "typ": "at+jwt", "kid": secret_id()})
}

#[track_caller]
fn check(token: &str, expected: Result<(), Error>) {
    let found = tokens(false).verify(token, at(NOW)).map(drop);
    assert_eq!(found, expected, "{token}");
}

#[test]
fn what_we_sign_others_verify() {
    let secret_ring = KeyRing::new(Key::hs256(SECRET).unwrap(), vec![]).unwrap();
    let settings = AccessSettings { issuer: Some("shop".to_owned()), ..AccessSettings::default() };
    for tokens in [tokens(false), AccessTokens::new(secret_ring, settings)] {
        let now = i64::try_from(foreign::get_current_timestamp()).unwrap();
        let signed = tokens.sign("u1", SESSION, at(now)).unwrap();
        assert_eq!(signed.expires_in.as_secs(), 900);
        assert!(!format!("{signed:?}").contains(&signed.token));
        let header = foreign::decode_header(&signed.token).unwrap();
        assert_eq!(header.kid.as_deref(), Some(tokens.keys().signing().id()));
        let key = match tokens.keys().signing().algorithm() {
            Algorithm::Hs256 => foreign::DecodingKey::from_secret(SECRET),
            Algorithm::EdDsa => {
                let set: foreign::jwk::JwkSet = serde_json::from_value(jwks(tokens.keys())).unwrap();
                assert_eq!(set.keys.len(), 1, "secrets stay at home");
                foreign::DecodingKey::from_jwk(set.find(header.kid.as_deref().unwrap()).unwrap()).unwrap()
            }
        };
        let mut rules = foreign::Validation::new(header.alg);
        rules.set_issuer(&["shop"]);
        rules.set_audience(&["shop-api"]);
        let found = foreign::decode::<Value>(&signed.token, &key, &rules).unwrap().claims;
        assert_eq!((&found["sub"], &found["sid"]), (&json!("u1"), &json!(SESSION)));
        assert_eq!(found["exp"].as_i64(), Some(now + 900));

        let claims = tokens.verify(&signed.token, at(now)).unwrap();
        assert_eq!((claims.subject.as_str(), claims.session), ("u1", Some(SESSION)));
        assert_eq!(i64::try_from(claims.refused_from), Ok(now + 905));
        assert_eq!(tokens.verify(&signed.token, at(now + 904)).map(drop), Ok(()));
        assert_eq!(tokens.verify(&signed.token, at(now + 905)), Err(Error::Expired));
    }
}

#[test]
fn claims() {
    for (changes, expected) in [
        (json!({}), Ok(())),
        (json!({"aud": ["other", "shop-api"], "role": "admin", "jti": 7}), Ok(())),
        (json!({"iat": null}), Ok(())),
        (json!({"exp": NOW + 1}), Ok(())),
        (json!({"exp": NOW - 4}), Ok(())),
        (json!({"exp": NOW - 5}), Err(Error::Expired)),
        (json!({"exp": 1_768_471_200.5}), Ok(())),
        (json!({"exp": 0}), Err(Error::Expired)),
        (json!({"exp": null}), Err(Error::Malformed)),
        (json!({"exp": "2030"}), Err(Error::Malformed)),
        (json!({"exp": -1}), Err(Error::Malformed)),
        (json!({"exp": 1e300}), Err(Error::Malformed)),
        (json!({"exp": [NOW + 60]}), Err(Error::Malformed)),
        (json!({"nbf": NOW + 5}), Ok(())),
        (json!({"nbf": NOW + 6}), Err(Error::NotYetValid)),
        (json!({"nbf": 1e300}), Err(Error::Malformed)),
        (json!({"nbf": "now"}), Err(Error::Malformed)),
        (json!({"iat": NOW + 5}), Ok(())),
        (json!({"iat": NOW + 6}), Err(Error::NotYetValid)),
        (json!({"iat": -1}), Err(Error::Malformed)),
        (json!({"iss": "other"}), Err(Error::WrongIssuer)),
        (json!({"iss": "Shop"}), Err(Error::WrongIssuer)),
        (json!({"iss": null}), Err(Error::WrongIssuer)),
        (json!({"iss": ["shop"]}), Err(Error::Malformed)),
        (json!({"aud": "other"}), Err(Error::WrongAudience)),
        (json!({"aud": "shop-api2"}), Err(Error::WrongAudience)),
        (json!({"aud": []}), Err(Error::WrongAudience)),
        (json!({"aud": null}), Err(Error::WrongAudience)),
        (json!({"aud": 7}), Err(Error::Malformed)),
        (json!({"sub": null}), Err(Error::Malformed)),
        (json!({"sub": ""}), Err(Error::Malformed)),
        (json!({"sub": 7}), Err(Error::Malformed)),
        (json!({"sub": ["u1"]}), Err(Error::Malformed)),
        (json!({"sid": null}), Err(Error::Malformed)),
        (json!({"sid": "x"}), Err(Error::Malformed)),
        (json!({"sub": "u".repeat(9000)}), Err(Error::TooLong)),
    ] {
        check(&forge(&good_header(), &with(&good_claims(), &changes), SECRET), expected);
    }
}

#[test]
fn headers() {
    for (changes, expected) in [
        (json!({}), Ok(())),
        (json!({"x": {"deep": [1, 2]}}), Ok(())),
        (json!({"alg": "none"}), Err(Error::WrongAlgorithm)),
        (json!({"alg": "None"}), Err(Error::WrongAlgorithm)),
        (json!({"alg": ""}), Err(Error::WrongAlgorithm)),
        (json!({"alg": "hs256"}), Err(Error::WrongAlgorithm)),
        (json!({"alg": "HS384"}), Err(Error::WrongAlgorithm)),
        (json!({"alg": "EdDSA"}), Err(Error::WrongAlgorithm)),
        (json!({"alg": "RS256"}), Err(Error::WrongAlgorithm)),
        (json!({"alg": null}), Err(Error::Malformed)),
        (json!({"alg": ["HS256"]}), Err(Error::Malformed)),
        (json!({"kid": "nothing"}), Err(Error::UnknownKey)),
        (json!({"kid": ""}), Err(Error::UnknownKey)),
        (json!({"kid": "../../dev/null"}), Err(Error::UnknownKey)),
        (json!({"kid": "' or '1'='1"}), Err(Error::UnknownKey)),
        (json!({"kid": 0}), Err(Error::Malformed)),
        (json!({"kid": null}), Err(Error::UnknownKey)),
        (json!({"kid": ed25519_id()}), Err(Error::WrongAlgorithm)),
        (json!({"kid": Key::hs256(OLD_SECRET).unwrap().id()}), Err(Error::BadSignature)),
        (json!({"typ": null}), Err(Error::Malformed)),
        (json!({"typ": "JWT"}), Err(Error::Malformed)),
        (json!({"typ": "logout+jwt"}), Err(Error::Malformed)),
        (json!({"crit": ["b64"], "b64": false}), Err(Error::Malformed)),
        (json!({"crit": []}), Err(Error::Malformed)),
    ] {
        check(&forge(&with(&good_header(), &changes), &good_claims(), SECRET), expected);
    }
    // Keys that a token brings along are not looked at, so it stays what it was: not ours.
    let jwk = json!({"kty": "oct", "k": BASE64.encode(b"attacker's secret of thirty-two b")});
    for member in ["jwk", "jku", "x5u", "x5c"] {
        let header = with(&good_header(), &json!({ member: jwk }));
        check(
            &forge(&header, &good_claims(), b"attacker's secret of thirty-two b"),
            Err(Error::BadSignature),
        );
    }
    // A member twice: one reader would see this value and another that.
    let twice =
        format!("{{\"alg\":\"none\",\"alg\":\"HS256\",\"typ\":\"at+jwt\",\"kid\":\"{}\"}}", secret_id());
    check(&forge_text(&twice, &good_claims().to_string(), SECRET), Err(Error::Malformed));
    let twice = good_claims().to_string().replace("\"sub\":", "\"sub\":\"admin\",\"sub\":");
    check(&forge_text(&good_header().to_string(), &twice, SECRET), Err(Error::Malformed));
    let null = good_header().to_string().replace('}', ",\"crit\":null}");
    check(&forge_text(&null, &good_claims().to_string(), SECRET), Err(Error::Malformed));
}

/// The public key is known to everyone: it must not do as a secret, whatever the token calls itself.
#[test]
fn a_public_key_is_no_secret() {
    let set = jwks(tokens(false).keys());
    let x = set["keys"][0]["x"].as_str().unwrap();
    let raw = BASE64.decode(x).unwrap();
    for secret in [raw.as_slice(), x.as_bytes(), set["keys"][0].to_string().as_bytes(), b""] {
        for (alg, kid) in [
            ("HS256", Some(ed25519_id())),
            ("HS256", None),
            ("EdDSA", Some(ed25519_id())),
            ("HS256", Some(secret_id())),
        ] {
            let token = forge(&json!({"alg": alg, "typ": "at+jwt", "kid": kid}), &good_claims(), secret);
            for accept_unnamed in [false, true] {
                assert!(tokens(accept_unnamed).verify(&token, at(NOW)).is_err(), "{alg} {kid:?}");
            }
        }
    }
}

#[test]
fn forms() {
    let token = forge(&good_header(), &good_claims(), SECRET);
    let parts: Vec<&str> = token.split('.').collect();
    let (header, claims, signature) = (parts[0], parts[1], parts[2]);
    let none = BASE64.encode(json!({"alg": "none"}).to_string());
    for (token, expected) in [
        (token.clone(), Ok(())),
        (format!("{header}.{claims}."), Err(Error::BadSignature)),
        (format!("{header}.{claims}.AAAA"), Err(Error::BadSignature)),
        (format!("{header}.{claims}.{}", BASE64.encode([0; 64])), Err(Error::BadSignature)),
        (format!("{none}.{claims}."), Err(Error::UnknownKey)),
        (format!("{none}.{claims}.{signature}"), Err(Error::UnknownKey)),
        (format!("{header}.{claims}"), Err(Error::Malformed)),
        (format!("{header}.{claims}.{signature}."), Err(Error::Malformed)),
        (format!("{header}.{claims}.{signature}.{signature}"), Err(Error::Malformed)),
        (format!("{header}.{claims}.{signature}="), Err(Error::Malformed)),
        (format!("{header}.{claims}.{signature} "), Err(Error::Malformed)),
        (format!("{header}.{claims}.{signature}\n"), Err(Error::Malformed)),
        (format!(" {token}"), Err(Error::Malformed)),
        (
            format!("{header}.{}.{signature}", BASE64.encode(json!({"sub": "u2"}).to_string())),
            Err(Error::BadSignature),
        ),
        (format!(".{claims}.{signature}"), Err(Error::Malformed)),
        (format!("{header}..{signature}"), Err(Error::BadSignature)),
        ("..".to_owned(), Err(Error::Malformed)),
        (".".to_owned(), Err(Error::Malformed)),
        (String::new(), Err(Error::Malformed)),
        (".".repeat(8000), Err(Error::Malformed)),
        (format!("{}.{claims}.{signature}", "A".repeat(8192)), Err(Error::TooLong)),
        (format!("{header}.{}.{signature}", "A".repeat(1 << 20)), Err(Error::TooLong)),
        (format!("{}.{claims}.{signature}", BASE64.encode("[".repeat(5000))), Err(Error::Malformed)),
        (format!("{}.{claims}.{signature}", BASE64.encode([0xff; 40])), Err(Error::Malformed)),
        (forge_text(&good_header().to_string(), "[]", SECRET), Err(Error::Malformed)),
        (forge_text(&good_header().to_string(), "", SECRET), Err(Error::Malformed)),
        (
            forge_text(&good_header().to_string(), &format!("{} x", good_claims()), SECRET),
            Err(Error::Malformed),
        ),
    ] {
        check(&token, expected);
    }
    // The last character of a signature carries bits that mean nothing: one way to write it only.
    let last = signature.chars().next_back().unwrap();
    for other in
        ('A'..='Z').chain('a'..='z').chain('0'..='9').chain(['-', '_']).filter(|other| *other != last)
    {
        let altered = format!("{header}.{claims}.{}{other}", &signature[..signature.len() - 1]);
        assert!(tokens(false).verify(&altered, at(NOW)).is_err(), "{altered}");
    }
}

/// Ed25519: altered, and of the neutral element, which many verifiers take for any message.
#[test]
fn ed25519_signatures() {
    let token = tokens(false).sign("u1", SESSION, at(NOW)).unwrap().token;
    check(&token, Ok(()));
    let (message, signature) = token.rsplit_once('.').unwrap();
    let signature = BASE64.decode(signature).unwrap();
    for at in 0..64 {
        for bit in [1_u8, 128] {
            let mut altered = signature.clone();
            altered[at] ^= bit;
            check(&format!("{message}.{}", BASE64.encode(altered)), Err(Error::BadSignature));
        }
    }
    // S + L: the same point, written a second time.
    let order: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let mut altered = signature.clone();
    let mut carry = 0_u16;
    for (byte, add) in altered[32..].iter_mut().zip(order) {
        carry += u16::from(*byte) + u16::from(add);
        *byte = carry.to_le_bytes()[0];
        carry >>= 8;
    }
    let mut neutral = [0; 64];
    neutral[0] = 1;
    for bad in
        [altered, neutral.to_vec(), vec![0; 64], signature[..63].to_vec(), [&signature[..], &[0]].concat()]
    {
        check(&format!("{message}.{}", BASE64.encode(bad)), Err(Error::BadSignature));
    }
}

/// Signed with our private key, but saying that it was a secret, and naming none.
#[test]
fn an_unnamed_token_is_of_a_secret() {
    let der = [&b"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20"[..], &seed()].concat();
    let key = foreign::EncodingKey::from_ed_der(&der);
    for alg in ["HS256", "EdDSA"] {
        let message = format!(
            "{}.{}",
            BASE64.encode(json!({"alg": alg}).to_string()),
            BASE64.encode(good_claims().to_string())
        );
        let signature = foreign::crypto::sign(message.as_bytes(), &key, foreign::Algorithm::EdDSA).unwrap();
        let token = format!("{message}.{signature}");
        let expected = if alg == "HS256" { Error::BadSignature } else { Error::WrongAlgorithm };
        assert_eq!(tokens(true).verify(&token, at(NOW)), Err(expected));
    }
}

/// Tokens that another program signs with the shared secret, where that is allowed.
#[test]
fn unnamed_tokens() {
    let bare = with(&good_claims(), &json!({"sid": null, "iat": null}));
    let header = json!({"alg": "HS256", "typ": "JWT"});
    let foreign_header = foreign::Header::new(foreign::Algorithm::HS256);
    let encoded =
        foreign::encode(&foreign_header, &bare, &foreign::EncodingKey::from_secret(SECRET)).unwrap();
    check(&encoded, Err(Error::UnknownKey));
    for (token, expected) in [
        (encoded, Ok(())),
        (forge(&header, &bare, OLD_SECRET), Ok(())),
        (forge(&json!({"alg": "HS256"}), &bare, SECRET), Ok(())),
        (forge(&header, &bare, b"another secret of thirty-two byte"), Err(Error::BadSignature)),
        (forge(&header, &bare, b""), Err(Error::BadSignature)),
        (forge(&json!({"alg": "none"}), &bare, SECRET), Err(Error::WrongAlgorithm)),
        (forge(&json!({"alg": "EdDSA"}), &bare, SECRET), Err(Error::WrongAlgorithm)),
        (forge(&json!({"alg": "HS256", "typ": "secevent+jwt"}), &bare, SECRET), Err(Error::Malformed)),
        (forge(&json!({"alg": "HS256", "kid": "theirs"}), &bare, SECRET), Err(Error::UnknownKey)),
        (forge(&header, &with(&bare, &json!({"exp": NOW - 60})), SECRET), Err(Error::Expired)),
        (forge(&header, &with(&bare, &json!({"aud": null})), SECRET), Err(Error::WrongAudience)),
    ] {
        let found = tokens(true).verify(&token, at(NOW)).map(|claims| assert_eq!(claims.session, None));
        assert_eq!(found, expected, "{token}");
    }
}

#[test]
fn keys_change_hands() {
    let (old, new) = (|| Key::hs256(OLD_SECRET).unwrap(), || Key::ed25519(&seed()));
    let stages = [
        KeyRing::new(old(), vec![]),
        KeyRing::new(old(), vec![new()]),
        KeyRing::new(new(), vec![old()]),
        KeyRing::new(new(), vec![]),
    ]
    .map(|ring| AccessTokens::new(ring.unwrap(), AccessSettings::default()));
    let signed: Vec<String> =
        stages.iter().map(|stage| stage.sign("u1", SESSION, at(NOW)).unwrap().token).collect();
    for (by, token) in signed.iter().enumerate() {
        for (on, stage) in stages.iter().enumerate() {
            // Copies of a server are at most one stage apart.
            if by.abs_diff(on) <= 1 {
                assert_eq!(stage.verify(token, at(NOW)).map(drop), Ok(()), "signed at {by}, read at {on}");
            }
        }
    }
    assert_eq!(stages[3].verify(&signed[0], at(NOW)), Err(Error::UnknownKey));
    assert_eq!(stages[0].verify(&signed[3], at(NOW)), Err(Error::UnknownKey));
    assert_eq!(KeyRing::new(old(), vec![new(), old()]).unwrap_err(), Error::RepeatedKey);
}

#[test]
fn keys() {
    for length in [0, 1, 31] {
        assert_eq!(Key::hs256(&vec![7; length]).unwrap_err(), Error::WeakSecret);
    }
    assert!(Key::hs256(&[7; 32]).is_ok());
    let pem = Key::generate_ed25519_pem().unwrap();
    let read = Key::ed25519_from_pem(&pem).unwrap();
    assert_eq!(read.algorithm(), Algorithm::EdDsa);
    // From `openssl genpkey -algorithm ed25519`, in the first form of PKCS#8: no public half.
    let openssl = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----\n";
    assert_eq!(Key::ed25519_from_pem(openssl).unwrap().id(), ed25519_id());
    for bad in
        ["", "x", openssl.replace("PRIVATE", "PUBLIC").as_str(), openssl.replace("MC4C", "MC4D").as_str()]
    {
        assert_eq!(Key::ed25519_from_pem(bad).unwrap_err(), Error::BadKey);
    }
    let shown = format!("{:?} {:?}", tokens(false), Key::hs256(SECRET).unwrap());
    assert!(!shown.contains("0123456789abcdef") && !shown.contains(SEED), "{shown}");
}

/// RFC 8037, appendices A.1 to A.4, and RFC 7638, section 3.1.
#[test]
fn vectors() {
    let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
    let id = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";
    assert_eq!(ed25519_id(), id);
    assert_eq!(thumbprint(&[("x", x), ("kty", "OKP"), ("crv", "Ed25519")]), id);
    let set = jwks(tokens(false).keys());
    assert_eq!(
        set,
        json!({"keys": [{"kty": "OKP", "crv": "Ed25519", "x": x, "kid": id, "alg": "EdDSA", "use": "sig"}]})
    );
    let n = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
    assert_eq!(
        thumbprint(&[("e", "AQAB"), ("kty", "RSA"), ("n", n)]),
        "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
    );
}
