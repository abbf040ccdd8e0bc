//! Codes that the front end exchanges for tokens. The browser carries them through its address bar, so they
//! live a minute, are kept as hashes, and are bound to the front end's own challenge where it gave one.

use std::sync::Arc;
use std::time::Duration;

use purlin_core::schema::Schema;
use purlin_core::store::Store;
use purlin_core::system::{Set, Table, When};
use purlin_core::{DateTime, Error, Value};
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

use super::pending::challenge_of;
use crate::code::Code;
use crate::secret::{ServerKey, hex};
use crate::sessions::after;

const LIFETIME: Duration = Duration::from_mins(1);
/// With a second factor one may mistype.
const MOST_TRIES: i64 = 5;
const PURPOSE: &str = "oauth";
const HASH_PURPOSE: &str = "oauth code";
/// RFC 7636, 4.1.
const VERIFIER_LENGTHS: std::ops::RangeInclusive<usize> = 43..=128;

#[derive(Debug)]
pub(crate) struct ExchangeCodes {
    table: Table,
    key: Arc<ServerKey>,
}

/// A code that is right, and still there.
#[derive(Debug)]
pub(crate) struct OpenCode {
    id: String,
    pub(crate) user: String,
}

impl ExchangeCodes {
    pub(crate) fn new(
        schema: &Arc<Schema>,
        store: &Arc<dyn Store>,
        key: Arc<ServerKey>,
    ) -> Result<Self, Error> {
        Ok(Self { table: Table::builtin(schema, store, "Code", "codes belong to sign-in")?, key })
    }

    pub(crate) async fn make(
        &self,
        user: &str,
        challenge: Option<&str>,
        now: DateTime,
    ) -> Result<String, Error> {
        let id = Uuid::now_v7().to_string();
        let code = Code::link()?;
        let hash = self.key.mac(HASH_PURPOSE, &parts(user, challenge, code.as_str()));
        self.table
            .insert([
                ("id", Value::from(id.as_str())),
                ("purpose", Value::from(PURPOSE)),
                ("subject", Value::from(user)),
                // The browser carries it; there is no mail.
                ("address", Value::from("")),
                ("hash", Value::from(hex(&hash))),
                ("expiresAt", Value::DateTime(after(now, LIFETIME))),
            ])
            .await?;
        Ok(format!("{id}.{}", code.as_str()))
    }

    /// `None` for every reason alike. Every try counts, so that a second factor cannot be guessed behind it.
    pub(crate) async fn open(
        &self,
        text: &str,
        verifier: Option<&str>,
        now: DateTime,
    ) -> Result<Option<OpenCode>, Error> {
        let Some((id, secret)) = text.split_once('.') else { return Ok(None) };
        let is_verifier =
            |text: &str| VERIFIER_LENGTHS.contains(&text.len()) && text.bytes().all(is_unreserved);
        if verifier.is_some_and(|verifier| !is_verifier(verifier)) {
            return Ok(None);
        }
        let good = When::equal("id", id)
            .and(When::equal("purpose", PURPOSE))
            .and(When::more("expiresAt", Value::DateTime(now)));
        let Some(row) = self.table.find(&good).await? else { return Ok(None) };
        let may_try = good.and(When::less("attempts", MOST_TRIES));
        if self.table.update(&may_try, [("attempts", Set::Add(1))]).await? == 0 {
            return Ok(None);
        }
        let (user, stored): (String, String) = (row.get("subject")?, row.get("hash")?);
        // Without a challenge it was made for who has no verifier, with one for who has the right one.
        let challenge = verifier.map(challenge_of);
        let parts = parts(&user, challenge.as_deref(), secret);
        let is_same = |mac: [u8; 32]| bool::from(hex(&mac).as_bytes().ct_eq(stored.as_bytes()));
        let is_right = self.key.macs(HASH_PURPOSE, &parts).any(is_same);
        Ok(is_right.then(|| OpenCode { id: id.to_owned(), user }))
    }

    /// Of two who come at once, one finds it gone.
    pub(crate) async fn use_up(&self, code: &OpenCode) -> Result<bool, Error> {
        Ok(self.table.delete(&When::equal("id", code.id.as_str())).await? == 1)
    }
}

fn parts<'a>(user: &'a str, challenge: Option<&'a str>, secret: &'a str) -> [&'a [u8]; 3] {
    [user.as_bytes(), challenge.unwrap_or_default().as_bytes(), secret.as_bytes()]
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
}
