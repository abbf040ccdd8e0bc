//! Recovery codes for who lost the second factor: ten, each good once, 120 random bits.
//! ASVS 5.0, 6.5.2 asks for a slow hash below 112 bits; above, a plain one is enough, and a
//! guess costs the server nothing.

use std::fmt;

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::random;
use crate::secret::hex;

/// How many a person gets at once.
pub const RECOVERY_CODES: usize = 10;
const CHARACTERS: usize = 24;
const GROUP: usize = 6;
/// Crockford's base 32: no letter looks like a digit.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// A code with everything that a person may put between its characters.
const LONGEST_TYPED: usize = 3 * CHARACTERS;

/// Shown once, as four groups of six. Its `Debug` shows nothing.
pub struct RecoveryCode(Zeroizing<String>);

impl RecoveryCode {
    pub fn generate_all() -> Result<Vec<Self>, purlin_core::Error> {
        (0..RECOVERY_CODES).map(|_| Ok(Self(Zeroizing::new(random::text(ALPHABET, CHARACTERS)?)))).collect()
    }

    /// What a person typed: case, spaces and hyphens do not matter, `O` is zero, `I` and `L` are one.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > LONGEST_TYPED {
            return None;
        }
        let mut code = Zeroizing::new(String::with_capacity(CHARACTERS));
        for character in text.chars().filter(|character| !matches!(character, ' ' | '-')) {
            let meant = match character.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            code.push(u8::try_from(meant).ok().filter(|byte| ALPHABET.contains(byte)).map(char::from)?);
        }
        (code.len() == CHARACTERS).then_some(Self(code))
    }

    /// For the person's eyes: `ABCDEF-ABCDEF-ABCDEF-ABCDEF`.
    pub fn to_text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(CHARACTERS + CHARACTERS / GROUP));
        for (index, character) in self.0.chars().enumerate() {
            if index > 0 && index % GROUP == 0 {
                text.push('-');
            }
            text.push(character);
        }
        text
    }

    /// What the database keeps, and by which a code is found among its account's. It is bound to no key: a
    /// sheet of paper is good for years, whatever becomes of the server's secret meanwhile.
    pub fn hash(&self, account: &str) -> String {
        let mut digest = Sha256::new();
        digest.update(b"purlin-auth recovery 1\0");
        // A code has a fixed length, so no two pairs run together.
        digest.update(self.0.as_bytes());
        digest.update(account.as_bytes());
        hex(&digest.finalize())
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("RecoveryCode")
    }
}
