//! bcrypt hashes made elsewhere: `$2a$`, `$2b$` and `$2y$`, which differ in the faults of old
//! implementations only (`$2x$` marks such a fault and is not accepted).
//! bcrypt reads 72 bytes and no more; what follows in a longer password was never checked.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// Bytes of a password that count, its closing NUL among them.
const READ_BYTES: usize = 72;
/// A step more doubles the time: 14 is about a second.
const COSTS: std::ops::RangeInclusive<u32> = 4..=14;
const SALT_CHARACTERS: usize = 22;
const OUTPUT_CHARACTERS: usize = 31;
/// 22 characters carry 4 bits more than a salt has, 31 carry 2 more than a hash: some programs fill them.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::BCRYPT,
    GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone)
        .with_decode_allow_trailing_bits(true),
);

pub(super) struct Stored {
    cost: u32,
    salt: [u8; 16],
    output: [u8; 23],
}

impl Stored {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let rest = ["$2a$", "$2b$", "$2y$"].iter().find_map(|prefix| text.strip_prefix(prefix))?;
        let (cost, rest) = rest.split_once('$')?;
        let is_cost = cost.len() == 2 && cost.bytes().all(|byte| byte.is_ascii_digit());
        let cost = if is_cost { cost.parse().ok()? } else { return None };
        let (salt, output) = rest.split_at_checked(SALT_CHARACTERS)?;
        let is_sound = COSTS.contains(&cost) && output.len() == OUTPUT_CHARACTERS;
        let salt = BASE64.decode(salt).ok()?.try_into().ok()?;
        let output = BASE64.decode(output).ok()?.try_into().ok()?;
        is_sound.then_some(Self { cost, salt, output })
    }

    /// A password with a NUL is none: C programs would have read up to it.
    pub(super) fn is_of(&self, password: &[u8]) -> bool {
        let mut read = Zeroizing::new(Vec::with_capacity(READ_BYTES));
        read.extend(password.iter().copied().chain([0]).take(READ_BYTES));
        let found = bcrypt::bcrypt(self.cost, self.salt, &read);
        let is_equal = bool::from(found.iter().as_slice().get(..23).unwrap_or_default().ct_eq(&self.output));
        is_equal && !password.contains(&0)
    }

    /// Whether every byte of a password counts. The rest of a longer one may be a typing error:
    /// making a new hash of it would lock its owner out.
    pub(super) fn is_wholly_read(password: &[u8]) -> bool {
        password.len() <= READ_BYTES
    }
}
