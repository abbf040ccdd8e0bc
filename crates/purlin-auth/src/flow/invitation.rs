//! Invitations: who may make users makes one without a password, and a mail lets its owner choose it.

use http::StatusCode;
use purlin_core::sign_in::SignInEvent;
use purlin_core::{Error, FieldErrors, Value};
use purlin_http::{Request, Response, json};

use super::verify::old_link;
use crate::address::EmailAddress;
use crate::codes::Purpose;
use crate::input::Input;
use crate::password::Owner;
use crate::service::{Auth, device};

impl Auth {
    /// The body is a new user as the data API takes it, without a password. The rules of the auth model decide
    /// who may, and with which role.
    pub(crate) async fn invite(&self, mut request: Request) -> Result<Response, purlin_http::Error> {
        let verified = request.verified().await?.ok_or(Error::Unauthenticated)?;
        if verified.scopes.is_some() {
            return Err(Error::Denied("an API key invites nobody".to_owned()).into());
        }
        self.users.password_field()?;
        self.need_mail()?;
        let mut input = Input::read(&mut request).await?;
        let email = input.text("email");
        let address = EmailAddress::parse(&email);
        if address.is_err() && !email.is_empty() {
            input.errors.add("email", "must be an email address");
        }
        let members = input.rest();
        let data = self.users.invited_data(&members, &mut input.errors);
        input.finish()?;
        let address = address.map_err(|_| Error::internal("an address was accepted that is none"))?;
        let errors = FieldErrors::default();
        let actor = verified.actor.clone();
        let made = match self.users.create_as(actor.clone(), data, Some(address.key()), None, errors).await {
            Ok(made) => {
                self.accounts.insert([("userId", Value::from(made.0.as_str()))]).await?;
                made
            }
            // Whom they invited has not come, and they may see them: the mail is sent once more.
            Err(conflict @ Error::Conflict { .. }) => {
                let waiting = self.waiting(&address).await?;
                let seen = match &waiting {
                    Some(key) => self.users.seen_by(&actor, key).await?,
                    None => None,
                };
                match waiting.zip(seen).filter(|_| self.may_mail("invitation", &address)) {
                    Some(again) => again,
                    None => return Err(conflict.into()),
                }
            }
            Err(error) => return Err(error.into()),
        };
        let (key, body) = made;
        let row = self.users.by_key(&key).await?.ok_or_else(|| Error::internal("a new user is gone"))?;
        // As it is kept: mail goes nowhere else, however it was typed.
        let address = self.users.address_of(&row)?.unwrap_or(address);
        let token = self.codes.link(Purpose::Invitation, &key, &address, self.now()).await?;
        let link = format!("/accept-invitation?token={token}");
        let name = self.users.name_of(&row);
        let minutes = Purpose::Invitation.minutes();
        self.mail(address.delivery(), name.as_deref(), "invitation", Some(link), None, minutes).await?;
        self.tell(&key, SignInEvent::Invited).await;
        Ok(json(StatusCode::CREATED, [b"{\"data\":", body.as_slice(), b"}"].concat()))
    }

    /// Who was invited, and has neither come nor found another way in.
    async fn waiting(&self, address: &EmailAddress) -> Result<Option<String>, Error> {
        let Some(row) = self.users.by_email(address).await? else { return Ok(None) };
        let key = self.users.key_of(&row)?;
        let is_waiting = !self.users.has_password(&row)?
            && !self.is_verified(&row).await?
            && self.identities.list(&key).await?.is_empty();
        Ok(is_waiting.then_some(key))
    }

    /// With a password, and whatever of the profile is to be changed.
    pub(crate) async fn accept_invitation(
        &self,
        mut request: Request,
    ) -> Result<Response, purlin_http::Error> {
        let mut input = Input::read(&mut request).await?;
        let (token, password) = (input.text("token"), input.text("password"));
        let by_cookie = input.flag("cookie");
        // Judged before the link is used up, so that a weak one costs no link.
        self.judge_password("password", &password, &Owner { address: "", name: "" }, &mut input.errors);
        let members = input.rest();
        let data = self.users.profile_data(&members, false, &mut input.errors);
        let is_changed = !members.is_empty();
        input.finish()?;
        let now = self.now();
        let opened = self.codes.open_link(Purpose::Invitation, &token, now).await?.ok_or_else(old_link)?;
        let key = opened.subject;
        let row = self.users.by_key(&key).await?.ok_or_else(old_link)?;
        let address = self.users.address_of(&row)?.ok_or_else(old_link)?;
        // Of an address that was given up, its mailbox opens nothing any more. And whoever has found another way
        // in keeps it, with the second factor that this link would not ask for.
        let is_used = self.users.has_password(&row)? || self.second_factors.is_on(&key).await?;
        if is_used || address.key() != opened.address {
            return Err(old_link().into());
        }
        let hash = self.hasher.hash(&password).await?;
        if !self.users.set_password(&key, None, hash.as_str()).await? {
            return Err(old_link().into());
        }
        if is_changed {
            self.users.change(&key, data, FieldErrors::default()).await?;
        }
        self.set_verified(&key, &opened.address).await?;
        self.tell(&key, SignInEvent::Registered).await;
        let signed_in = self.sign_in(&key, "invitation", &device(&request)).await?.ok_or_else(old_link)?;
        Ok(self.answer(StatusCode::OK, &signed_in, by_cookie).await?)
    }
}
