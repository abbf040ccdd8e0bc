//! Values that the engine makes for new rows: `uuid()`, `cuid()`, `nanoid()`, `ulid()`, `auto()`.

use uuid::Uuid;

use crate::error::Error;
use crate::schema::DefaultFunction;
use crate::value::{DateTime, Value};

const BASE36: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
/// nanoid's URL-safe alphabet.
const BASE64URL: &[u8; 64] = b"useandom-26T198340PX75pxJACKVERYMINDBUSHWOLF_GQZbfghjklqvwyzrict";
/// Crockford's, as in the ULID specification.
const BASE32: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The value of a default function; `None` where only the database can make it.
pub(crate) fn generate(function: &DefaultFunction, now: DateTime) -> Result<Option<Value>, Error> {
    let (text, format) = match function {
        DefaultFunction::Now => return Ok(Some(Value::DateTime(now))),
        DefaultFunction::Autoincrement | DefaultFunction::Dbgenerated(_) | DefaultFunction::Sequence => {
            return Ok(None);
        }
        DefaultFunction::Uuid { version: 4, format } => (Uuid::new_v4().to_string(), format.as_ref()),
        DefaultFunction::Uuid { format, .. } => (Uuid::now_v7().to_string(), format.as_ref()),
        DefaultFunction::Cuid { version: 2, format } => (cuid2()?, format.as_ref()),
        DefaultFunction::Cuid { format, .. } => (cuid(now)?, format.as_ref()),
        DefaultFunction::Nanoid { length, format } => {
            (random_text(BASE64URL, usize::from(*length))?, format.as_ref())
        }
        DefaultFunction::Ulid { format } => (ulid(now)?, format.as_ref()),
        DefaultFunction::Auto => (object_id(now)?, None),
    };
    let text = format.map_or(text.clone(), |format| format.replacen("%s", &text, 1));
    Ok(Some(Value::String(text)))
}

/// Uniform, for alphabets whose length divides 256; for others, bytes beyond a multiple are drawn again.
fn random_text(alphabet: &[u8], length: usize) -> Result<String, Error> {
    let limit = 256 - 256 % alphabet.len();
    let mut text = String::with_capacity(length);
    let mut bytes = [0_u8; 64];
    while text.len() < length {
        getrandom::fill(&mut bytes).map_err(|error| Error::internal(error.to_string()))?;
        for byte in bytes.iter().map(|byte| usize::from(*byte)).filter(|byte| *byte < limit) {
            if let (true, Some(character)) = (text.len() < length, alphabet.get(byte % alphabet.len())) {
                text.push(char::from(*character));
            }
        }
    }
    Ok(text)
}

/// cuid's first form: `c`, the time, then randomness, 25 characters; ids of one process ascend by millisecond.
fn cuid(now: DateTime) -> Result<String, Error> {
    Ok(format!("c{}{}", in_base(BASE36, millis(now), 8), random_text(BASE36, 16)?))
}

/// cuid2's form: 24 characters of base 36 that begin with a letter.
fn cuid2() -> Result<String, Error> {
    Ok(format!("{}{}", random_text(&BASE36[10..], 1)?, random_text(BASE36, 23)?))
}

/// 48 bits of milliseconds and 80 random ones in Crockford's base 32.
fn ulid(now: DateTime) -> Result<String, Error> {
    Ok(format!("{}{}", in_base(BASE32, millis(now), 10), random_text(BASE32, 16)?))
}

/// `MongoDB`'s form: seconds and randomness, 24 hexadecimal digits.
fn object_id(now: DateTime) -> Result<String, Error> {
    let hex = b"0123456789abcdef";
    Ok(format!("{}{}", in_base(hex, millis(now) / 1000, 8), random_text(hex, 16)?))
}

fn millis(now: DateTime) -> u64 {
    u64::try_from(now.as_millis()).unwrap_or(0)
}

/// The last `digits` digits of a number.
fn in_base(alphabet: &[u8], mut number: u64, digits: usize) -> String {
    let base = alphabet.len() as u64;
    let mut text = vec![b'0'; digits];
    for place in text.iter_mut().rev() {
        let digit = usize::try_from(number % base).unwrap_or(0);
        *place = alphabet.get(digit).copied().unwrap_or(b'0');
        number /= base;
    }
    text.into_iter().map(char::from).collect()
}
