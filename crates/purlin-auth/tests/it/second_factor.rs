//! Time-based codes and recovery codes.

use purlin_auth::Error;
use purlin_auth::recovery::{RECOVERY_CODES, RecoveryCode};
use purlin_auth::totp::TotpSecret;

use super::{at, key, other_key};

/// RFC 6238, appendix B (SHA-1); the RFC prints eight digits, of which apps show the last six.
const VECTORS: &[(i64, &str)] = &[
    (59, "94287082"),
    (1_111_111_109, "07081804"),
    (1_111_111_111, "14050471"),
    (1_234_567_890, "89005924"),
    (2_000_000_000, "69279037"),
    (20_000_000_000, "65353130"),
];

fn secret() -> TotpSecret {
    TotpSecret::from_bytes(*b"12345678901234567890")
}

#[test]
fn vectors_of_the_rfc() {
    for (seconds, eight) in VECTORS {
        let step = u64::try_from(seconds / 30).unwrap();
        assert_eq!(*secret().code(step), eight[2..]);
        assert_eq!(secret().verify(&eight[2..], at(*seconds), None), Some(step));
    }
    // RFC 4226, appendix D: the same secret, by counter.
    let by_counter =
        ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"];
    for (step, code) in (0..).zip(by_counter) {
        assert_eq!(*secret().code(step), code);
    }
    assert_eq!(*secret().to_base32(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
}

#[test]
fn steps_are_used_once() {
    let now = at(3000);
    let code = |step: u64| secret().code(step).to_string();
    for (step, last_used, expected) in [
        (100, None, Some(100)),
        (99, None, Some(99)),
        (101, None, Some(101)),
        (98, None, None),
        (102, None, None),
        (100, Some(99), Some(100)),
        (100, Some(100), None),
        (99, Some(100), None),
        (101, Some(100), Some(101)),
        (100, Some(101), None),
        (101, Some(u64::MAX), None),
    ] {
        assert_eq!(secret().verify(&code(step), now, last_used), expected, "{step} after {last_used:?}");
    }
    let good = code(100);
    for (given, is_good) in [
        (format!("{} {}", &good[..3], &good[3..]), true),
        (format!("{good}0"), false),
        (good[..5].to_owned(), false),
        (String::new(), false),
        (format!("{good}\0"), false),
        ("\u{ff11}".repeat(6), false),
        ("-".repeat(1 << 20), false),
    ] {
        assert_eq!(secret().verify(&given, now, None).is_some(), is_good, "{given:.40}");
    }
    // Clocks at the edges of time: no fault, and no code for a step before the first.
    for seconds in [0, -1, -62_167_219_200, 253_402_207_200] {
        let _ = secret().verify("123456", at(seconds), None);
    }
}

#[test]
fn secrets_at_rest() {
    let secret = TotpSecret::generate().unwrap();
    assert_ne!(*secret.to_base32(), *TotpSecret::generate().unwrap().to_base32());
    let sealed = secret.seal(&key(), "u1").unwrap();
    assert_ne!(sealed, secret.seal(&key(), "u1").unwrap());
    let (opened, is_current) = TotpSecret::open(&key(), "u1", &sealed).unwrap();
    assert!(is_current);
    assert_eq!(*opened.to_base32(), *secret.to_base32());
    let mut altered = sealed.clone();
    altered.replace_range(40..41, if &sealed[40..41] == "A" { "B" } else { "A" });
    for (server, account, sealed, expected) in [
        (key(), "u2", sealed.as_str(), Error::BadSignature),
        (other_key(), "u1", &sealed, Error::BadSignature),
        (key(), "u1", &altered, Error::BadSignature),
        (key(), "u1", &sealed[..20], Error::Malformed),
        (key(), "u1", "", Error::Malformed),
        (key(), "u1", "é", Error::Malformed),
    ] {
        assert_eq!(TotpSecret::open(&server, account, sealed).unwrap_err(), expected, "{account} {sealed}");
    }
    assert_eq!(format!("{secret:?}"), "TotpSecret");
}

#[test]
fn addresses_for_apps() {
    for (issuer, account, expected) in [
        (
            "Shop",
            "ann@example.com",
            "otpauth://totp/Shop:ann%40example.com?secret=S&issuer=Shop&algorithm=SHA1&digits=6&period=30",
        ),
        (
            "A:B & C",
            "x?secret=EVIL",
            "otpauth://totp/A%3AB%20%26%20C:x%3Fsecret%3DEVIL?secret=S&issuer=A%3AB%20%26%20C&algorithm=SHA1&digits=6&period=30",
        ),
        ("Käse", "", "otpauth://totp/K%C3%A4se:?secret=S&issuer=K%C3%A4se&algorithm=SHA1&digits=6&period=30"),
    ] {
        let found = secret().to_uri(issuer, account);
        assert_eq!(found.replace("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "S"), expected);
    }
}

#[test]
fn recovery_codes() {
    let codes = RecoveryCode::generate_all().unwrap();
    let hashes: std::collections::HashSet<String> = codes.iter().map(|code| code.hash("u1")).collect();
    assert_eq!((codes.len(), hashes.len()), (RECOVERY_CODES, RECOVERY_CODES));
    for code in &codes {
        let text = code.to_text().to_string();
        assert_eq!(text.len(), 27);
        for typed in [
            text.clone(),
            text.to_lowercase(),
            text.replace('-', ""),
            text.replace('-', " "),
            text.replace('0', "o").replace('1', "l"),
        ] {
            assert_eq!(RecoveryCode::parse(&typed).unwrap().hash("u1"), code.hash("u1"), "{typed}");
        }
        assert_ne!(code.hash("u1"), code.hash("u2"));
        for bad in [
            String::new(),
            text[..26].to_owned(),
            format!("{text}A"),
            text.replacen(&text[..1], "U", 1),
            text.replacen(&text[..1], "é", 1),
            text.repeat(1 << 16),
            "-".repeat(1 << 20),
        ] {
            assert!(RecoveryCode::parse(&bad).is_none(), "{bad:.60}");
        }
        assert_eq!(format!("{code:?}"), "RecoveryCode");
    }
}
