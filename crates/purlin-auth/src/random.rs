//! Randomness of the operating system, in the forms that credentials need.

use purlin_core::Error;
use zeroize::Zeroizing;

pub(crate) fn bytes<const N: usize>() -> Result<Zeroizing<[u8; N]>, Error> {
    let mut bytes = Zeroizing::new([0; N]);
    getrandom::fill(&mut *bytes).map_err(|error| Error::internal(error.to_string()))?;
    Ok(bytes)
}

/// Uniform over the alphabet: bytes beyond a multiple of its length are drawn again.
pub(crate) fn text(alphabet: &[u8], length: usize) -> Result<String, Error> {
    let limit = 256 - 256 % alphabet.len();
    let mut text = String::with_capacity(length);
    while text.len() < length {
        let drawn = bytes::<32>()?;
        for byte in drawn.iter().map(|byte| usize::from(*byte)).filter(|byte| *byte < limit) {
            if let (true, Some(character)) = (text.len() < length, alphabet.get(byte % alphabet.len())) {
                text.push(char::from(*character));
            }
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_comes_as_often() {
        for alphabet in [&b"0123456789"[..], b"ab", b"0123456789abcdefghijklmnopqrstuvwxyz+"] {
            let drawn = text(alphabet, 20_000).unwrap();
            assert_eq!(drawn.len(), 20_000);
            let expected = 20_000 / alphabet.len();
            for character in alphabet {
                let found = drawn.bytes().filter(|byte| byte == character).count();
                // Seven deviations and more: a sound generator fails once in a million years.
                assert!(found > expected * 6 / 10 && found < expected * 14 / 10, "{character}: {found}");
            }
        }
    }
}
