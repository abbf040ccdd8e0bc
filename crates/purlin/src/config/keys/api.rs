//! What is served, and how often: `[api]`, `[cache]`, `[rate_limits]`.

use super::{Key, SHORTEST_TIMEOUT, put};
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
        section: "cache",
        name: "size",
        variable: None,
        default: "64MB",
        about: "How much memory kept answers may take, all together; what was used last stays.",
        is_secret: false,
        set: |settings, given| put(&mut settings.cache.size_bytes, given.size_bytes()),
    },
    Key {
        section: "cache",
        name: "others_within",
        variable: None,
        default: "5s",
        about: "How old a kept answer may grow on a database server, where other copies of the app write too. An \
                app of which one copy runs alone may say more.",
        is_secret: false,
        set: |settings, given| put(&mut settings.cache.others_within, given.duration(SHORTEST_TIMEOUT)),
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
