//! API keys: form, checksum, and what is kept of them.

use purlin_auth::Error;
use purlin_auth::api_key::ApiKey;

const GOOD: &str = "plk_live_abcdefghijABCDEFGHIJ01234567894dlEfk";

#[test]
fn made_and_parsed() {
    for environment in ["live", "dev", "test2", "a", "0123456789abcdef"] {
        let key = ApiKey::generate(environment).unwrap();
        let text = key.as_str().to_owned();
        assert_eq!(text.len(), 4 + environment.len() + 1 + 36);
        let parsed = ApiKey::parse(&text).unwrap();
        assert_eq!((parsed.hash(), parsed.hash().len()), (key.hash(), 64));
        assert!(ApiKey::is_meant(&text));
        assert_eq!(key.hint(), format!("plk_{environment}_…{}", &text[text.len() - 4..]));
        assert!(!format!("{key:?}").contains(&text[10..30]));
        assert_ne!(ApiKey::generate(environment).unwrap().hash(), key.hash());
    }
    for environment in ["", "Live", "li_ve", "li-ve", "é", "0123456789abcdefg", "a b"] {
        assert!(ApiKey::generate(environment).is_err(), "{environment}");
    }
}

/// One wrong character, and two neighbours swapped, are always noticed.
#[test]
fn typing_errors() {
    for at in 0..GOOD.len() {
        for replacement in ["0", "z", "Q", "_", "-", " ", ""] {
            let mut typed = GOOD.to_owned();
            typed.replace_range(at..=at, replacement);
            if typed != GOOD {
                assert!(ApiKey::parse(&typed).is_err(), "{typed}");
            }
        }
        let mut bytes = GOOD.as_bytes().to_vec();
        if at + 1 < bytes.len() && bytes[at] != bytes[at + 1] {
            bytes.swap(at, at + 1);
            assert!(ApiKey::parse(std::str::from_utf8(&bytes).unwrap()).is_err(), "{at}");
        }
    }
}

#[test]
fn forms() {
    for (text, expected) in [
        (GOOD.to_owned(), None),
        (GOOD.replace("live", "test"), Some(Error::BadSignature)),
        (GOOD.to_lowercase(), Some(Error::BadSignature)),
        (String::new(), Some(Error::Malformed)),
        ("plk_".to_owned(), Some(Error::Malformed)),
        ("plk_live_".to_owned(), Some(Error::Malformed)),
        (GOOD.replace("plk_", "PLK_"), Some(Error::Malformed)),
        (GOOD.replace("_live_", "__"), Some(Error::Malformed)),
        (GOOD.replace("live", "a-very-long-environment"), Some(Error::Malformed)),
        (format!("{GOOD}\n"), Some(Error::Malformed)),
        (format!(" {GOOD}"), Some(Error::Malformed)),
        (GOOD.replace("abcdefghij", "abcdefgh\u{e9}"), Some(Error::Malformed)),
        (format!("plk_live_{}", "A".repeat(1 << 20)), Some(Error::Malformed)),
        ("plk_".repeat(1 << 18), Some(Error::Malformed)),
    ] {
        assert_eq!(ApiKey::parse(&text).err(), expected, "{text:.60}");
    }
}
