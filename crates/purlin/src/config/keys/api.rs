//! What is served, and how often: `[api]`, `[rate_limits]`.

use super::{Key, put};
use crate::config::forms::base_path;
use crate::config::settings::DefaultAccess;

pub(super) const KEYS: &[Key] = &[
    Key {
        section: "api",
        name: "base_path",
        variable: None,
        default: "/api",
        about: "Where the API stands; may be empty or versioned, such as \"/api/v1\".",
        is_secret: false,
        set: |settings, given| put(&mut settings.api.base_path, base_path(given)),
    },
    Key {
        section: "api",
        name: "default_access",
        variable: None,
        default: "deny",
        about: "What a model without rules allows: \"deny\", \"authenticated\" or \"public\".",
        is_secret: false,
        set: |settings, given| {
            let choices = [
                ("deny", DefaultAccess::Deny),
                ("authenticated", DefaultAccess::Authenticated),
                ("public", DefaultAccess::Public),
            ];
            put(&mut settings.api.default_access, given.choice(&choices))
        },
    },
    Key {
        section: "api",
        name: "default_limit",
        variable: None,
        default: "20",
        about: "Rows of a page where a request does not say.",
        is_secret: false,
        set: |settings, given| put(&mut settings.api.default_limit, given.number(1, 10_000)),
    },
    Key {
        section: "api",
        name: "max_limit",
        variable: None,
        default: "100",
        about: "The most rows that a request may ask for in one page.",
        is_secret: false,
        set: |settings, given| put(&mut settings.api.max_limit, given.number(1, 10_000)),
    },
    Key {
        section: "rate_limits",
        name: "default",
        variable: None,
        default: "off",
        about: "How often one user, or one address, may call: \"600/1m\" for 600 calls a minute. Routes may have \
                limits of their own here, such as \"POST /api/posts\" = \"100/1h\"; see docs/http.md.",
        is_secret: false,
        set: |settings, given| put(&mut settings.rate_limits.default, given.quota()),
    },
];
