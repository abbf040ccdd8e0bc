//! Accounts that nobody ever showed to be theirs, and that are deleted after a while.

use std::time::Duration;

use purlin_core::schema::SortOrder;
use purlin_core::system::When;
use purlin_core::{Error, Value};

use crate::service::Auth;
use crate::sessions::after;

const PAGE: u32 = 100;

impl Auth {
    /// Those who registered or were invited longer ago than this; how many. Who came by a provider or a wallet
    /// stays, as does who has changed their password, or has data that may not go with them.
    pub(crate) async fn delete_unverified(&self, age: Duration) -> Result<u64, Error> {
        let now = self.now();
        let (mut last, mut deleted) = (String::new(), 0);
        loop {
            let next = nobodys().and(When::more("userId", Value::from(last.as_str())));
            let rows = self.accounts.list(&next, &[("userId", SortOrder::Ascending)], PAGE).await?;
            let Some(end) = rows.last() else { return Ok(deleted) };
            last = end.get("userId")?;
            for row in &rows {
                let created = row.get("createdAt")?;
                if after(created, age) > now {
                    continue;
                }
                let user: String = row.get("userId")?;
                deleted += u64::from(self.delete_if_nobodys(&user).await?);
            }
        }
    }

    async fn delete_if_nobodys(&self, user: &str) -> Result<bool, Error> {
        // Others were deleted since the list was read.
        let own = nobodys().and(When::equal("userId", user));
        if self.accounts.find(&own).await?.is_none() {
            return Ok(false);
        }
        let Some(row) = self.users.by_key(user).await? else { return Ok(false) };
        if self.users.email_of(&row)?.is_none() || !self.identities.list(user).await?.is_empty() {
            return Ok(false);
        }
        match self.users.delete(user).await {
            Ok(()) => Ok(true),
            Err(Error::Conflict { .. }) => {
                tracing::debug!(user, "an unverified account stays, for other rows need it");
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }
}

/// Of users that the app made by itself there may be a row too, since they changed their password.
fn nobodys() -> When {
    When::null("verifiedAt").and(When::null("passwordChangedAt"))
}
