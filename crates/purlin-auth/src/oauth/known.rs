//! Providers that need no more than a client id and its secret.

use super::profile::Shape;

pub(super) struct Known {
    pub(super) name: &'static str,
    pub(super) speaks: Speaks,
    pub(super) scopes: &'static str,
}

pub(super) enum Speaks {
    OpenId {
        issuer: &'static str,
    },
    /// Every tenant is an issuer of its own; the message says which to name.
    OwnIssuer {
        hint: &'static str,
    },
    Plain {
        authorize: &'static str,
        token: &'static str,
        userinfo: &'static str,
        shape: Shape,
    },
}

pub(super) const OPENID_SCOPES: &str = "openid email profile";

const KNOWN: &[Known] = &[
    Known {
        name: "google",
        speaks: Speaks::OpenId { issuer: "https://accounts.google.com" },
        scopes: OPENID_SCOPES,
    },
    Known { name: "gitlab", speaks: Speaks::OpenId { issuer: "https://gitlab.com" }, scopes: OPENID_SCOPES },
    Known {
        name: "microsoft",
        speaks: Speaks::OwnIssuer { hint: "https://login.microsoftonline.com/TENANT-ID/v2.0" },
        scopes: OPENID_SCOPES,
    },
    Known {
        name: "github",
        speaks: Speaks::Plain {
            authorize: "https://github.com/login/oauth/authorize",
            token: "https://github.com/login/oauth/access_token",
            userinfo: "https://api.github.com/user",
            shape: Shape::GitHub,
        },
        scopes: "read:user user:email",
    },
    Known {
        name: "discord",
        speaks: Speaks::Plain {
            authorize: "https://discord.com/oauth2/authorize",
            token: "https://discord.com/api/oauth2/token",
            userinfo: "https://discord.com/api/users/@me",
            shape: Shape::Discord,
        },
        scopes: "identify email",
    },
];

pub(super) fn known(name: &str) -> Option<&'static Known> {
    KNOWN.iter().find(|known| known.name == name)
}
