//! Properties of whatever comes in: nothing panics, and what is read is read the same again.

use proptest::prelude::*;
use purlin_auth::address::EmailAddress;
use purlin_auth::api_key::ApiKey;
use purlin_auth::password::{Owner, PasswordRules};
use purlin_auth::recovery::RecoveryCode;
use purlin_auth::refresh::RefreshToken;
use purlin_auth::siwe::{Account, Message};
use purlin_auth::token::{AccessSettings, AccessTokens, Key, KeyRing};
use purlin_auth::totp::TotpSecret;

use super::{at, key};

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_panics(text in any::<String>(), other in any::<String>(), seconds in -62_167_219_200_i64..253_402_207_200) {
        let ring = KeyRing::new(Key::hs256(&[7; 32]).unwrap(), vec![]).unwrap();
        let tokens = AccessTokens::new(ring, AccessSettings { accept_unnamed: true, ..AccessSettings::default() });
        for token in [text.clone(), format!("{text}.{other}.{text}")] {
            prop_assert!(tokens.verify(&token, at(seconds)).is_err());
        }
        let (refresh, api) = (format!("prt_{text}"), format!("plk_{text}_{other}"));
        prop_assert!(RefreshToken::parse(&key(), &refresh).is_err());
        prop_assert!(ApiKey::parse(&api).is_err());
        prop_assert!(Message::parse(&text).is_err());
        let account = format!("0x{text}");
        prop_assert!(Account::parse(&account).is_err());
        prop_assert!(TotpSecret::open(&key(), &other, &text).is_err());
        let _ = RecoveryCode::parse(&text);
        let _ = TotpSecret::from_bytes([7; 20]).verify(&text, at(seconds), None);
        let _ = TotpSecret::from_bytes([7; 20]).to_uri(&text, &other);
        let _ = PasswordRules::default().problems(&text, &Owner { address: &other, name: &text });
    }

    /// A message with some lines replaced, doubled or dropped: whatever is read accounts for every line.
    #[test]
    fn messages_are_whole(field in "[ -~\\n]{0,40}", at in 0_usize..10) {
        let good = "shop.example wants you to sign in with your Ethereum account:\n\
            0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266\n\nHello.\n\nURI: https://shop.example/\nVersion: 1\n\
            Chain ID: 1\nNonce: k3J9vQ2xLm8T\nIssued At: 2026-01-15T09:59:30Z";
        let mut lines: Vec<&str> = good.split('\n').collect();
        lines[at] = &field;
        let text = lines.join("\n");
        if let Ok(read) = Message::parse(&text) {
            let statement = read.statement.map(|text| format!("{text}\n")).unwrap_or_default();
            let before = text.split(" wants").next().unwrap_or_default();
            let start = format!(
                "{before} wants you to sign in with your Ethereum account:\n{}\n\n{statement}\nURI: {}\nVersion: 1\n\
                 Chain ID: {}\nNonce: {}\nIssued At: ",
                read.account, read.uri, read.chain_id, read.nonce
            );
            prop_assert!(text.starts_with(&start), "{:?}", text);
            prop_assert!(before.ends_with(read.domain));
        }
    }

    #[test]
    fn addresses_lead_to_themselves(local in "[\\PC]{1,12}", domain in "[a-zA-Z\u{e9}\u{4e8}-\u{540}]{1,8}") {
        if let Ok(address) = EmailAddress::parse(&format!("{local}@{domain}.example")) {
            for text in [address.key(), address.delivery()] {
                let again = EmailAddress::parse(text);
                prop_assert_eq!(again.as_ref().map(EmailAddress::key), Ok(address.key()));
            }
            prop_assert!(address.domain().is_ascii());
            // Plain letters come from plain letters alone: nobody arrives at another's address.
            let plain = |text: &str| text.chars().filter(char::is_ascii).collect::<String>().to_lowercase();
            let typed = local.trim_start_matches(' ');
            prop_assert!(!address.local().is_ascii() || plain(typed) == address.local());
        }
    }
}
