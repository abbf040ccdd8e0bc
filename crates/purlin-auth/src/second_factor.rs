//! The second factor: an authenticator app, or one of the codes for who lost it.

use std::sync::Arc;

use purlin_core::schema::{Schema, SortOrder};
use purlin_core::store::Store;
use purlin_core::system::{Rows, Table, When};
use purlin_core::{DateTime, Error, Value};

use crate::recovery::RecoveryCode;
use crate::secret::ServerKey;
use crate::totp::TotpSecret;

/// Rows that are sealed anew at a time.
const PAGE: u32 = 100;

#[derive(Debug)]
pub(crate) struct SecondFactors {
    factors: Table,
    recovery: Table,
    key: Arc<ServerKey>,
}

impl SecondFactors {
    pub(crate) fn new(
        schema: &Arc<Schema>,
        store: &Arc<dyn Store>,
        key: Arc<ServerKey>,
    ) -> Result<Self, Error> {
        let table = |name| Table::builtin(schema, store, name, "second factors belong to sign-in");
        Ok(Self { factors: table("SecondFactor")?, recovery: table("RecoveryCode")?, key })
    }

    /// A secret that counts once a code of it was given. One that counts already stays.
    pub(crate) async fn begin(&self, user: &str) -> Result<TotpSecret, Error> {
        if self.is_on(user).await? {
            let message = "you have a second factor already; turn it off first".to_owned();
            return Err(Error::Conflict { message, fields: purlin_core::FieldErrors::default() });
        }
        let secret = TotpSecret::generate()?;
        let sealed = Value::from(secret.seal(&self.key, user)?);
        let pending = own(user).and(When::null("since"));
        if self.factors.update(&pending, [("secret", sealed.clone())]).await? == 0 {
            self.factors.insert([("userId", Value::from(user)), ("secret", sealed)]).await?;
        }
        Ok(secret)
    }

    pub(crate) async fn is_on(&self, user: &str) -> Result<bool, Error> {
        Ok(self.factors.find(&own(user).and(When::null("since").negated())).await?.is_some())
    }

    /// Turns it on by the first code, and gives the recovery codes, which nobody sees again.
    pub(crate) async fn turn_on(
        &self,
        user: &str,
        code: &str,
        now: DateTime,
    ) -> Result<Option<Vec<RecoveryCode>>, Error> {
        if self.is_on(user).await? || !self.use_code(user, code, now).await? {
            return Ok(None);
        }
        let codes = RecoveryCode::generate_all()?;
        let pending = own(user).and(When::null("since"));
        let since = [("since", Value::DateTime(now))];
        let mut batch = self.factors.batch().update(&self.factors, &pending, since, Rows::One)?.delete(
            &self.recovery,
            &own(user),
            Rows::Any,
        )?;
        for code in &codes {
            let row = [("hash", Value::from(code.hash(user))), ("userId", Value::from(user))];
            batch = batch.insert(&self.recovery, row)?;
        }
        batch.commit().await?;
        Ok(Some(codes))
    }

    pub(crate) async fn turn_off(&self, user: &str) -> Result<(), Error> {
        let batch = self.factors.batch().delete(&self.factors, &own(user), Rows::Any)?;
        batch.delete(&self.recovery, &own(user), Rows::Any)?.commit().await.map(|_| ())
    }

    /// Whether this is a code of the app now, or one of the recovery codes; it is used up by this.
    pub(crate) async fn accepts(&self, user: &str, given: &str, now: DateTime) -> Result<bool, Error> {
        if self.use_code(user, given, now).await? {
            return Ok(true);
        }
        let Some(code) = RecoveryCode::parse(given) else { return Ok(false) };
        let kept = When::equal("hash", code.hash(user));
        Ok(self.recovery.delete(&kept.and(own(user))).await? == 1)
    }

    /// Seals anew what was sealed with a secret that is only accepted, so that it can be taken away.
    pub(crate) async fn reseal(&self) -> Result<u64, Error> {
        let (mut last, mut changed) = (String::new(), 0);
        while self.key.accepts_others() {
            let next = When::more("userId", Value::from(last.as_str()));
            let rows = self.factors.list(&next, &[("userId", SortOrder::Ascending)], PAGE).await?;
            let Some(end) = rows.last() else { break };
            last = end.get("userId")?;
            for row in &rows {
                let (user, sealed): (String, String) = (row.get("userId")?, row.get("secret")?);
                // One that no key opens stays as it is: its secret may come back.
                let Ok((secret, false)) = TotpSecret::open(&self.key, &user, &sealed) else { continue };
                let new = Value::from(secret.seal(&self.key, &user)?);
                let same = own(&user).and(When::equal("secret", sealed.as_str()));
                changed += self.factors.update(&same, [("secret", new)]).await?;
            }
        }
        Ok(changed)
    }

    /// Of two who give the same code at once, one is right.
    async fn use_code(&self, user: &str, given: &str, now: DateTime) -> Result<bool, Error> {
        let Some(row) = self.factors.find(&own(user)).await? else { return Ok(false) };
        let (sealed, last): (String, i64) = (row.get("secret")?, row.get("step")?);
        let (secret, _) = TotpSecret::open(&self.key, user, &sealed).map_err(crate::Error::into_core)?;
        let last = u64::try_from(last).ok().filter(|last| *last > 0);
        let Some(step) = secret.verify(given, now, last) else { return Ok(false) };
        let step = i64::try_from(step).map_err(Error::internal)?;
        let unused = own(user).and(When::less("step", step));
        Ok(self.factors.update(&unused, [("step", Value::Int(step))]).await? == 1)
    }
}

fn own(user: &str) -> When {
    When::equal("userId", user)
}
