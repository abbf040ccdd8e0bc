//! Who signed a text: EIP-191, version `0x45`, over secp256k1. One signature has one form only.

use k256::ecdsa::{RecoveryId, Signature, VerifyingKey};
use sha3::{Digest as _, Keccak256};

use super::account::Account;
use crate::error::{Error, Result};

/// `0x` and 130 digits: r, s, and v as 27 or 28 (or 0 or 1, as some hardware writes it).
/// A signature with a high s is the mirror image of another one and is refused (EIP-2).
pub(super) fn signer(text: &str, signature: &str) -> Result<Account> {
    let bytes = decode(signature).ok_or(Error::Malformed)?;
    let (scalars, v) = bytes.split_first_chunk::<64>().ok_or(Error::Malformed)?;
    let recovery = match v {
        [0 | 27] => 0,
        [1 | 28] => 1,
        _ => return Err(Error::Malformed),
    };
    let recovery = RecoveryId::from_byte(recovery).ok_or(Error::Malformed)?;
    let signature = Signature::from_slice(scalars).map_err(|_| Error::Malformed)?;
    if signature.normalize_s().is_some() {
        return Err(Error::BadSignature);
    }
    let hash = Keccak256::new()
        .chain_update("\x19Ethereum Signed Message:\n")
        .chain_update(text.len().to_string())
        .chain_update(text);
    let key =
        VerifyingKey::recover_from_digest(hash, &signature, recovery).map_err(|_| Error::BadSignature)?;
    Account::of_public_key(key.to_encoded_point(false).as_bytes()).ok_or(Error::BadSignature)
}

fn decode(text: &str) -> Option<[u8; 65]> {
    let digits = text.strip_prefix("0x")?.as_bytes();
    if digits.len() != 130 {
        return None;
    }
    let mut bytes = [0; 65];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks(2)) {
        for digit in pair {
            let value = char::from(*digit).to_digit(16)?;
            *byte = *byte << 4 | u8::try_from(value).ok()?;
        }
    }
    Some(bytes)
}
