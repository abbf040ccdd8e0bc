//! The forms of values that one key alone has. As everywhere, a message never repeats the value.

use tracing_subscriber::filter::Targets;

use super::Secret;
use super::given::Given;
use super::settings::SigningKey;

pub(super) fn base_path(given: &Given) -> Result<String, String> {
    let text = given.text()?;
    if text.is_empty() || text == "/" {
        return Ok(String::new());
    }
    let is_plain = |part: &str| {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        !part.is_empty() && part.bytes().all(fits) && part.bytes().any(|byte| byte != b'.')
    };
    match text.strip_prefix('/') {
        Some(rest) if rest.split('/').all(is_plain) => Ok(text.to_owned()),
        _ => Err("must be empty or a path such as \"/api/v1\": parts of letters, digits and -._~, \
                  each after one slash, with none at the end"
            .to_owned()),
    }
}

pub(super) fn jwt_secret(given: &Given) -> Result<Option<Secret>, String> {
    let secret = given.secret()?;
    match &secret {
        Some(secret) if secret.expose().len() < 32 => {
            Err("must be at least 32 bytes long; `openssl rand -base64 48` makes a good one".to_owned())
        }
        _ => Ok(secret),
    }
}

/// EIP-155.
pub(super) fn chains(given: &Given) -> Result<Vec<u64>, String> {
    let numbers = given.list()?.into_iter().map(str::parse::<u64>);
    let numbers: Result<Vec<u64>, _> = numbers.collect();
    numbers.map_err(|_| "must be a list of whole numbers, such as [1, 10]".to_owned())
}

/// A file, or from the environment also the key itself.
pub(super) fn signing_keys(given: &Given) -> Result<Vec<SigningKey>, String> {
    let is_shared = matches!(given, Given::Text(_) | Given::List(_));
    let texts = match given {
        Given::Text(text) => Some(text.trim()).filter(|text| !text.is_empty()).into_iter().collect(),
        given => given.list()?,
    };
    let key = |text: &str| match text.contains("-----BEGIN") {
        true if is_shared => {
            Err("must be a file: a private key belongs into no file that is shared".to_owned())
        }
        true => Ok(SigningKey::Pem(Secret::new(text))),
        false => Ok(SigningKey::File(text.into())),
    };
    texts.into_iter().map(key).collect()
}

pub(super) fn one_signing_key(given: &Given) -> Result<Option<SigningKey>, String> {
    let mut keys = signing_keys(given)?;
    if keys.len() > 1 {
        return Err("must be one key; the others are `accepted_keys`".to_owned());
    }
    Ok(keys.pop())
}

pub(super) fn metrics_token(given: &Given) -> Result<Option<Secret>, String> {
    let token = given.secret()?;
    let is_token = |text: &str| {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte);
        text.len() >= 16 && text.bytes().all(fits)
    };
    match &token {
        Some(token) if !is_token(token.expose()) => {
            Err("must have 16 characters or more, of letters, digits and -._~+/=".to_owned())
        }
        _ => Ok(token),
    }
}

pub(super) fn mail_url(given: &Given) -> Result<Option<Secret>, String> {
    let url = given.secret()?;
    if let Some(url) = &url {
        purlin_mail::SmtpUrl::parse(url.expose()).map_err(|error| error.to_string())?;
    }
    Ok(url)
}

/// Empty means not set.
pub(super) fn originator(given: &Given) -> Result<Option<purlin_mail::Originator>, String> {
    let text = given.text()?;
    if text.is_empty() {
        return Ok(None);
    }
    let parsed = purlin_mail::Originator::parse(text);
    parsed.map(Some).map_err(|_| "must be an address such as \"Shop <hello@example.com>\"".to_owned())
}

pub(super) fn log_level(given: &Given) -> Result<String, String> {
    let text = given.filled_text()?;
    // `Targets` takes a lone unknown word for a target with every level on.
    let is_level = |part: &str| {
        let level = part.split_once('=').map_or(part, |(_, level)| level);
        level.trim().parse::<tracing_subscriber::filter::LevelFilter>().is_ok()
    };
    if text.split(',').all(is_level) && text.parse::<Targets>().is_ok() {
        return Ok(text);
    }
    Err("must be error, warn, info, debug or trace, or a list by target such as \
         \"info,purlin_http=debug\""
        .to_owned())
}
