//! Refresh tokens: families, and what is not of them.

use std::collections::HashSet;

use purlin_auth::Error;
use purlin_auth::refresh::{RefreshToken, TOKEN_LENGTH};
use uuid::Uuid;

use super::{key, other_key};

const SESSION: Uuid = Uuid::from_u128(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef);

#[test]
fn a_family() {
    let mut seen = HashSet::new();
    let mut token = RefreshToken::first(&key(), SESSION).unwrap();
    for _ in 0..50 {
        let text = token.to_text();
        assert_eq!(text.len(), TOKEN_LENGTH);
        assert!(seen.insert(token.hash()), "a hash came twice");
        let parsed = RefreshToken::parse(&key(), &text).unwrap();
        assert_eq!((parsed.session(), parsed.hash()), (SESSION, token.hash()));
        assert_eq!(
            parsed.successor(&key()).hash(),
            token.successor(&key()).hash(),
            "a lost answer can be repeated"
        );
        assert_ne!(token.successor(&other_key()).hash(), token.successor(&key()).hash());
        assert!(!format!("{token:?}").contains(&text[30..60]));
        token = token.successor(&key());
    }
    let other = RefreshToken::first(&key(), SESSION).unwrap();
    assert!(!seen.contains(&other.hash()), "two families of one session differ");
}

#[test]
fn no_byte_can_change() {
    let text = RefreshToken::first(&key(), SESSION).unwrap().to_text();
    for at in 0..text.len() {
        for replacement in ["A", "B", "_", "z", "=", " "] {
            let mut altered = text.to_string();
            altered.replace_range(at..=at, replacement);
            if altered != *text {
                assert!(RefreshToken::parse(&key(), &altered).is_err(), "{at}: {replacement}");
            }
        }
    }
    assert_eq!(RefreshToken::parse(&other_key(), &text).unwrap_err(), Error::BadSignature);
}

#[test]
fn forms() {
    let text = RefreshToken::first(&key(), SESSION).unwrap().to_text().to_string();
    for bad in [
        String::new(),
        "prt_".to_owned(),
        text.replace("prt_", ""),
        text.replace("prt_", "plk_"),
        text.replace("prt_", "PRT_"),
        text[..89].to_owned(),
        format!("{text}A"),
        format!("{text}="),
        format!(" {}", &text[..89]),
        format!("{}\n", &text[..89]),
        format!("prt_{}", "é".repeat(43)),
        "prt_".repeat(1 << 18),
    ] {
        assert_eq!(RefreshToken::parse(&key(), &bad).unwrap_err(), Error::Malformed, "{bad:.100}");
    }
    // All that a stranger can make: the right form, without the key.
    assert_eq!(
        RefreshToken::parse(&key(), &format!("prt_{}", "A".repeat(86))).unwrap_err(),
        Error::BadSignature
    );
}
