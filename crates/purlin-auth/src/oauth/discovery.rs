//! What an OpenID Connect provider says of itself (Discovery 1.0): asked for when it is needed first, and kept.

use purlin_fetch::{Answer, Client, Request, Url};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::failure::Failure;

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
    // Else one provider could speak for another.
    if document.issuer != issuer {
        return Err(Failure::Refused("discovery names another issuer than the configuration".to_owned()));
    }
    let has = |methods: &[String], name: &str| methods.iter().any(|method| method == name);
    let takes_secret_in_form = document
        .token_endpoint_auth_methods_supported
        .is_some_and(|methods| !has(&methods, "client_secret_basic") && has(&methods, "client_secret_post"));
    Ok(Metadata {
        authorize: address_of(&document.authorization_endpoint)?,
        token: address_of(&document.token_endpoint)?,
        userinfo: document.userinfo_endpoint.as_deref().map(address_of).transpose()?,
        keys: address_of(&document.jwks_uri)?,
        names_issuer: document.authorization_response_iss_parameter_supported,
        takes_secret_in_form,
    })
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
