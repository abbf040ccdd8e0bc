//! What an OpenID Connect provider says of itself (Discovery 1.0): asked for when it is needed first, and kept.

use purlin_fetch::{Answer, Client, Request, Url};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::failure::Failure;

/// Of what a document says, in the log.
const LONGEST_NAMED: usize = 100;

#[derive(Debug)]
pub(super) struct Metadata {
    pub(super) authorize: Url,
    pub(super) token: Url,
    pub(super) userinfo: Option<Url>,
    pub(super) keys: Url,
    /// RFC 9207: the answer to the browser names the issuer.
    pub(super) names_issuer: bool,
    /// The client's secret goes into the form, for who knows no other way.
    pub(super) takes_secret_in_form: bool,
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    userinfo_endpoint: Option<String>,
    jwks_uri: String,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

pub(super) async fn discover(client: &Client, issuer: &str) -> Result<Metadata, Failure> {
    let address = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
    let document: Document = get(client, &address_of(&address)?, None, "discovery").await?;
    Metadata::of(document, issuer)
}

impl Metadata {
    fn of(document: Document, issuer: &str) -> Result<Self, Failure> {
        // Else one provider could speak for another.
        if document.issuer != issuer {
            let named: String =
                document.issuer.chars().filter(char::is_ascii_graphic).take(LONGEST_NAMED).collect();
            return Err(Failure::Refused(format!(
                "discovery names the issuer {named}, not the configured one"
            )));
        }
        let is_https = issuer.starts_with("https://");
        let address_of = |text: &str| match address_of(text) {
            // What is plain here is this machine, where a provider elsewhere has nothing to look for.
            Ok(url) if is_https && !url.is_https() => {
                Err(Failure::Refused("an address of the provider is not https".to_owned()))
            }
            found => found,
        };
        let has = |methods: &[String], name: &str| methods.iter().any(|method| method == name);
        let takes_secret_in_form = document.token_endpoint_auth_methods_supported.is_some_and(|methods| {
            !has(&methods, "client_secret_basic") && has(&methods, "client_secret_post")
        });
        Ok(Metadata {
            authorize: address_of(&document.authorization_endpoint)?,
            token: address_of(&document.token_endpoint)?,
            userinfo: document.userinfo_endpoint.as_deref().map(&address_of).transpose()?,
            keys: address_of(&document.jwks_uri)?,
            names_issuer: document.authorization_response_iss_parameter_supported,
            takes_secret_in_form,
        })
    }
}

/// A JSON document; `what` names it in the log.
pub(super) async fn get<T: DeserializeOwned>(
    client: &Client,
    url: &Url,
    bearer: Option<&str>,
    what: &str,
) -> Result<T, Failure> {
    let mut request = Request::get(url).accepting("application/json");
    if let Some(token) = bearer {
        request = request.bearer(token).map_err(|error| Failure::unavailable(what, &error))?;
    }
    let answer = client.send(request).await.map_err(|error| Failure::unavailable(what, &error))?;
    if !answer.status.is_success() {
        return Err(unsuccessful(&answer, what));
    }
    answer.json().map_err(|error| Failure::unavailable(what, &error))
}

/// A provider that refuses is not one that is down.
pub(super) fn unsuccessful(answer: &Answer, what: &str) -> Failure {
    let text = format!("{what} was answered with {}", answer.status);
    if answer.status.is_client_error() { Failure::Refused(text) } else { Failure::Unavailable(text) }
}

fn address_of(text: &str) -> Result<Url, Failure> {
    Url::parse(text).map_err(|error| Failure::unavailable("an address of the provider", &error))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;

    #[track_caller]
    fn check(issuer: &str, changes: &Json, is_good: bool) {
        let mut document = json!({
            "issuer": "https://op.example", "authorization_endpoint": "https://op.example/auth?x=y",
            "token_endpoint": "https://op.example/token", "userinfo_endpoint": "https://other.example/me",
            "jwks_uri": "https://op.example/jwks", "unknown": [1],
        });
        for (name, value) in changes.as_object().unwrap() {
            document[name] = value.clone();
        }
        document.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        let found = serde_json::from_value(document).ok().and_then(|read| Metadata::of(read, issuer).ok());
        assert_eq!(found.is_some(), is_good, "{issuer} {changes}");
    }

    #[test]
    fn documents_that_are_believed() {
        let own = "https://op.example";
        for (issuer, changes, is_good) in [
            (own, json!({}), true),
            (own, json!({"userinfo_endpoint": null}), true),
            ("https://op.example/", json!({}), false),
            (own, json!({"issuer": "https://evil.example"}), false),
            (own, json!({"issuer": null}), false),
            (own, json!({"token_endpoint": null}), false),
            (own, json!({"jwks_uri": "http://127.0.0.1:9200/_search"}), false),
            (own, json!({"token_endpoint": "http://localhost/admin"}), false),
            (own, json!({"userinfo_endpoint": "http://[::1]/"}), false),
            (own, json!({"authorization_endpoint": "javascript:alert(1)"}), false),
            (own, json!({"authorization_endpoint": "https://op.example@evil.example/"}), false),
            (own, json!({"jwks_uri": "file:///etc/passwd"}), false),
            // A provider on this machine, in development.
            (
                "http://localhost:4000",
                json!({"issuer": "http://localhost:4000", "jwks_uri": "http://localhost:4000/jwks"}),
                true,
            ),
        ] {
            check(issuer, &changes, is_good);
        }
    }

    #[test]
    fn how_a_secret_is_sent() {
        for (methods, in_form) in [
            (json!(null), false),
            (json!(["client_secret_basic", "client_secret_post"]), false),
            (json!(["client_secret_post"]), true),
            (json!(["private_key_jwt"]), false),
        ] {
            let document = json!({
                "issuer": "https://op.example", "authorization_endpoint": "https://op.example/auth",
                "token_endpoint": "https://op.example/token", "jwks_uri": "https://op.example/jwks",
                "token_endpoint_auth_methods_supported": methods,
            });
            let metadata = Metadata::of(serde_json::from_value(document).unwrap(), "https://op.example");
            assert_eq!(metadata.unwrap().takes_secret_in_form, in_form, "{methods}");
        }
    }
}
