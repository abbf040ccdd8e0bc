//! The texts that come with Purlin, in `mails/` of this crate: what an app copies to write its own.

pub(super) struct Source {
    pub(super) name: &'static str,
    pub(super) subject: &'static str,
    pub(super) text: &'static str,
    pub(super) html: &'static str,
}

macro_rules! sources {
    ($($name:literal),* $(,)?) => {
        &[$(Source {
            name: $name,
            subject: include_str!(concat!("../../mails/", $name, ".subject")),
            text: include_str!(concat!("../../mails/", $name, ".txt")),
            html: include_str!(concat!("../../mails/", $name, ".html")),
        }),*]
    };
}

/// Mails that are sent by apps alone which have words for them.
pub(super) const OPTIONAL: &[&str] = &["welcome"];

pub(super) const SOURCES: &[Source] = sources![
    "verify-email",
    "reset-password",
    "sign-in-code",
    "invitation",
    "password-changed",
    "email-taken",
];
