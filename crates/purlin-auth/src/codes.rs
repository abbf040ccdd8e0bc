//! Codes and links that were sent by mail: each good once, for a while, for one purpose and one subject.

use std::sync::Arc;
use std::time::Duration;

use purlin_core::schema::{Schema, SortOrder};
use purlin_core::store::Store;
use purlin_core::system::{Set, Table, When};
use purlin_core::{DateTime, Error, Value};
use uuid::Uuid;

use crate::address::EmailAddress;
use crate::code::{self, Bound, Code};
use crate::secret::ServerKey;
use crate::sessions::after;

/// Six digits may be guessed so often; a million are possible.
const MOST_GUESSES: i64 = 5;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    VerifyEmail,
    ResetPassword,
    SignIn,
}

impl Purpose {
    pub(crate) const ALL: [Self; 3] = [Self::VerifyEmail, Self::ResetPassword, Self::SignIn];

    fn as_str(self) -> &'static str {
        match self {
            Self::VerifyEmail => "verify-email",
            Self::ResetPassword => "reset-password",
            Self::SignIn => "sign-in",
        }
    }

    /// ASVS 5.0, 6.5.5 and 6.6: what is typed lives at most ten minutes.
    pub(crate) fn lifetime(self) -> Duration {
        match self {
            Self::VerifyEmail => Duration::from_hours(24),
            Self::ResetPassword => Duration::from_hours(1),
            Self::SignIn => Duration::from_mins(10),
        }
    }

    pub(crate) fn minutes(self) -> u64 {
        self.lifetime().as_secs() / 60
    }
}

/// Whose link it was, and where it was sent: an address that may not be theirs any more.
#[derive(Debug)]
pub(crate) struct Opened {
    pub subject: String,
    pub address: String,
}

#[derive(Debug)]
pub(crate) struct Codes {
    table: Table,
    key: Arc<ServerKey>,
}

impl Codes {
    pub(crate) fn new(
        schema: &Arc<Schema>,
        store: &Arc<dyn Store>,
        key: Arc<ServerKey>,
    ) -> Result<Self, Error> {
        Ok(Self { table: Table::builtin(schema, store, "Code", "codes belong to sign-in")?, key })
    }

    /// The text of a link's token: which row, and the secret.
    pub(crate) async fn link(
        &self,
        purpose: Purpose,
        subject: &str,
        address: &EmailAddress,
        now: DateTime,
    ) -> Result<String, Error> {
        let code = Code::link()?;
        let id = self.insert(purpose, subject, address, &code, now).await?;
        Ok(format!("{id}.{}", code.as_str()))
    }

    /// Six digits to type. The ones before are no longer good.
    pub(crate) async fn digits(
        &self,
        purpose: Purpose,
        subject: &str,
        address: &EmailAddress,
        now: DateTime,
    ) -> Result<Code, Error> {
        self.drop_all(purpose, subject).await?;
        let code = Code::digits()?;
        self.insert(purpose, subject, address, &code, now).await?;
        Ok(code)
    }

    async fn insert(
        &self,
        purpose: Purpose,
        subject: &str,
        address: &EmailAddress,
        code: &Code,
        now: DateTime,
    ) -> Result<Uuid, Error> {
        let id = Uuid::now_v7();
        let bound = Bound { purpose: purpose.as_str(), subject };
        self.table
            .insert([
                ("id", Value::from(id.to_string())),
                ("purpose", Value::from(purpose.as_str())),
                ("subject", Value::from(subject)),
                ("address", Value::from(address.key())),
                ("hash", Value::from(code.hash(&self.key, &bound))),
                ("expiresAt", Value::DateTime(after(now, purpose.lifetime()))),
            ])
            .await?;
        Ok(id)
    }

    /// What a link's token was made for; it is used up by this. `None` for every reason alike.
    pub(crate) async fn open_link(
        &self,
        purpose: Purpose,
        token: &str,
        now: DateTime,
    ) -> Result<Option<Opened>, Error> {
        let Some((id, secret)) = token.split_once('.') else { return Ok(None) };
        let good = When::equal("id", id)
            .and(When::equal("purpose", purpose.as_str()))
            .and(When::more("expiresAt", Value::DateTime(now)));
        let Some(row) = self.table.find(&good).await? else { return Ok(None) };
        let (subject, hash): (String, String) = (row.get("subject")?, row.get("hash")?);
        let address = row.get("address")?;
        let bound = Bound { purpose: purpose.as_str(), subject: &subject };
        if !code::matches_link(&self.key, &bound, &hash, secret) {
            return Ok(None);
        }
        // Of two who come at once, one finds it gone.
        let is_first = self.table.delete(&good).await? == 1;
        Ok(is_first.then_some(Opened { subject, address }))
    }

    /// Whether these are the digits that were sent; they are used up by this. A wrong guess is counted, and
    /// after a few nothing is right any more.
    pub(crate) async fn check_digits(
        &self,
        purpose: Purpose,
        subject: &str,
        address: &EmailAddress,
        given: &str,
        now: DateTime,
    ) -> Result<bool, Error> {
        let sent = When::equal("purpose", purpose.as_str())
            .and(When::equal("subject", subject))
            .and(When::equal("address", address.key()))
            .and(When::more("expiresAt", Value::DateTime(now)));
        let newest = [("createdAt", SortOrder::Descending)];
        let Some(row) = self.table.list(&sent, &newest, 1).await?.into_iter().next() else {
            return Ok(false);
        };
        let (id, hash): (String, String) = (row.get("id")?, row.get("hash")?);
        // Counted first, so that guesses made at once are not one.
        let may_guess = When::equal("id", id.as_str()).and(When::less("attempts", MOST_GUESSES));
        if self.table.update(&may_guess, [("attempts", Set::Add(1))]).await? == 0 {
            return Ok(false);
        }
        let bound = Bound { purpose: purpose.as_str(), subject };
        if !code::matches_digits(&self.key, &bound, &hash, given) {
            return Ok(false);
        }
        Ok(self.table.delete(&When::equal("id", id.as_str())).await? == 1)
    }

    pub(crate) async fn drop_all(&self, purpose: Purpose, subject: &str) -> Result<(), Error> {
        let all = When::equal("purpose", purpose.as_str()).and(When::equal("subject", subject));
        self.table.delete(&all).await.map(|_| ())
    }

    pub(crate) async fn prune(&self, now: DateTime) -> Result<u64, Error> {
        self.table.delete(&When::at_most("expiresAt", Value::DateTime(now))).await
    }
}
