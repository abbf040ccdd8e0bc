//! Stored hashes, ours and those of others.

use std::num::NonZeroUsize;

use purlin_auth::password::{Cost, Hasher, PoolSettings, Verdict};
use serde::Deserialize;

#[derive(Deserialize)]
struct Case {
    name: String,
    password: String,
    stored: String,
    outcome: String,
}

/// Cheap, as the file of cases says.
fn hasher() -> Hasher {
    let cost = Cost { memory_kib: 64, passes: 2, lanes: 1 };
    Hasher::start(&PoolSettings { cost, threads: NonZeroUsize::MIN, queue: 8 }).unwrap()
}

#[tokio::test]
async fn of_many_origins() {
    let hasher = hasher();
    for case in super::cases::<Case>(include_str!("../cases/password-hashes.json")) {
        let found = match hasher.verify(&case.password, Some(&case.stored)).await.unwrap() {
            Verdict::Match { needs_rehash: false } => "match",
            Verdict::Match { needs_rehash: true } => "match, rehash",
            Verdict::Mismatch => "mismatch",
        };
        assert_eq!(found, case.outcome, "{}", case.name);
    }
}

#[tokio::test]
async fn made_here() {
    let hasher = hasher();
    let longest = "é".repeat(1024);
    for password in ["kd72nv0q", "", "café au lait", "\0\0\0", longest.as_str()] {
        let (one, other) = (hasher.hash(password).await.unwrap(), hasher.hash(password).await.unwrap());
        assert_ne!(one, other, "salts differ");
        assert!(one.as_str().starts_with("$argon2id$v=19$m=64,t=2,p=1$"), "{}", one.as_str());
        assert_eq!(format!("{one:?}"), "PhcString");
        let verdict = hasher.verify(password, Some(one.as_str())).await.unwrap();
        assert_eq!(verdict, Verdict::Match { needs_rehash: false });
        let verdict = hasher.verify(&format!("{password}x"), Some(one.as_str())).await.unwrap();
        assert_eq!(verdict, Verdict::Mismatch);
        assert_eq!(hasher.verify(password, None).await.unwrap(), Verdict::Mismatch);
    }
    // A megabyte is neither hashed nor compared, and never an error that tells accounts apart.
    let endless = "x".repeat(1 << 20);
    assert_eq!(hasher.hash(&endless).await.unwrap_err().code(), "VALIDATION_ERROR");
    let stored = hasher.hash("").await.unwrap();
    for stored in [None, Some(stored.as_str()), Some("")] {
        assert_eq!(hasher.verify(&endless, stored).await.unwrap(), Verdict::Mismatch);
    }
}

#[tokio::test]
async fn costs_out_of_bounds() {
    for cost in [
        Cost { memory_kib: 0, ..Cost::default() },
        Cost { passes: 0, ..Cost::default() },
        Cost { lanes: 0, ..Cost::default() },
        Cost { memory_kib: 1 << 30, ..Cost::default() },
    ] {
        let hasher = Hasher::start(&PoolSettings { cost, threads: NonZeroUsize::MIN, queue: 1 });
        assert!(hasher.is_err(), "{cost:?}");
    }
}
