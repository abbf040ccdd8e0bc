//! What users do to sign in, and what they do with their account.

mod account;
mod answer;
mod code;
mod identity;
mod identity_list;
mod invitation;
mod key_list;
mod login;
mod oauth;
mod oauth_token;
mod refresh;
mod register;
mod reset;
mod session_list;
mod totp;
mod verify;
mod wallet;

pub(crate) use answer::{accepted, no_content};
