//! Who users are elsewhere: accounts at providers, and wallets. One identity is one user's.

use std::sync::Arc;

use purlin_core::schema::{Schema, SortOrder};
use purlin_core::store::Store;
use purlin_core::system::{Row, Table, When};
use purlin_core::{Error, Value};
use uuid::Uuid;

use crate::address::EmailAddress;

/// The provider of wallets: their addresses are the same on every chain.
pub(crate) const WALLET: &str = "wallet";

/// More than anybody has.
const MOST_IDENTITIES: u32 = 50;

/// What a provider or a wallet has proved of who is there, and what it tells of them.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    /// Such as `google`; the name of the configuration, or of a kind of wallet.
    pub provider: String,
    /// The provider's own name of the account, which never changes and is never given to another.
    pub subject: String,
    pub email: Option<ToldAddress>,
    /// For the profile of who registers by it.
    pub name: Option<String>,
    pub picture: Option<String>,
}

impl Identity {
    /// Its address, for one that is a wallet.
    pub(crate) fn wallet(&self) -> Option<&str> {
        (self.provider == WALLET).then_some(self.subject.as_str())
    }
}

#[derive(Clone, Debug)]
pub(crate) struct ToldAddress {
    pub address: EmailAddress,
    /// The provider has seen that it is its owner's. What it merely was told proves nothing.
    pub is_verified: bool,
}

#[derive(Debug)]
pub(crate) struct Identities {
    table: Table,
}

impl Identities {
    pub(crate) fn new(schema: &Arc<Schema>, store: &Arc<dyn Store>) -> Result<Self, Error> {
        Ok(Self { table: Table::builtin(schema, store, "Identity", "identities belong to sign-in")? })
    }

    /// The user's key; whether there still is such a user is not known here.
    pub(crate) async fn user_of(&self, identity: &Identity) -> Result<Option<String>, Error> {
        self.table.find(&exactly(identity)).await?.map(|row| row.get("userId")).transpose()
    }

    /// False where another user has it.
    pub(crate) async fn add(&self, user: &str, identity: &Identity) -> Result<bool, Error> {
        if self.table.count(&own(user)).await? >= u64::from(MOST_IDENTITIES) {
            let text = format!("you have {MOST_IDENTITIES} ways to sign in; take one away first");
            return Err(Error::invalid("", text));
        }
        let email = identity.email.as_ref().map_or(Value::Null, |told| Value::from(told.address.key()));
        let inserted = self
            .table
            .insert([
                ("id", Value::from(Uuid::now_v7().to_string())),
                ("provider", Value::from(identity.provider.as_str())),
                ("subject", Value::from(identity.subject.as_str())),
                ("userId", Value::from(user)),
                ("email", email),
            ])
            .await;
        match inserted {
            Ok(_) => Ok(true),
            Err(Error::Conflict { .. }) => Ok(self.user_of(identity).await?.as_deref() == Some(user)),
            Err(error) => Err(error),
        }
    }

    /// The oldest first.
    pub(crate) async fn list(&self, user: &str) -> Result<Vec<Row>, Error> {
        self.table.list(&own(user), &[("createdAt", SortOrder::Ascending)], MOST_IDENTITIES).await
    }

    /// Whether this user had such an identity.
    pub(crate) async fn remove(&self, user: &str, id: &str) -> Result<bool, Error> {
        Ok(self.table.delete(&own(user).and(When::equal("id", id))).await? > 0)
    }
}

fn own(user: &str) -> When {
    When::equal("userId", user)
}

fn exactly(identity: &Identity) -> When {
    When::equal("provider", identity.provider.as_str()).and(When::equal("subject", identity.subject.as_str()))
}
