//! Codes by mail: bound to what they are for.

use purlin_auth::code::{self, Bound, Code, LINK_LENGTH};

use super::{key, other_key};

const SIGN_IN: Bound<'static> = Bound { purpose: "sign-in", subject: "ann@example.com" };

#[test]
fn six_digits() {
    let code = Code::digits().unwrap();
    let typed = code.as_str().to_owned();
    assert!(typed.len() == 6 && typed.bytes().all(|byte| byte.is_ascii_digit()), "{typed}");
    let stored = code.hash(&key(), &SIGN_IN);
    assert_eq!(format!("{code:?}"), "Code");
    assert_eq!(stored.len(), 64);
    let (first, last) = typed.split_at(3);
    for (given, expected) in [
        (typed.clone(), true),
        (format!("{first} {last}"), true),
        (format!("{first}-{last}"), true),
        (format!(" {typed} "), true),
        (format!("{typed}0"), false),
        (typed[..5].to_owned(), false),
        (String::new(), false),
        (format!("{typed}\n"), false),
        (format!("{typed}\0"), false),
        (format!("+{typed}"), false),
        (typed.chars().map(|digit| char::from_u32(u32::from(digit) + 0xFEE0).unwrap()).collect(), false),
        (typed.chars().map(|digit| if digit == '9' { '0' } else { '9' }).collect(), false),
        (stored.clone(), false),
        (" ".repeat(1 << 20), false),
        (typed.repeat(1 << 16), false),
    ] {
        assert_eq!(code::matches_digits(&key(), &SIGN_IN, &stored, &given), expected, "{given:.40}");
    }
    for (bound, server) in [
        (Bound { purpose: "verify-email", ..SIGN_IN }, key()),
        (Bound { subject: "bob@example.com", ..SIGN_IN }, key()),
        (Bound { purpose: "sign-inann@example.com", subject: "" }, key()),
        (SIGN_IN, other_key()),
    ] {
        assert!(!code::matches_digits(&server, &bound, &stored, &typed), "{bound:?}");
    }
    for stored in ["", "x", &stored[..63], &format!("{stored}0")] {
        assert!(!code::matches_digits(&key(), &SIGN_IN, stored, &typed), "{stored}");
    }
}

/// What no code is must not match an empty row either.
#[test]
fn nothing_matches_nothing() {
    let of_nothing = code::hash(&key(), &SIGN_IN, "");
    for given in ["", " ", "-", "abcdef"] {
        assert!(!code::matches_digits(&key(), &SIGN_IN, &of_nothing, given));
        assert!(!code::matches_digits(&key(), &SIGN_IN, "", given));
    }
}

#[test]
fn links() {
    let bound = Bound { purpose: "reset-password", subject: "" };
    let (one, other) = (Code::link().unwrap(), Code::link().unwrap());
    assert_eq!(one.as_str().len(), LINK_LENGTH);
    assert_ne!(one.as_str(), other.as_str());
    assert!(one.as_str().bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
    assert_eq!(one.hash(&key(), &bound), code::hash(&key(), &bound, one.as_str()));
    assert_ne!(one.hash(&key(), &bound), one.hash(&key(), &Bound { purpose: "verify-email", ..bound }));
    let stored = one.hash(&key(), &bound);
    for (given, expected) in [
        (one.as_str().to_owned(), true),
        (other.as_str().to_owned(), false),
        (format!(" {}", one.as_str()), false),
        (one.as_str()[1..].to_owned(), false),
        (String::new(), false),
        (stored.clone(), false),
    ] {
        assert_eq!(code::matches_link(&key(), &bound, &stored, &given), expected, "{given}");
    }
    let elsewhere = Bound { purpose: "verify-email", ..bound };
    assert!(!code::matches_link(&key(), &elsewhere, &stored, one.as_str()));
    assert!(!code::matches_link(&other_key(), &bound, &stored, one.as_str()));
}
