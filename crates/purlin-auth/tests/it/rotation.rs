//! The server's secret is replaced: what was made with the one before is good while that is accepted.

use purlin_auth::code::{Bound, Code, matches_digits, matches_link};
use purlin_auth::refresh::RefreshToken;
use purlin_auth::secret::ServerKey;
use purlin_auth::totp::TotpSecret;
use uuid::Uuid;

use super::{key, other_key};

const OLD: &[u8] = b"a secret of the app, 32 bytes at least";
const NEW: &[u8] = b"the next secret of the app, as long or so";

#[test]
fn what_the_old_secret_made_is_good_while_it_is_accepted() {
    let old = key();
    let overlap = ServerKey::derive(NEW).unwrap().accepting([OLD]).unwrap();
    let new = ServerKey::derive(NEW).unwrap();
    let bound = Bound { purpose: "sign-in", subject: "ann" };

    let refresh = RefreshToken::first(&old, Uuid::from_u128(7)).unwrap();
    let (digits, link) = (Code::digits().unwrap(), Code::link().unwrap());
    let totp = TotpSecret::generate().unwrap();
    let sealed = totp.seal(&old, "ann").unwrap();
    for (key, expected) in [(&old, true), (&overlap, true), (&new, false), (&other_key(), false)] {
        let parsed = RefreshToken::parse(key, &refresh.to_text());
        assert_eq!(parsed.is_ok(), expected);
        if let Ok(parsed) = parsed {
            assert_eq!(parsed.hash(), refresh.hash(), "it is the token that the database knows");
        }
        assert_eq!(matches_digits(key, &bound, &digits.hash(&old, &bound), digits.as_str()), expected);
        assert_eq!(matches_link(key, &bound, &link.hash(&old, &bound), link.as_str()), expected);
        let opened = TotpSecret::open(key, "ann", &sealed);
        assert_eq!(opened.is_ok_and(|(opened, _)| opened.to_base32() == totp.to_base32()), expected);
    }

    // What is made in the overlap needs the old secret no more, and comes from the new one.
    let next = RefreshToken::parse(&overlap, &refresh.to_text()).unwrap().successor(&overlap);
    assert!(RefreshToken::parse(&new, &next.to_text()).is_ok());
    assert!(RefreshToken::parse(&old, &next.to_text()).is_err());
    assert!(ServerKey::derive(NEW).unwrap().accepting([&b"short"[..]]).is_err());
}
