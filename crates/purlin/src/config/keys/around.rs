//! What the server stands on: `[log]`, `[database]`, `[mail]`.

use super::{Key, SHORTEST_TIMEOUT, put};
use crate::config::forms::{log_level, mail_url, originator};
use crate::config::settings::LogFormat;

pub(super) const KEYS: &[Key] = &[
    Key {
        section: "log",
        name: "format",
        variable: None,
        default: "auto",
        about: "\"human\", \"json\", or \"auto\": human on a terminal, else JSON.",
        is_secret: false,
        set: |settings, given| {
            let choices = [("auto", LogFormat::Auto), ("human", LogFormat::Human), ("json", LogFormat::Json)];
            put(&mut settings.log.format, given.choice(&choices))
        },
    },
    Key {
        section: "log",
        name: "level",
        variable: None,
        default: "info",
        about: "\"error\", \"warn\", \"info\", \"debug\", \"trace\", or by target: \"info,purlin_http=debug\".",
        is_secret: false,
        set: |settings, given| put(&mut settings.log.level, log_level(given)),
    },
    Key {
        section: "database",
        name: "url",
        variable: Some("DATABASE_URL"),
        default: "",
        about: "The database of a datasource without a `url` of its own, such as \"file:./data.db\".",
        is_secret: true,
        set: |settings, given| put(&mut settings.database.url, given.secret()),
    },
    Key {
        section: "database",
        name: "statement_timeout",
        variable: None,
        default: "5s",
        about: "The longest that one statement may run.",
        is_secret: false,
        set: |settings, given| {
            put(&mut settings.database.statement_timeout, given.duration(SHORTEST_TIMEOUT))
        },
    },
    Key {
        section: "database",
        name: "write_queue",
        variable: None,
        default: "1024",
        about: "How many writes may wait; beyond it a request is answered with 503.",
        is_secret: false,
        set: |settings, given| put(&mut settings.database.write_queue, given.number(1, 1_000_000)),
    },
    Key {
        section: "mail",
        name: "url",
        variable: Some("MAIL_URL"),
        default: "",
        about: "The mail server, such as \"smtp://user:password@mail.example.com:587\". Without it `purlin dev` \
                catches mail in .purlin/mails, and `purlin serve` sends none.",
        is_secret: true,
        set: |settings, given| put(&mut settings.mail.url, mail_url(given)),
    },
    Key {
        section: "mail",
        name: "from",
        variable: Some("MAIL_FROM"),
        default: "",
        about: "Who sends, such as \"Shop <hello@example.com>\".",
        is_secret: false,
        set: |settings, given| put(&mut settings.mail.from, originator(given)),
    },
    Key {
        section: "mail",
        name: "reply_to",
        variable: None,
        default: "",
        about: "Where answers go, if not to `from`.",
        is_secret: false,
        set: |settings, given| put(&mut settings.mail.reply_to, originator(given)),
    },
    Key {
        section: "mail",
        name: "ca_file",
        variable: None,
        default: "",
        about: "A PEM file with a certificate to trust beside the usual ones, such as your own server's.",
        is_secret: false,
        set: |settings, given| {
            let path = given.text().map(|text| (!text.is_empty()).then(|| text.into()));
            put(&mut settings.mail.ca_file, path)
        },
    },
];
