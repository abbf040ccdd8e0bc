//! The configuration as tables: what is given, what comes of it, and every problem's place.

use std::fs;
use std::time::Duration;

use proptest::prelude::*;
use purlin_core::rate_limit::Quota;

use super::{Config, Environment, Problems, load, toml_reference};
use super::{dotenv, file};

fn load_from(toml: &str, dotenv: &str, process: &[(&str, &str)]) -> Result<Config, Problems> {
    let app = tempfile::tempdir().unwrap();
    fs::write(app.path().join("purlin.toml"), toml).unwrap();
    fs::write(app.path().join(".env"), dotenv).unwrap();
    let process = process.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    load(app.path(), Environment::from_variables(process))
}

#[test]
fn a_model_has_a_section() {
    let toml = "[api.models.post]\ncache = \"30s\"\n[api.models]\norderItem.cache = \"1h\"\n";
    let settings = load_from(toml, "", &[]).unwrap().settings;
    let caches: Vec<_> =
        settings.api.caches.iter().map(|cache| (cache.model.as_str(), cache.longest.as_secs())).collect();
    assert_eq!(caches, [("orderItem", 3600), ("post", 30)]);
    refuses("[api]\nmodels = 1\n", "", &[], &["purlin.toml:2: write a model as a section"]);
    refuses(
        "[api.models]\nnote = 1\n[api.models.post]\ncache = 30\n[api.models.user]\ncach = \"30s\"\n\
         [api.models.task]\ncache = \"5ms\"\n[cache]\nsize = 5\nothers = \"5s\"\n",
        "",
        &[],
        &[
            "purlin.toml:2: write a model as a section: [api.models.note]",
            "purlin.toml:6: there is no key of [api.models.user] `cach`; did you mean `cache`?",
            "purlin.toml:11: there is no key of [cache] `others`; there are size, others_within",
            "purlin.toml:3: `api.models.post.cache` must be a duration in quotes",
            "purlin.toml:7: `api.models.task.cache` must be at least 1s",
            "purlin.toml:10: `cache.size` must be a size in quotes",
        ],
    );
}

/// Each expected line is a part of the problem at the same place in the list.
#[track_caller]
fn refuses(toml: &str, dotenv: &str, process: &[(&str, &str)], expected: &[&str]) {
    let problems = load_from(toml, dotenv, process).unwrap_err().0;
    let found: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(found.contains(expected), "expected {expected:?} in {found:?}");
    }
}

#[test]
fn an_empty_folder_has_the_documented_defaults() {
    let app = tempfile::tempdir().unwrap();
    let none = load(app.path(), Environment::default()).unwrap().settings;
    let uncommented: String = toml_reference()
        .lines()
        .filter_map(|line| match line.strip_prefix("# ") {
            Some(rest) if rest.split(' ').nth(1) == Some("=") => Some(format!("{rest}\n")),
            Some(_) => None,
            None => Some(format!("{line}\n")),
        })
        .collect();
    assert!(uncommented.contains("port = 3000"), "{uncommented}");
    assert_eq!(load_from(&uncommented, "", &[]).unwrap().settings, none);
    assert_eq!(none.server.port, 3000);
    assert_eq!(none.api.base_path, "/api");
    assert_eq!(none.auth.jwt_secret, None);
}

#[test]
fn the_later_source_wins() {
    let toml = "[server]\nport = 1\n";
    for (dotenv, process, port) in [
        ("", vec![], 1),
        ("PORT=2", vec![], 2),
        ("PORT=2\nPORT=3", vec![], 3),
        ("PORT=2", vec![("PORT", "4")], 4),
        ("PURLIN_SERVER_PORT=5", vec![("PORT", "4")], 5),
        ("PORT=2", vec![("PORT", "")], 1),
    ] {
        let config = load_from(toml, dotenv, &process).unwrap();
        assert_eq!(config.settings.server.port, port, "{dotenv:?} {process:?}");
    }
}

#[test]
fn every_problem_is_named_with_its_place() {
    refuses(
        "[server]\nport = \"3000\"\nhots = \"x\"\nrequest_timeout = 30\n\n[sever]\nx = 1\n",
        "what\nPORT=high",
        &[("PURLIN_API_MAX_LIMT", "5")],
        &[
            "purlin.toml:3: there is no key of [server] `hots`",
            "purlin.toml:6: there is no section `sever`; did you mean `server`?",
            "purlin.toml:2: `server.port` must be a whole number from 0 to 65535, without quotes",
            "purlin.toml:4: `server.request_timeout` must be a duration",
            ".env:1: is not of the form NAME=value",
            "environment: there is no setting `PURLIN_API_MAX_LIMT`; did you mean `PURLIN_API_MAX_LIMIT`?",
            ".env:2: `PORT` must be a whole number",
        ],
    );
}

#[test]
fn values_that_do_not_fit() {
    for (toml, expected) in [
        ("[server]\nport = 65536", "from 0 to 65535"),
        ("[server]\nport = 1.5", "not a number with a fraction"),
        ("[server]\nport = 99999999999999999999", "not a number of this size"),
        ("[server]\nhost = \"\"", "must not be empty"),
        ("[server]\nhost = 1", "must be text in quotes"),
        ("[server]\nrequest_timeout = \"0s\"", "at least 1ms"),
        ("[server]\nbody_limit = \"1\"", "must be a size"),
        ("[server]\nbody_limit = \"0MB\"", "must be a size"),
        ("[api]\nbase_path = \"api\"", "must be empty or a path"),
        ("[api]\nbase_path = \"/api/\"", "must be empty or a path"),
        ("[api]\nbase_path = \"/a/../b\"", "must be empty or a path"),
        ("[api]\ndefault_access = \"all\"", "one of \"deny\", \"authenticated\", \"public\""),
        ("[api]\nmax_limit = 10", "`api.default_limit` (20) must not be above"),
        ("[log]\nlevel = \"loud\"", "must be error, warn"),
        ("[log]\nformat = true", "one of \"auto\""),
        ("[auth]\njwt_secret = \"x\"", "set JWT_SECRET in .env"),
        ("[auth]\naccepted_secret = \"x\"", "set JWT_SECRET_ACCEPTED in .env"),
        ("[auth]\nsigning_key = [\"a.pem\", \"b.pem\"]", "must be one key"),
        ("[auth]\nsigning_key = \"-----BEGIN PRIVATE KEY-----\"", "must be a file"),
        ("[database]\nurl = \"file:x\"", "set DATABASE_URL in .env"),
        ("[mail]\nurl = \"smtp://h\"", "set MAIL_URL in .env"),
        ("[mail]\nfrom = \"Shop\"", "`mail.from` must be an address such as"),
        ("[mail]\nfrom = \"a@x.io\\r\\nBcc: b@x.io\"", "`mail.from` must be an address such as"),
        ("[mail]\nreply_to = \"a@x.io, b@x.io\"", "`mail.reply_to` must be an address such as"),
        ("[mail]\nform = \"a@x.io\"", "there is no key of [mail] `form`"),
        ("[server]\ntrusted_proxies = \"loopback\"", "must be a list of texts"),
        ("[server]\ntrusted_proxies = [1]", "entry 1 must be an address"),
        ("[server]\ntrusted_proxies = [\"\"]", "must not hold an empty text"),
        (
            "[server]\ntrusted_proxies = [\"::1\", \"all\"]",
            "`server.trusted_proxies` entry 2 must be an address",
        ),
        ("[server]\ntrusted_proxies = [\"10.0.0.1/8\"]", "entry 1 is an address with a prefix"),
        (
            "[server]\ncors_origins = [\"https://a.example/x\"]",
            "`server.cors_origins` entry 1 must end after",
        ),
        ("[server]\ncors_origins = [\"*\", \"https://a.example\"]", "entry 1 is \"*\""),
        ("[rate_limits]\ndefault = \"600\"", "`rate_limits.default` must be a number of calls in a time"),
        ("[rate_limits]\ndefault = \"600/0s\"", "must be for a time from"),
        ("[rate_limits]\ndefault = \"1/31d\"", "must be for a time from"),
        ("[rate_limits]\ndefualt = \"1/1m\"", "did you mean `default`?"),
        (
            "[rate_limits]\n\"GET /api/posts\" = \"0/1m\"",
            "the limit of \"GET /api/posts\" must allow one call",
        ),
        ("[rate_limits]\n\"/api/posts\" = \"-1/1m\"", "such as \"100/1m\", or \"off\""),
        ("[rate_limits]\n\"/api/posts\" = \"99999999999/1m\"", "such as \"100/1m\", or \"off\""),
        ("[rate_limits]\n\"/api/posts\" = \"1/m\"", "such as \"100/1m\", or \"off\""),
        ("[rate_limits]\n\"/api/posts\" = 100", "such as \"100/1m\", or \"off\""),
        ("[server]\ncompression = \"true\"", "`server.compression` must be true or false, without quotes"),
        ("[server]\nhsts = \"1y\"", "`server.hsts` must be a duration"),
        ("[server]\nhsts = 365", "`server.hsts` must be a duration"),
        ("[server]\nmetrics_token = \"x\"", "set METRICS_TOKEN in .env"),
        ("[server]\nissuer = \"x\"", "belongs into the section [auth]"),
        ("port = 1", "belongs into the section [server]"),
        ("server = 1", "write it as [server]"),
        ("[server\nport = 1", "is not valid TOML"),
    ] {
        let problems = load_from(toml, "", &[]).unwrap_err();
        assert!(problems.to_string().contains(expected), "{toml:?}: {problems}");
    }
}

#[test]
fn empty_base_path_and_levels_by_target() {
    for (toml, expected) in [("\"\"", ""), ("\"/\"", ""), ("\"/api/v1\"", "/api/v1")] {
        let config = load_from(&format!("[api]\nbase_path = {toml}"), "", &[]).unwrap();
        assert_eq!(config.settings.api.base_path, expected);
    }
    let config = load_from("[log]\nlevel = \"info,purlin_http=debug\"", "", &[]).unwrap();
    assert_eq!(config.settings.log.level, "info,purlin_http=debug");
}

#[test]
fn limits_of_routes() {
    let toml =
        "[rate_limits]\ndefault = \"600/1m\"\n\"POST /api/posts\" = \"5 / 15m\"\n\"/docs/*\" = \"off\"";
    let quota = |calls, minutes| Some(Quota { calls, window: Duration::from_mins(minutes) });
    let limits = load_from(toml, "", &[]).unwrap().settings.rate_limits;
    assert_eq!(limits.default, quota(600, 1));
    let mut routes = limits.routes;
    routes.sort_by(|(left, _), (right, _)| left.cmp(right));
    assert_eq!(routes, [("/docs/*".to_owned(), None), ("POST /api/posts".to_owned(), quota(5, 15))]);
    let changed = load_from(toml, "", &[("PURLIN_RATE_LIMITS_DEFAULT", "7/1m")]).unwrap();
    assert_eq!(changed.settings.rate_limits.default, quota(7, 1));
}

#[test]
fn lists_in_the_file_and_in_the_environment() {
    let of = |toml: &str, process: &[(&str, &str)]| {
        load_from(toml, "", process).unwrap().settings.server.trusted_proxies
    };
    let file = of("[server]\ntrusted_proxies = [\"loopback\", \"10.0.0.0/8\"]", &[]);
    assert!(!file.is_empty());
    assert_eq!(of("", &[("PURLIN_SERVER_TRUSTED_PROXIES", "loopback, 10.0.0.0/8")]), file);
    let none = of("[server]\ntrusted_proxies = [\"::1\"]", &[("PURLIN_SERVER_TRUSTED_PROXIES", "[]")]);
    assert!(none.is_empty());
}

#[test]
fn secrets_stay_out_of_messages_and_debug() {
    let short = "hunter2";
    let problems = load_from("", &format!("JWT_SECRET={short}"), &[]).unwrap_err();
    assert!(problems.to_string().contains(".env:1: `JWT_SECRET` must be at least 32 bytes"));
    assert!(!problems.to_string().contains(short), "{problems}");

    let problems = load_from("", &format!("METRICS_TOKEN={short}"), &[]).unwrap_err().to_string();
    assert!(
        problems.contains("`METRICS_TOKEN` must have 16 characters") && !problems.contains(short),
        "{problems}"
    );
    for url in ["smtp://u:hunter2@", "hunter2", "smtp://u:hunter2@mail.example.com?tls=none"] {
        let problems = load_from("", &format!("MAIL_URL={url}"), &[]).unwrap_err().to_string();
        assert!(problems.contains(".env:1: `MAIL_URL` ") && !problems.contains(short), "{problems}");
    }
    let long = "0123456789abcdef0123456789abcdef";
    let dotenv = format!("JWT_SECRET={long}\nDATABASE_URL=postgres://u:pass@h/d\nMAIL_URL=smtp://u:pass@h");
    let config = load_from("", &dotenv, &[]).unwrap();
    assert_eq!(config.settings.auth.jwt_secret.as_ref().unwrap().expose(), long);
    assert_eq!(config.environment.get("DATABASE_URL"), Some("postgres://u:pass@h/d"));
    let printed = format!("{config:?}");
    assert!(!printed.contains(long) && !printed.contains("u:pass"), "{printed}");
}

#[test]
fn providers_of_sign_in() {
    let toml = "[auth.providers.google]\nclient_id = \"one\"\n[auth.providers.my-sso]\nissuer = \"https://a.example\"\n";
    let dotenv =
        "PURLIN_AUTH_PROVIDERS_GOOGLE_CLIENT_SECRET=hunter2\nPURLIN_AUTH_PROVIDERS_MY_SSO_CLIENT_ID=two\n";
    let config = load_from(toml, dotenv, &[("PURLIN_AUTH_PROVIDERS_MY_SSO_SCOPES", "openid")]).unwrap();
    let [google, sso] = &config.settings.auth.providers[..] else { panic!("{config:?}") };
    assert_eq!((google.name.as_str(), google.client_id.as_str()), ("google", "one"));
    assert_eq!(google.client_secret, Some(purlin_auth::ClientSecret::new("hunter2")));
    assert_eq!(
        (sso.name.as_str(), sso.client_id.as_str(), sso.scopes.as_deref()),
        ("my-sso", "two", Some("openid"))
    );
    assert_eq!((sso.issuer.as_deref(), &sso.client_secret), (Some("https://a.example"), &None));
    assert!(!format!("{config:?}").contains("hunter2"), "{config:?}");

    refuses(
        "[auth]\nproviders = 1\n",
        "",
        &[],
        &["purlin.toml:2: write a provider as a section: [auth.providers.NAME]"],
    );
    refuses(
        "[auth.providers]\ngoogle = 1\n[auth.providers.sso]\nclient_id = 1\nclient_secret = \"hunter2\"\nissuers = \"x\"\n",
        "PURLIN_AUTH_PROVIDERS_GITHUB_CLIENT_SECRET=hunter2\nPURLIN_AUTH_PROVIDERS_SSO_CLIENT_SECRETS=hunter2\n",
        &[],
        &[
            "purlin.toml:2: write a provider as a section: [auth.providers.google]",
            "purlin.toml:5: `client_secret` is a secret: set PURLIN_AUTH_PROVIDERS_SSO_CLIENT_SECRET in .env instead",
            "purlin.toml:6: there is no key of [auth.providers.sso] `issuers`; did you mean `issuer`?",
            "purlin.toml:4: `auth.providers.sso.client_id` must be text in quotes, not a number",
            ".env:1: there is no setting `PURLIN_AUTH_PROVIDERS_GITHUB_CLIENT_SECRET`",
            ".env:2: there is no setting `PURLIN_AUTH_PROVIDERS_SSO_CLIENT_SECRETS`; did you mean `PURLIN_AUTH_PROVIDERS_SSO_CLIENT_SECRET`?",
        ],
    );
}

#[test]
fn files_that_are_not_text() {
    let app = tempfile::tempdir().unwrap();
    fs::write(app.path().join("purlin.toml"), [0xff, 0xfe]).unwrap();
    fs::create_dir(app.path().join(".env")).unwrap();
    let problems = load(app.path(), Environment::default()).unwrap_err().to_string();
    assert!(problems.contains("purlin.toml: is not UTF-8 text"), "{problems}");
    assert!(problems.contains(".env: cannot be read"), "{problems}");
}

proptest! {
    /// Text close to the two forms, so that quotes, ends and sections really meet.
    #[test]
    fn no_text_stops_a_reader(text in "([A-Z]{1,2}|[ =\"'#\\\\\\[\\]\n\r\tä€x0]|port|server|export ){0,40}") {
        let (entries, mistakes) = dotenv::parse(&text);
        let lines = text.lines().count();
        for line in entries.iter().map(|entry| entry.line).chain(mistakes.iter().map(|it| it.line)) {
            prop_assert!((1..=lines.max(1)).contains(&line), "line {line} of {lines}");
        }
        let (_, problems) = file::read(&text);
        for problem in problems {
            prop_assert!(problem.place.starts_with("purlin.toml:"));
        }
    }

    /// What is written in double quotes is what is read.
    #[test]
    fn quoted_values_come_back(value in any::<String>()) {
        let quoted: String = value.chars().flat_map(|c| match c {
            '"' | '\\' => vec!['\\', c],
            _ => vec![c],
        }).collect();
        let (entries, mistakes) = dotenv::parse(&format!("A=\"{quoted}\"\nB=1"));
        prop_assert!(mistakes.is_empty(), "{mistakes:?}");
        prop_assert_eq!(&entries[0].value, &value);
        prop_assert_eq!(&entries[1].value, "1");
    }
}
