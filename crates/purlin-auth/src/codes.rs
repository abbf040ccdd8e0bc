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
use crate::random;
use crate::secret::ServerKey;
use crate::sessions::after;

/// Six digits may be guessed so often; a million are possible.
const MOST_GUESSES: i64 = 5;
const NONCE_LENGTH: usize = 24;
const ALPHANUMERIC: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/// Nonces are nobody's yet.
const WALLET: Bound<'static> = Bound { purpose: "wallet", subject: "" };

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    VerifyEmail,
    ResetPassword,
    SignIn,
    Invitation,
    /// A nonce in the message that a wallet signs.
    Wallet,
}

impl Purpose {
    #[cfg(test)]
    const ALL: [Self; 5] =
        [Self::Invitation, Self::VerifyEmail, Self::ResetPassword, Self::SignIn, Self::Wallet];

    fn as_str(self) -> &'static str {
        match self {
            Self::VerifyEmail => "verify-email",
            Self::ResetPassword => "reset-password",
            Self::SignIn => "sign-in",
            Self::Invitation => "invitation",
            Self::Wallet => "wallet",
        }
    }

    /// ASVS 5.0, 6.5.5 and 6.6: what is typed lives at most ten minutes.
    pub(crate) fn lifetime(self) -> Duration {
        match self {
            Self::VerifyEmail => Duration::from_hours(24),
            Self::ResetPassword => Duration::from_hours(1),
            Self::Invitation => Duration::from_hours(168),
            Self::SignIn | Self::Wallet => Duration::from_mins(10),
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

/// They are good until they are used up.
#[derive(Debug)]
#[must_use]
pub(crate) struct RightDigits {
    id: String,
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

    /// The text of a link's token: which row, and the secret. The ones before are no longer good.
    pub(crate) async fn link(
        &self,
        purpose: Purpose,
        subject: &str,
        address: &EmailAddress,
        now: DateTime,
    ) -> Result<String, Error> {
        self.drop_all(purpose, subject).await?;
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

    /// For whoever comes with it: letters and digits only, as EIP-4361 asks.
    pub(crate) async fn nonce(&self, now: DateTime) -> Result<String, Error> {
        let nonce = random::text(ALPHANUMERIC, NONCE_LENGTH)?;
        let hash = code::hash(&self.key, &WALLET, &nonce);
        self.table
            .insert([
                ("id", Value::from(Uuid::now_v7().to_string())),
                ("purpose", Value::from(WALLET.purpose)),
                ("subject", Value::from(hash.as_str())),
                ("hash", Value::from(hash.as_str())),
                ("expiresAt", Value::DateTime(after(now, Purpose::Wallet.lifetime()))),
            ])
            .await?;
        Ok(nonce)
    }

    /// Whether it was issued, lately, and not used yet.
    pub(crate) async fn has_nonce(&self, nonce: &str, now: DateTime) -> Result<bool, Error> {
        Ok(self.table.find(&self.good_nonce(nonce, now)).await?.is_some())
    }

    /// The same, and it is used up by this: of two who use it at once, one is right.
    pub(crate) async fn use_nonce(&self, nonce: &str, now: DateTime) -> Result<bool, Error> {
        Ok(self.table.delete(&self.good_nonce(nonce, now)).await? == 1)
    }

    fn good_nonce(&self, nonce: &str, now: DateTime) -> When {
        // As the subject, by which rows are found without reading all of them.
        let hashes = code::hashes(&self.key, &WALLET, nonce).into_iter().map(Value::from);
        When::equal("purpose", WALLET.purpose)
            .and(When::one_of("subject", hashes))
            .and(When::more("expiresAt", Value::DateTime(now)))
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

    /// Whether these are the digits that were sent, which `use_up` makes good no more. Each try is counted, and
    /// after a few nothing is right any more.
    pub(crate) async fn check_digits(
        &self,
        purpose: Purpose,
        subject: &str,
        address: &EmailAddress,
        given: &str,
        now: DateTime,
    ) -> Result<Option<RightDigits>, Error> {
        let sent = When::equal("purpose", purpose.as_str())
            .and(When::equal("subject", subject))
            .and(When::equal("address", address.key()))
            .and(When::more("expiresAt", Value::DateTime(now)));
        let newest = [("createdAt", SortOrder::Descending)];
        let Some(row) = self.table.list(&sent, &newest, 1).await?.into_iter().next() else {
            return Ok(None);
        };
        let (id, hash): (String, String) = (row.get("id")?, row.get("hash")?);
        // Counted first, so that guesses made at once are not one.
        let may_guess = When::equal("id", id.as_str()).and(When::less("attempts", MOST_GUESSES));
        if self.table.update(&may_guess, [("attempts", Set::Add(1))]).await? == 0 {
            return Ok(None);
        }
        let bound = Bound { purpose: purpose.as_str(), subject };
        Ok(code::matches_digits(&self.key, &bound, &hash, given).then_some(RightDigits { id }))
    }

    /// Of two who come at once with the same digits, one is too late.
    pub(crate) async fn use_up(&self, digits: RightDigits) -> Result<bool, Error> {
        Ok(self.table.delete(&When::equal("id", digits.id)).await? == 1)
    }

    pub(crate) async fn drop_all(&self, purpose: Purpose, subject: &str) -> Result<(), Error> {
        let all = When::equal("purpose", purpose.as_str()).and(When::equal("subject", subject));
        self.table.delete(&all).await.map(|_| ())
    }

    pub(crate) async fn prune(&self, now: DateTime) -> Result<u64, Error> {
        self.table.delete(&When::at_most("expiresAt", Value::DateTime(now))).await
    }
}

#[cfg(test)]
mod tests {
    use purlin_migrate::{Answers, Direction, MigrationDialect, PhysicalSchema, diff, physical, render};
    use purlin_schema::{Builtin, SourceFile};
    use purlin_store_sqlite::{Config, SqliteStore, open_for_migration};
    use tokio::runtime::Runtime;

    use super::*;

    const LINKS: [Purpose; 2] = [Purpose::VerifyEmail, Purpose::ResetPassword];

    struct Kept {
        codes: Codes,
        runtime: Runtime,
        _folder: tempfile::TempDir,
    }

    impl Kept {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("app.db");
            let app =
                purlin_schema::compile(vec![SourceFile::new("app.zmodel", "model Note { id Int @id }")]);
            let builtin = Builtin::compile(vec![SourceFile::new("auth.zmodel", crate::SCHEMA)]).unwrap();
            let schema = Arc::new(app.schema.unwrap().with_builtin(&builtin));
            let target = physical(&schema, schema.datasources[0].id, MigrationDialect::Sqlite).unwrap();
            let steps =
                diff(MigrationDialect::Sqlite, &PhysicalSchema::default(), &target, &Answers::default())
                    .steps;
            let connection = open_for_migration(&path).unwrap();
            for step in render(MigrationDialect::Sqlite, &steps, &target, Direction::Up) {
                step.statements.iter().for_each(|sql| connection.execute_batch(sql).unwrap());
            }
            drop(connection);
            let store: Arc<dyn Store> =
                Arc::new(SqliteStore::open(Config::new(&path), Arc::clone(&schema)).unwrap());
            let key = Arc::new(ServerKey::derive(&[7; 32]).unwrap());
            let codes = Codes::new(&schema, &store, key).unwrap();
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
            Self { codes, runtime, _folder: folder }
        }

        fn link(&self, purpose: Purpose, now: DateTime) -> String {
            self.runtime.block_on(self.codes.link(purpose, "1", &ada(), now)).unwrap()
        }

        fn open(&self, purpose: Purpose, token: &str, now: DateTime) -> bool {
            let opened = self.runtime.block_on(self.codes.open_link(purpose, token, now)).unwrap();
            opened.is_some_and(|opened| {
                (opened.subject, opened.address) == ("1".to_owned(), ada().key().to_owned())
            })
        }

        fn digits(&self, now: DateTime) -> Code {
            self.runtime.block_on(self.codes.digits(Purpose::SignIn, "1", &ada(), now)).unwrap()
        }

        fn check(&self, user: &str, address: &EmailAddress, given: &str, now: DateTime) -> bool {
            self.runtime.block_on(async {
                let right =
                    self.codes.check_digits(Purpose::SignIn, user, address, given, now).await.unwrap();
                match right {
                    Some(right) => self.codes.use_up(right).await.unwrap(),
                    None => false,
                }
            })
        }
    }

    fn ada() -> EmailAddress {
        EmailAddress::parse("ada@example.com").unwrap()
    }

    fn start() -> DateTime {
        DateTime::from_millis(1_800_000_000_000).unwrap()
    }

    #[test]
    fn links_expire_and_are_good_once_for_one_purpose() {
        let kept = Kept::new();
        for purpose in LINKS {
            let (now, end) = (start(), after(start(), purpose.lifetime()));
            let token = kept.link(purpose, now);
            assert!(!kept.open(purpose, &token, end), "too late");
            for other in Purpose::ALL {
                assert!(other == purpose || !kept.open(other, &token, now));
            }
            let (id, secret) = token.split_once('.').unwrap();
            let bent = format!("{id}.{}", secret.chars().rev().collect::<String>());
            for wrong in [id, secret, &bent, &format!("{token}A"), &token[..token.len() - 1], "", ".", "%.%"]
            {
                assert!(!kept.open(purpose, wrong, now), "{wrong}");
            }
            let last_moment = DateTime::from_millis(end.as_millis() - 1).unwrap();
            assert!(kept.open(purpose, &token, last_moment));
            assert!(!kept.open(purpose, &token, now), "used");
            let older = kept.link(purpose, now);
            let newer = kept.link(purpose, now);
            assert!(!kept.open(purpose, &older, now), "not the last");
            assert!(kept.open(purpose, &newer, now));
        }
    }

    #[test]
    fn of_two_who_open_a_link_at_once_one_does() {
        let kept = Kept::new();
        for purpose in LINKS {
            let token = kept.link(purpose, start());
            let tries = (0..8).map(|_| {
                let codes = Codes { table: kept.codes.table.clone(), key: Arc::clone(&kept.codes.key) };
                let token = token.clone();
                kept.runtime.spawn(async move { codes.open_link(purpose, &token, start()).await.unwrap() })
            });
            let tries: Vec<_> = tries.collect();
            let opened = tries.into_iter().filter_map(|one| kept.runtime.block_on(one).unwrap()).count();
            assert_eq!(opened, 1);
        }
    }

    #[test]
    fn digits_expire_are_good_once_and_burn() {
        let kept = Kept::new();
        let (now, end) = (start(), after(start(), Purpose::SignIn.lifetime()));
        let other = EmailAddress::parse("bob@example.com").unwrap();
        let code = kept.digits(now);
        assert!(!kept.check("1", &ada(), code.as_str(), end), "too late");
        assert!(!kept.check("2", &ada(), code.as_str(), now), "of another");
        assert!(!kept.check("1", &other, code.as_str(), now), "sent elsewhere");
        assert!(kept.check("1", &ada(), code.as_str(), now));
        assert!(!kept.check("1", &ada(), code.as_str(), now), "used");
        let code = kept.digits(now);
        let wrong = if code.as_str() == "000000" { "000001" } else { "000000" };
        for _ in 0..MOST_GUESSES {
            assert!(!kept.check("1", &ada(), wrong, now));
        }
        assert!(!kept.check("1", &ada(), code.as_str(), now), "burnt");
    }
}
