//! Wallet messages: what ethers signed, and what attackers would like to be taken for it.

use std::time::Duration;

use purlin_auth::siwe::{Account, Expected, Message};
use purlin_auth::{Error, Result};
use purlin_core::DateTime;
use serde::Deserialize;

#[derive(Deserialize)]
struct Case {
    name: String,
    message: String,
    signature: String,
    outcome: String,
}

const FIRST_TEST_ACCOUNT: &str = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";

fn verify(case: &Case) -> Result<Account> {
    let expected = Expected {
        origins: &["https://shop.example".to_owned(), "http://localhost:3000".to_owned()],
        chain_ids: &[1, 137],
        nonce: "k3J9vQ2xLm8T",
        longest_age: Duration::from_mins(5),
        now: DateTime::parse("2026-01-15T10:00:00Z").unwrap(),
    };
    Message::parse(&case.message)?.verify(&case.signature, &expected)
}

#[test]
fn signed_messages() {
    for case in super::cases::<Case>(include_str!("../cases/siwe.json")) {
        let outcome = match verify(&case) {
            Ok(account) => {
                assert_eq!(account.to_string(), FIRST_TEST_ACCOUNT, "{}", case.name);
                "ok".to_owned()
            }
            Err(error) => format!("{error:?}"),
        };
        assert_eq!(outcome, case.outcome, "{}", case.name);
    }
}

/// Every character of a good message matters to its signature, and no altered one is read as another's.
#[test]
fn no_character_can_change() {
    let case = super::cases::<Case>(include_str!("../cases/siwe.json")).swap_remove(0);
    for at in 0..case.message.len() {
        for replacement in ["", "0", "a", "\n", " ", "\u{e9}"] {
            let mut message = case.message.clone();
            message.replace_range(at..=at, replacement);
            if message != case.message {
                let altered = Case {
                    message,
                    ..Case {
                        signature: case.signature.clone(),
                        name: String::new(),
                        outcome: String::new(),
                        message: String::new(),
                    }
                };
                assert!(verify(&altered).is_err(), "{at} {replacement:?}: {}", altered.message);
            }
        }
    }
}

/// The messages of EIP-4361, which are not signed.
#[test]
fn examples_of_the_specification() {
    let body = "0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2\n\n\
        I accept the ExampleOrg Terms of Service: https://example.com/tos\n\n\
        URI: https://example.com/login\nVersion: 1\nChain ID: 1\nNonce: 32891756\n\
        Issued At: 2021-09-30T16:25:24Z\nResources:\n\
        - ipfs://bafybeiemxf5abjwjbikoz4mc3a3dla6ual3jsgpdr4cjr3oz3evfyavhwq/\n\
        - https://example.com/my-web2-claim.json";
    for (origin, domain) in [
        ("example.com", "example.com"),
        ("example.com:3388", "example.com:3388"),
        ("https://example.com", "example.com"),
        ("https://[2001:db8::1]:443", "[2001:db8::1]:443"),
    ] {
        let text = format!("{origin} wants you to sign in with your Ethereum account:\n{body}");
        let message = Message::parse(&text).unwrap();
        assert_eq!(message.domain, domain);
        assert_eq!(message.nonce, "32891756");
        assert_eq!(message.uri, "https://example.com/login");
        assert_eq!(
            message.statement,
            Some("I accept the ExampleOrg Terms of Service: https://example.com/tos")
        );
        assert_eq!(message.resources.len(), 2);
        assert_eq!((message.chain_id, message.request_id, message.expires_at), (1, None, None));
    }
}

/// The test cases of EIP-55.
#[test]
fn checksums_of_addresses() {
    for good in [
        "0x52908400098527886E0F7030069857D2E4169EE7",
        "0x8617E340B3D01FA5F11F306F4090FD50E238070D",
        "0xde709f2102306220921060314715629080e2fb77",
        "0x27b1fdb04752bbc536007a920d24acb045561c26",
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
        "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
    ] {
        assert_eq!(Account::parse(good).map(|account| account.to_string()).as_deref(), Ok(good));
        for at in 2..good.len() {
            let mut bad = good.to_owned();
            let letter = good.get(at..=at).unwrap();
            if letter.bytes().all(|byte| byte.is_ascii_digit()) {
                continue;
            }
            let is_small = letter.to_lowercase() == letter;
            bad.replace_range(at..=at, &if is_small { letter.to_uppercase() } else { letter.to_lowercase() });
            assert_eq!(Account::parse(&bad), Err(Error::BadSignature), "{bad}");
        }
    }
    for bad in [
        "",
        "0x",
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe",
        "0X5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "0xé9Aeb6053F3E94C9b9A09f33669435E7Ef1BeA",
    ] {
        assert_eq!(Account::parse(bad), Err(Error::Malformed), "{bad}");
    }
}
