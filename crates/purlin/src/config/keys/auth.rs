//! Who is calling: `[auth]`.

use std::time::Duration;

use super::{Key, put};
use crate::config::forms::{chains, jwt_secret, one_signing_key, signing_keys};

pub(super) const KEYS: &[Key] = &[
    Key {
        section: "auth",
        name: "issuer",
        variable: None,
        default: "purlin",
        about: "The `iss` that a token must carry.",
        is_secret: false,
        set: |settings, given| put(&mut settings.auth.issuer, given.filled_text()),
    },
    Key {
        section: "auth",
        name: "audience",
        variable: None,
        default: "purlin",
        about: "The `aud` that a token must carry.",
        is_secret: false,
        set: |settings, given| put(&mut settings.auth.audience, given.filled_text()),
    },
    Key {
        section: "auth",
        name: "access_token_ttl",
        variable: None,
        default: "15m",
        about: "How long an access token is good for.",
        is_secret: false,
        set: |settings, given| {
            put(&mut settings.auth.access_token_ttl, given.duration(Duration::from_secs(1)))
        },
    },
    Key {
        section: "auth",
        name: "registration",
        variable: None,
        default: "open",
        about: "Who may make an account: \"open\" for everybody, \"invitation\" for who was invited, \"closed\" for nobody.",
        is_secret: false,
        set: |settings, given| {
            use purlin_auth::Registration::{Closed, Invitation, Open};
            let choices = [("open", Open), ("invitation", Invitation), ("closed", Closed)];
            put(&mut settings.auth.registration, given.choice(&choices))
        },
    },
    Key {
        section: "auth",
        name: "verify_email",
        variable: None,
        default: "off",
        about: "\"required\": nobody signs in before their address is verified, and registering does not tell whether it is known.",
        is_secret: false,
        set: |settings, given| {
            use purlin_auth::Verification::{Off, Required};
            put(&mut settings.auth.verification, given.choice(&[("off", Off), ("required", Required)]))
        },
    },
    Key {
        section: "auth",
        name: "profile_fields",
        variable: None,
        default: "[]",
        about: "Fields of users that they set themselves, when they register and later: [\"name\", \"country\"]. Without \
                it what a user cannot be without and the usual ones, but none that rules ask of auth().",
        is_secret: false,
        set: |settings, given| {
            let names = given.list().map(|names| names.into_iter().map(str::to_owned).collect());
            put(
                &mut settings.auth.profile_fields,
                names.map(|names: Vec<String>| Some(names).filter(|names| !names.is_empty())),
            )
        },
    },
    Key {
        section: "auth",
        name: "delete_unverified_after",
        variable: None,
        default: "",
        about: "Accounts whose address was not verified for so long are deleted, such as \"30d\"; never without it.",
        is_secret: false,
        set: |settings, given| {
            let age = match given.text() {
                Ok("") => Ok(None),
                _ => given.duration(Duration::from_hours(1)).map(Some),
            };
            put(&mut settings.auth.delete_unverified_after, age)
        },
    },
    Key {
        section: "auth",
        name: "password_min",
        variable: None,
        default: "8",
        about: "Characters that a password has at least.",
        is_secret: false,
        set: |settings, given| put(&mut settings.auth.least_password, given.number(8, 128)),
    },
    Key {
        section: "auth",
        name: "session_idle",
        variable: None,
        default: "14d",
        about: "A session that is not used for so long ends.",
        is_secret: false,
        set: |settings, given| put(&mut settings.auth.session_idle, given.duration(Duration::from_mins(1))),
    },
    Key {
        section: "auth",
        name: "session_lifetime",
        variable: None,
        default: "90d",
        about: "Every session ends after so long.",
        is_secret: false,
        set: |settings, given| {
            put(&mut settings.auth.session_lifetime, given.duration(Duration::from_mins(1)))
        },
    },
    Key {
        section: "auth",
        name: "link_base",
        variable: Some("PUBLIC_URL"),
        default: "",
        about: "The address of the front end, where links in mails lead.",
        is_secret: false,
        set: |settings, given| put(&mut settings.auth.link_base, given.text().map(str::to_owned)),
    },
    Key {
        section: "auth",
        name: "wallet_chains",
        variable: None,
        default: "[1]",
        about: "Chains whose wallets may sign in, by their numbers: [1, 10].",
        is_secret: false,
        set: |settings, given| put(&mut settings.auth.wallet_chains, chains(given)),
    },
    Key {
        section: "auth",
        name: "jwt_secret",
        variable: Some("JWT_SECRET"),
        default: "",
        about: "The key of the tokens, 32 bytes or more. `purlin dev` makes one in .purlin/.",
        is_secret: true,
        set: |settings, given| put(&mut settings.auth.jwt_secret, jwt_secret(given)),
    },
    Key {
        section: "auth",
        name: "accepted_secret",
        variable: Some("JWT_SECRET_ACCEPTED"),
        default: "",
        about: "A secret that is good beside `jwt_secret` while one takes the place of the other.",
        is_secret: true,
        set: |settings, given| put(&mut settings.auth.accepted_secret, jwt_secret(given)),
    },
    Key {
        section: "auth",
        name: "signing_key",
        variable: None,
        default: "",
        about: "A file with an Ed25519 key in PEM form, which signs access tokens instead of the secret.",
        is_secret: false,
        set: |settings, given| put(&mut settings.auth.signing_key, one_signing_key(given)),
    },
    Key {
        section: "auth",
        name: "accepted_keys",
        variable: None,
        default: "[]",
        about: "Files of Ed25519 keys that are good beside `signing_key` while it is replaced.",
        is_secret: false,
        set: |settings, given| put(&mut settings.auth.accepted_keys, signing_keys(given)),
    },
];
