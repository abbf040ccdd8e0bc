//! Argon2 (RFC 9106) in the PHC string form, with memory that is reused.

use std::fmt::Write as _;

use argon2::{Algorithm, Argon2, Block, Params, Version};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use subtle::ConstantTimeEq as _;

/// What one hash costs. The default is the least that OWASP asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// In KiB.
    pub memory_kib: u32,
    pub passes: u32,
    pub lanes: u32,
}

impl Default for Cost {
    fn default() -> Self {
        Self { memory_kib: 19_456, passes: 2, lanes: 1 }
    }
}

/// Hashes from elsewhere may cost so much and no more: one must not stop the pool or eat the memory.
const MOST: Cost = Cost { memory_kib: 65_536, passes: 16, lanes: 16 };
pub(super) const SALT_BYTES: usize = 16;
const OUTPUT_BYTES: usize = 32;

/// The working memory of one thread.
#[derive(Default)]
pub(super) struct Memory(Vec<Block>);

impl Memory {
    fn of(&mut self, blocks: usize) -> Option<&mut [Block]> {
        if self.0.len() < blocks {
            self.0.resize(blocks, Block::default());
        }
        self.0.get_mut(..blocks)
    }

    /// Gives back what a usual hash does not need.
    pub(super) fn shrink_to(&mut self, cost: &Cost) {
        let usual = params(cost, OUTPUT_BYTES).map_or(0, |params| params.block_count());
        if self.0.len() > usual {
            self.0 = Vec::new();
        }
    }
}

/// The parts of a stored hash.
pub(super) struct Stored {
    algorithm: Algorithm,
    version: Version,
    cost: Cost,
    salt: Vec<u8>,
    output: Vec<u8>,
}

impl Stored {
    /// That no password has, for accounts that do not exist: salt and output are both random.
    /// `None` for a cost that cannot be.
    pub(super) fn of_nobody(cost: &Cost, salt: &[u8], output: &[u8]) -> Option<Self> {
        params(cost, output.len())?;
        Some(Self {
            algorithm: Algorithm::Argon2id,
            version: Version::V0x13,
            cost: *cost,
            salt: salt.to_vec(),
            output: output.to_vec(),
        })
    }

    /// `$argon2id$v=19$m=19456,t=2,p=1$SALT$HASH`; without `v` it is the version before.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.strip_prefix('$')?.split('$').peekable();
        let algorithm = match parts.next()? {
            "argon2id" => Algorithm::Argon2id,
            "argon2i" => Algorithm::Argon2i,
            "argon2d" => Algorithm::Argon2d,
            _ => return None,
        };
        let version = match parts.next_if(|part| part.starts_with("v=")) {
            Some("v=19") => Version::V0x13,
            Some("v=16") | None => Version::V0x10,
            Some(_) => return None,
        };
        let cost = parse_cost(parts.next()?)?;
        let mut bytes = || BASE64_STANDARD_NO_PAD.decode(parts.next()?).ok();
        let (salt, output) = (bytes()?, bytes()?);
        let is_sound = parts.next().is_none()
            && (8..=64).contains(&salt.len())
            && (16..=64).contains(&output.len())
            && params(&cost, output.len()).is_some();
        is_sound.then_some(Self { algorithm, version, cost, salt, output })
    }

    pub(super) fn is_of(&self, password: &[u8], memory: &mut Memory) -> bool {
        let found = compute(
            self.algorithm,
            self.version,
            &self.cost,
            password,
            &self.salt,
            self.output.len(),
            memory,
        );
        found.is_some_and(|found| bool::from(found.ct_eq(&self.output)))
    }

    /// Whether a hash of today would be stronger.
    pub(super) fn is_weaker_than(&self, cost: &Cost) -> bool {
        !matches!((self.algorithm, self.version), (Algorithm::Argon2id, Version::V0x13))
            || self.cost.memory_kib < cost.memory_kib
            || self.cost.passes < cost.passes
            || self.output.len() < OUTPUT_BYTES
            || self.salt.len() < SALT_BYTES
    }

    /// Whether it takes as long as one of today.
    pub(super) fn is_usual(&self, cost: &Cost) -> bool {
        self.cost == *cost
    }
}

/// The PHC string of a password; `None` for a cost that Argon2 does not know.
pub(super) fn hash(password: &[u8], salt: &[u8], cost: &Cost, memory: &mut Memory) -> Option<String> {
    let output = compute(Algorithm::Argon2id, Version::V0x13, cost, password, salt, OUTPUT_BYTES, memory)?;
    let mut text = String::with_capacity(128);
    write!(text, "$argon2id$v=19$m={},t={},p={}$", cost.memory_kib, cost.passes, cost.lanes).ok()?;
    BASE64_STANDARD_NO_PAD.encode_string(salt, &mut text);
    text.push('$');
    BASE64_STANDARD_NO_PAD.encode_string(output, &mut text);
    Some(text)
}

fn compute(
    algorithm: Algorithm,
    version: Version,
    cost: &Cost,
    password: &[u8],
    salt: &[u8],
    length: usize,
    memory: &mut Memory,
) -> Option<Vec<u8>> {
    let params = params(cost, length)?;
    let blocks = memory.of(params.block_count())?;
    let mut output = vec![0; length];
    Argon2::new(algorithm, version, params)
        .hash_password_into_with_memory(password, salt, &mut output, blocks)
        .ok()?;
    Some(output)
}

/// `None` beyond the bounds of Argon2 or of `MOST`.
fn params(cost: &Cost, length: usize) -> Option<Params> {
    let is_bounded =
        cost.memory_kib <= MOST.memory_kib && cost.passes <= MOST.passes && cost.lanes <= MOST.lanes;
    is_bounded.then(|| Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(length)).ok())?
}

/// `m=19456,t=2,p=1`, in this order, each once.
fn parse_cost(text: &str) -> Option<Cost> {
    let mut parts = text.split(',');
    let mut number = |name: &str| {
        let digits = parts.next()?.strip_prefix(name)?;
        if digits.bytes().all(|byte| byte.is_ascii_digit()) { digits.parse().ok() } else { None }
    };
    let cost = Cost { memory_kib: number("m=")?, passes: number("t=")?, lanes: number("p=")? };
    parts.next().is_none().then_some(cost)
}
