//! What providers tell of an account, each in its own words, as one [`Identity`].

use serde::Deserialize;
use serde_json::Value as Json;

use super::failure::Failure;
use crate::address::EmailAddress;
use crate::identities::{Identity, ToldAddress};

const LONGEST_SUBJECT: usize = 255;
const LONGEST_NAME: usize = 80;
const LONGEST_PICTURE: usize = 2000;

/// The words of a plain OAuth 2.0 provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// Those of OpenID Connect, or the usual ones.
    Usual,
    /// Addresses are a list of their own.
    GitHub,
    Discord,
}

/// Of an ID token or of userinfo.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Claims {
    pub(super) sub: String,
    pub(super) email: Option<String>,
    /// Only what is truly `true` counts.
    email_verified: Option<Json>,
    name: Option<String>,
    preferred_username: Option<String>,
    picture: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct GitHubAddress {
    email: String,
    primary: bool,
    verified: bool,
}

impl Claims {
    /// Whether userinfo has nothing to add that is needed.
    pub(super) fn is_complete(&self) -> bool {
        self.email.is_some() && self.email_verified.is_some() && self.name.is_some()
    }

    /// With what userinfo tells of the same account; an address comes with the word of who tells it.
    pub(super) fn completed_by(mut self, userinfo: Self) -> Result<Self, Failure> {
        if userinfo.sub != self.sub {
            return Err(Failure::Refused("userinfo tells of another account than the ID token".to_owned()));
        }
        if self.email.is_none() || self.email_verified.is_none() {
            (self.email, self.email_verified) = (userinfo.email, userinfo.email_verified);
        }
        self.name = self.name.or(userinfo.name);
        self.preferred_username = self.preferred_username.or(userinfo.preferred_username);
        self.picture = self.picture.or(userinfo.picture);
        Ok(self)
    }

    pub(super) fn identity(self, provider: &str) -> Result<Identity, Failure> {
        let is_verified = self.email_verified == Some(Json::Bool(true));
        let email = told(self.email.as_deref(), is_verified);
        identity(provider, &self.sub, email, self.name.or(self.preferred_username), self.picture)
    }
}

/// `addresses` is GitHub's list.
pub(super) fn plain_identity(
    provider: &str,
    shape: Shape,
    user: &Json,
    addresses: &[GitHubAddress],
) -> Result<Identity, Failure> {
    let text = |name: &str| user.get(name).and_then(Json::as_str).map(str::to_owned);
    let first = |names: &[&str]| names.iter().find_map(|name| text(name));
    let is_true = |name: &str| user.get(name) == Some(&Json::Bool(true));
    let number = |name: &str| user.get(name).and_then(Json::as_u64).map(|number| number.to_string());
    match shape {
        Shape::Usual => {
            let subject = first(&["sub", "id"]).or_else(|| number("id")).unwrap_or_default();
            let email = told(text("email").as_deref(), is_true("email_verified"));
            let name = first(&["name", "preferred_username", "login", "username"]);
            identity(provider, &subject, email, name, first(&["picture", "avatar_url"]))
        }
        Shape::GitHub => {
            // The name can be given to somebody else, the number never.
            let subject = number("id").unwrap_or_default();
            let primary = addresses.iter().find(|address| address.primary);
            let email = primary.and_then(|address| told(Some(&address.email), address.verified));
            identity(provider, &subject, email, first(&["name", "login"]), text("avatar_url"))
        }
        Shape::Discord => {
            let subject = text("id").unwrap_or_default();
            let email = told(text("email").as_deref(), is_true("verified"));
            identity(provider, &subject, email, first(&["global_name", "username"]), None)
        }
    }
}

/// What is no address to us is none at all.
fn told(email: Option<&str>, is_verified: bool) -> Option<ToldAddress> {
    let address = EmailAddress::parse(email?).ok()?;
    Some(ToldAddress { address, is_verified })
}

fn identity(
    provider: &str,
    subject: &str,
    email: Option<ToldAddress>,
    name: Option<String>,
    picture: Option<String>,
) -> Result<Identity, Failure> {
    let is_subject =
        !subject.is_empty() && subject.len() <= LONGEST_SUBJECT && !subject.chars().any(char::is_control);
    if !is_subject {
        return Err(Failure::Refused("the provider does not say whose account it is".to_owned()));
    }
    let name =
        name.map(|name| name.chars().filter(|letter| !letter.is_control()).take(LONGEST_NAME).collect());
    let name = name.filter(|name: &String| !name.trim().is_empty());
    let is_web = |text: &String| text.len() <= LONGEST_PICTURE && text.starts_with("https://");
    Ok(Identity {
        provider: provider.to_owned(),
        subject: subject.to_owned(),
        email,
        name,
        picture: picture.filter(is_web),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Subject, address and whether it is verified, name.
    type Told<'a> = (&'a str, Option<(&'a str, bool)>, Option<&'a str>);

    #[track_caller]
    fn check(found: Result<Identity, Failure>, expected: Option<Told<'_>>) {
        let found = found.ok();
        let found = found.as_ref().map(|identity| {
            let email = identity.email.as_ref().map(|told| (told.address.key(), told.is_verified));
            (identity.subject.as_str(), email, identity.name.as_deref())
        });
        assert_eq!(found, expected);
    }

    #[test]
    fn github() {
        let user = json!({"id": 7, "login": "ada", "name": null, "email": "public@x.io"});
        let address =
            |email: &str, primary, verified| GitHubAddress { email: email.into(), primary, verified };
        let all = [address("old@x.io", false, true), address("Ada@x.io", true, true)];
        let of = |list: &[GitHubAddress]| plain_identity("github", Shape::GitHub, &user, list);
        check(of(&all), Some(("7", Some(("ada@x.io", true)), Some("ada"))));
        let unverified = [address("old@x.io", false, true), address("ada@x.io", true, false)];
        check(of(&unverified), Some(("7", Some(("ada@x.io", false)), Some("ada"))));
        // What a profile shows is no address that anybody has verified.
        check(of(&[]), Some(("7", None, Some("ada"))));
        for user in [json!({"login": "ada"}), json!({"id": "7"}), json!({"id": -1}), json!([])] {
            check(plain_identity("github", Shape::GitHub, &user, &all), None);
        }
    }

    #[test]
    fn discord() {
        let of = |user: Json| plain_identity("discord", Shape::Discord, &user, &[]);
        let user =
            json!({"id": "80", "username": "ada", "global_name": "Ada", "email": "a@x.io", "verified": true});
        check(of(user), Some(("80", Some(("a@x.io", true)), Some("Ada"))));
        let user = json!({"id": "80", "username": "ada", "email": "a@x.io", "verified": "true"});
        check(of(user), Some(("80", Some(("a@x.io", false)), Some("ada"))));
    }

    #[test]
    fn others() {
        let of = |user: Json| plain_identity("own", Shape::Usual, &user, &[]);
        for (user, expected) in [
            (json!({"sub": "s", "id": "i"}), Some(("s", None, None))),
            (json!({"id": 5, "email": "a@x.io"}), Some(("5", Some(("a@x.io", false)), None))),
            (
                json!({"sub": "s", "email": "a@x.io", "email_verified": true, "name": "A\r\nB"}),
                Some(("s", Some(("a@x.io", true)), Some("AB"))),
            ),
            (
                json!({"sub": "s", "email": "a@x.io\r\nbcc: b@x.io", "email_verified": true}),
                Some(("s", None, None)),
            ),
            (json!({"sub": "s", "email": ["a@x.io"], "name": "  "}), Some(("s", None, None))),
            (json!({"sub": ""}), None),
            (json!({"sub": "a\0b"}), None),
            (json!({"sub": "x".repeat(256)}), None),
            (json!({}), None),
        ] {
            check(of(user), expected);
        }
    }

    #[test]
    fn userinfo_completes_an_id_token() {
        let claims = |json: Json| serde_json::from_value::<Claims>(json).unwrap();
        let of = |token: Json, userinfo: Json| {
            claims(token).completed_by(claims(userinfo)).and_then(|all| all.identity("op"))
        };
        let full = json!({"sub": "s", "email": "a@x.io", "email_verified": true, "name": "A"});
        assert!(claims(full.clone()).is_complete());
        check(of(json!({"sub": "s"}), full.clone()), Some(("s", Some(("a@x.io", true)), Some("A"))));
        check(of(json!({"sub": "t"}), full.clone()), None);
        // An address of the one with the word of the other would be nobody's word.
        let other = json!({"sub": "s", "email": "other@x.io", "email_verified": false});
        check(of(other, full.clone()), Some(("s", Some(("other@x.io", false)), Some("A"))));
        let silent = json!({"sub": "s", "email": "other@x.io"});
        check(of(silent, full), Some(("s", Some(("a@x.io", true)), Some("A"))));
        for verified in [json!("true"), json!(1), json!("false"), json!(null)] {
            let token = json!({"sub": "s", "email": "a@x.io", "email_verified": verified});
            check(claims(token).identity("op"), Some(("s", Some(("a@x.io", false)), None)));
        }
    }
}
