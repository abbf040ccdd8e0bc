//! From an identity to a user: known, linked, or registered. Accounts are joined by an address only where the
//! provider has verified it, and an account that nobody has proved to be theirs goes to who can.

use purlin_core::sign_in::SignInEvent;
use purlin_core::system::Row;
use purlin_core::{Error, FieldErrors, Value};
use serde_json::{Map, Value as Json};

use crate::address::EmailAddress;
use crate::identities::{Identity, ToldAddress, WALLET};
use crate::service::Auth;
use crate::settings::{Registration, Verification};

/// Why an identity signs nobody in.
#[derive(Debug)]
pub(crate) enum Refused {
    /// It is another user's already.
    Taken,
    /// Somebody has the address, and the provider does not say whose it is.
    AddressInUse,
    RegistrationClosed,
    /// A mail is on its way, and nobody signs in before it was read.
    Unverified,
    Inactive,
    /// Users of this app need more than the provider tells.
    Incomplete(FieldErrors),
    Failed(Error),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Profile {
    AsTold,
    /// The name is made of the address.
    Least,
}

impl Refused {
    /// Stable, for front ends.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Taken => "IDENTITY_TAKEN",
            Self::AddressInUse => "ADDRESS_IN_USE",
            Self::RegistrationClosed => "REGISTRATION_CLOSED",
            Self::Unverified => "EMAIL_NOT_VERIFIED",
            Self::Inactive => "UNAUTHENTICATED",
            Self::Incomplete(_) => "PROFILE_INCOMPLETE",
            Self::Failed(error) => error.code(),
        }
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<Refused> for purlin_http::Error {
    fn from(refused: Refused) -> Self {
        let conflict =
            |message: &str| Error::Conflict { message: message.to_owned(), fields: FieldErrors::default() };
        let error = match refused {
            Refused::Taken => conflict("this belongs to another user"),
            Refused::AddressInUse => conflict("there is an account with this address; sign in to it first"),
            Refused::RegistrationClosed => return Self::RegistrationClosed("nobody can register here"),
            Refused::Unverified => return Self::Unverified,
            Refused::Inactive => return Self::Credentials,
            Refused::Incomplete(fields) => Error::Invalid(fields),
            Refused::Failed(error) => error,
        };
        Self::Core(error)
    }
}

impl Auth {
    /// The key of the user whose identity this is, who may sign in by it; a second factor is not asked for
    /// yet. `linking` is the user who is signed in and adds it to their own.
    pub(crate) async fn user_of_identity(
        &self,
        identity: &Identity,
        linking: Option<&str>,
    ) -> Result<String, Refused> {
        let user = self.find_or_make_user(identity, linking).await?;
        if linking.is_none() && self.users.load(&user).await?.is_none() {
            return Err(Refused::Inactive);
        }
        if linking.is_none() && self.must_verify_first(&user).await? {
            return Err(Refused::Unverified);
        }
        Ok(user)
    }

    async fn find_or_make_user(&self, identity: &Identity, linking: Option<&str>) -> Result<String, Refused> {
        if let Some(user) = self.identities.user_of(identity).await? {
            if self.users.by_key(&user).await?.is_some() {
                let is_anothers = linking.is_some_and(|own| own != user);
                return if is_anothers { Err(Refused::Taken) } else { Ok(user) };
            }
            // The user is gone; the person may come again.
            self.belongings.forget(std::slice::from_ref(&user), self.now()).await?;
        }
        if let Some(user) = linking {
            self.link(user, identity).await?;
            return Ok(user.to_owned());
        }
        if let Some(ToldAddress { address, is_verified }) = &identity.email
            && self.users.has_email()
            && let Some(row) = self.users.by_email(address).await?
        {
            if !is_verified {
                return Err(self.refused_by_address(identity, &row, address).await?);
            }
            let user = self.users.key_of(&row)?;
            if self.users.load(&user).await?.is_none() {
                return Err(Refused::Inactive);
            }
            if !self.is_verified(&row).await? {
                self.take_over(&user, address).await?;
            }
            self.link(&user, identity).await?;
            return Ok(user);
        }
        self.register_by(identity).await
    }

    /// No more than who registers with a password is told: only where addresses need not be verified does
    /// anybody learn that there is such an account.
    async fn refused_by_address(
        &self,
        identity: &Identity,
        owner: &Row,
        address: &EmailAddress,
    ) -> Result<Refused, Error> {
        if self.settings.registration != Registration::Open {
            return Ok(Refused::RegistrationClosed);
        }
        if self.settings.verification == Verification::Off {
            return Ok(Refused::AddressInUse);
        }
        let kept = self.users.email_of(owner)?;
        // Tried even so, or what is missing would be told of unknown addresses only.
        match self.create_by(identity, Profile::Least, kept.as_deref()).await {
            Err(Error::Invalid(fields)) => return Ok(Refused::Incomplete(fields)),
            Ok(user) => self.users.delete(&user).await?,
            Err(_) => {}
        }
        self.tell_owner(owner, address).await?;
        Ok(Refused::Unverified)
    }

    async fn link(&self, user: &str, identity: &Identity) -> Result<(), Refused> {
        if !self.identities.add(user, identity).await? {
            return Err(Refused::Taken);
        }
        if let Some(wallet) = identity.wallet() {
            self.users.set_wallet(user, None, Some(wallet)).await?;
        }
        self.tell(user, SignInEvent::IdentityAdded { provider: &identity.provider }).await;
        Ok(())
    }

    /// Of an account whose address nobody had proved, to who has: somebody may have registered a stranger's
    /// address and waited for its owner. Whatever they could come back with ends. Verified is the last step, so
    /// that one that was cut short is done again.
    pub(crate) async fn take_over(&self, user: &str, address: &EmailAddress) -> Result<(), Error> {
        tracing::warn!(user, "an account whose address was never verified goes to who proved the address");
        self.users.remove_password(user).await?;
        for row in self.identities.list(user).await? {
            if row.get::<String>("provider")? == WALLET {
                self.users.set_wallet(user, Some(&row.get::<String>("subject")?), None).await?;
            }
        }
        self.belongings.forget(&[user.to_owned()], self.now()).await?;
        self.set_verified(user, address.key()).await
    }

    async fn register_by(&self, identity: &Identity) -> Result<String, Refused> {
        if self.settings.registration != Registration::Open {
            return Err(Refused::RegistrationClosed);
        }
        let told = identity.email.as_ref().filter(|_| self.users.has_email());
        let address = told.map(|told| told.address.key());
        let made = match self.create_by(identity, Profile::AsTold, address).await {
            // A name that is too long for this app keeps nobody out; what is said is what was wrong at first.
            Err(Error::Invalid(fields)) => {
                self.create_by(identity, Profile::Least, address).await.map_err(|error| match error {
                    Error::Invalid(_) => Error::Invalid(fields),
                    other => other,
                })
            }
            made => made,
        };
        let user = match made {
            Ok(user) => user,
            Err(Error::Invalid(fields)) => return Err(Refused::Incomplete(fields)),
            // Somebody was faster with the same address.
            Err(Error::Conflict { .. }) => return Err(Refused::AddressInUse),
            Err(error) => return Err(error.into()),
        };
        self.accounts.insert([("userId", Value::from(user.as_str()))]).await?;
        if let Some(told) = told {
            if told.is_verified {
                self.set_verified(&user, told.address.key()).await?;
            } else {
                self.send_first_link(&user, &told.address).await?;
            }
        }
        self.tell(&user, SignInEvent::Registered).await;
        self.link(&user, identity).await?;
        self.greet_new(&user).await;
        Ok(user)
    }

    async fn create_by(
        &self,
        identity: &Identity,
        profile: Profile,
        address: Option<&str>,
    ) -> Result<String, Error> {
        let mut errors = FieldErrors::default();
        let mut data = self.users.profile_data(&self.profile_of(identity, profile), true, &mut errors);
        if let Some(wallet) = identity.wallet() {
            self.users.add_wallet(&mut data, wallet);
        }
        self.users.create(data, address, None, errors).await
    }

    /// What the provider tells, under the names that the app's users have for it.
    fn profile_of(&self, identity: &Identity, profile: Profile) -> Map<String, Json> {
        let address = identity.email.as_ref().map(|told| told.address.local());
        let is_told = profile == Profile::AsTold;
        let name = identity.name.as_deref().filter(|_| is_told).or(address);
        let picture = identity.picture.as_deref().filter(|_| is_told);
        let mut profile = Map::new();
        for (names, value) in [
            (&["name", "fullName", "displayName"][..], name),
            (&["avatar", "avatarUrl", "image"][..], picture),
        ] {
            let Some(value) = value else { continue };
            for name in names.iter().filter(|name| self.users.is_profile(name)) {
                profile.insert((*name).to_owned(), Json::from(value));
            }
        }
        profile
    }

    /// Who has no address has none to verify.
    async fn must_verify_first(&self, user: &str) -> Result<bool, Error> {
        if self.settings.verification != Verification::Required {
            return Ok(false);
        }
        let Some(row) = self.users.by_key(user).await? else { return Ok(false) };
        Ok(self.users.email_of(&row)?.is_some() && !self.is_verified(&row).await?)
    }
}
