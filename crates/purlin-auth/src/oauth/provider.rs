//! One provider: where the browser is sent, and who it says is there.

use std::time::Instant;

use purlin_core::DateTime;
use purlin_fetch::{Client, Limits, Request, Url, form, form_text};
use serde::Deserialize;
use serde_json::Value as Json;

use super::cached::Cached;
use super::discovery::{Metadata, discover, get, unsuccessful};
use super::failure::Failure;
use super::id_token::{self, Expected};
use super::jwk::{KeySet, RawSet};
use super::known::{Known, OPENID_SCOPES, Speaks, known};
use super::pending::{Pending, challenge_of};
use super::profile::{Claims, GitHubAddress, Shape, plain_identity};
use super::settings::ProviderSettings;
use super::target::is_web_address;
use crate::error::Error;
use crate::identities::{Identity, WALLET};

const LONGEST_NAME: usize = 32;
/// A path of ours, and the name that wallets have among identities.
const RESERVED: [&str; 2] = ["token", WALLET];

#[derive(Debug, Default)]
pub(crate) struct Providers(Vec<Provider>);

#[derive(Debug)]
pub(crate) struct Provider {
    settings: ProviderSettings,
    /// Where the provider sends the browser back to.
    callback: String,
    scopes: String,
    speaks: Protocol,
    client: Client,
}

#[derive(Debug)]
enum Protocol {
    OpenId { issuer: String, metadata: Cached<Metadata>, keys: Cached<KeySet> },
    Plain { authorize: Url, token: Url, userinfo: Url, shape: Shape },
}

#[derive(Deserialize)]
struct Tokens {
    access_token: String,
    token_type: Option<String>,
    id_token: Option<String>,
}

impl Providers {
    /// `base` is the public address of sign-in. The message says what is wrong with the configuration; no
    /// provider is asked for anything yet.
    pub(crate) fn new(all: &[ProviderSettings], base: &str) -> Result<Self, String> {
        if all.is_empty() {
            return Ok(Self::default());
        }
        if !is_web_address(base) {
            return Err(format!(
                "providers send browsers back to `{base}`, which is no http or https address"
            ));
        }
        let client = Client::new(Limits::default(), None).map_err(|error| error.to_string())?;
        let providers = all.iter().map(|settings| Provider::new(settings, base, &client));
        providers.collect::<Result<_, _>>().map(Self)
    }

    pub(crate) fn find(&self, name: &str) -> Option<&Provider> {
        self.0.iter().find(|provider| provider.settings.name == name)
    }
}

impl Provider {
    fn new(settings: &ProviderSettings, base: &str, client: &Client) -> Result<Self, String> {
        let name = &settings.name;
        let problem = |text: &str| format!("[auth.providers.{name}]: {text}");
        let is_name = name.len() <= LONGEST_NAME
            && !RESERVED.contains(&name.as_str())
            && name.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase())
            && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        if !is_name {
            return Err(problem(
                "a name holds a-z, 0-9 and `-`, begins with a letter, and is not `token` or `wallet`",
            ));
        }
        if settings.client_id.is_empty() {
            return Err(problem("`client_id` is missing; the provider gives it"));
        }
        let known = known(name);
        let scopes = settings.scopes.clone().unwrap_or_else(|| {
            known
                .map_or(if settings.issuer.is_some() { OPENID_SCOPES } else { "" }, |known| known.scopes)
                .to_owned()
        });
        let speaks = Protocol::of(settings, known).map_err(|text| problem(&text))?;
        if matches!(speaks, Protocol::OpenId { .. }) && !scopes.split(' ').any(|scope| scope == "openid") {
            return Err(problem("`scopes` lacks `openid`"));
        }
        Ok(Self {
            settings: settings.clone(),
            callback: format!("{base}/oauth/{name}/callback"),
            scopes,
            speaks,
            client: client.clone(),
        })
    }

    pub(crate) fn name(&self) -> &str {
        &self.settings.name
    }

    /// Where the browser signs in.
    pub(crate) async fn authorize_url(&self, pending: &Pending) -> Result<String, Failure> {
        let challenge = challenge_of(&pending.verifier);
        let mut fields = vec![
            ("response_type", "code"),
            ("client_id", &self.settings.client_id),
            ("redirect_uri", &self.callback),
            ("state", &pending.state),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        if !self.scopes.is_empty() {
            fields.push(("scope", &self.scopes));
        }
        let authorize = match &self.speaks {
            Protocol::OpenId { .. } => {
                fields.push(("nonce", &pending.nonce));
                self.metadata().await?.authorize.clone()
            }
            Protocol::Plain { authorize, .. } => authorize.clone(),
        };
        let separator = if authorize.as_str().contains('?') { '&' } else { '?' };
        Ok(format!("{authorize}{separator}{}", form(&fields)))
    }

    /// RFC 9207: that the answer comes from this provider and not from another one.
    pub(crate) async fn check_issuer(&self, given: Option<&str>) -> Result<(), Failure> {
        let Protocol::OpenId { issuer, .. } = &self.speaks else { return Ok(()) };
        let is_right = match given {
            Some(given) => given == issuer,
            None => !self.metadata().await?.names_issuer,
        };
        if is_right { Ok(()) } else { Err(Failure::Refused("the answer names another issuer".to_owned())) }
    }

    /// Who signed in there, for the code that the browser brought back.
    pub(crate) async fn identify(
        &self,
        code: &str,
        pending: &Pending,
        now: DateTime,
    ) -> Result<Identity, Failure> {
        match &self.speaks {
            Protocol::OpenId { .. } => {
                let metadata = self.metadata().await?;
                let tokens =
                    self.tokens(&metadata.token, metadata.takes_secret_in_form, code, pending).await?;
                let Some(token) = &tokens.id_token else {
                    return Err(Failure::Refused("there is no ID token".to_owned()));
                };
                let mut claims = self.verified(&metadata, token, pending, now).await?;
                if let (false, Some(userinfo)) = (claims.is_complete(), &metadata.userinfo) {
                    let bearer = Some(tokens.access_token.as_str());
                    let told: Claims = get(&self.client, userinfo, bearer, "userinfo").await?;
                    claims = claims.completed_by(told)?;
                }
                claims.identity(self.name())
            }
            Protocol::Plain { token, userinfo, shape, .. } => {
                let tokens = self.tokens(token, true, code, pending).await?;
                let bearer = Some(tokens.access_token.as_str());
                let user: Json = get(&self.client, userinfo, bearer, "userinfo").await?;
                let mut addresses: Vec<GitHubAddress> = Vec::new();
                if *shape == Shape::GitHub {
                    let list = Url::parse(&format!("{userinfo}/emails"))
                        .map_err(|error| Failure::unavailable("the list of addresses", &error))?;
                    addresses = get(&self.client, &list, bearer, "the list of addresses").await?;
                }
                plain_identity(self.name(), *shape, &user, &addresses)
            }
        }
    }

    async fn metadata(&self) -> Result<std::sync::Arc<Metadata>, Failure> {
        match &self.speaks {
            Protocol::OpenId { issuer, metadata, .. } => {
                metadata.get(Instant::now, discover(&self.client, issuer)).await
            }
            Protocol::Plain { .. } => Err(Failure::Unavailable("there is nothing to discover".to_owned())),
        }
    }

    async fn verified(
        &self,
        metadata: &Metadata,
        token: &str,
        pending: &Pending,
        now: DateTime,
    ) -> Result<Claims, Failure> {
        let Protocol::OpenId { issuer, keys, .. } = &self.speaks else {
            return Err(Failure::Refused("there are no keys to verify it".to_owned()));
        };
        let expected = Expected { issuer, client: &self.settings.client_id, nonce: &pending.nonce, now };
        let fetch = || async {
            get(&self.client, &metadata.keys, None, "the key set").await.map(|set: RawSet| KeySet::of(set))
        };
        let set = keys.get(Instant::now, fetch()).await?;
        match id_token::verify(token, &set, &expected) {
            // A key that is new since.
            Err(Error::UnknownKey) => {
                let set = keys.get_newer(Instant::now, fetch()).await?;
                Ok(id_token::verify(token, &set, &expected)?)
            }
            outcome => Ok(outcome?),
        }
    }

    async fn tokens(
        &self,
        url: &Url,
        secret_in_form: bool,
        code: &str,
        pending: &Pending,
    ) -> Result<Tokens, Failure> {
        let what = "the code";
        let id = self.settings.client_id.as_str();
        let secret = self.settings.client_secret.as_ref().map(super::ClientSecret::expose);
        let mut fields = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &self.callback),
            ("code_verifier", &pending.verifier),
        ];
        let basic = secret.filter(|_| !secret_in_form);
        if basic.is_none() {
            fields.push(("client_id", id));
            fields.extend(secret.map(|secret| ("client_secret", secret)));
        }
        let mut request = Request::form(url, &fields).accepting("application/json");
        if let Some(secret) = basic {
            // RFC 6749, 2.3.1: encoded like a form before they are joined.
            let basic = request.basic(&form_text(id), &form_text(secret));
            request = basic.map_err(|error| Failure::unavailable(what, &error))?;
        }
        let answer = self.client.send(request).await.map_err(|error| Failure::unavailable(what, &error))?;
        if !answer.status.is_success() {
            return Err(unsuccessful(&answer, what));
        }
        // GitHub refuses with a 200.
        let tokens: Tokens =
            answer.json().map_err(|_| Failure::Refused("the code was not exchanged".to_owned()))?;
        let is_bearer = tokens.token_type.as_deref().is_none_or(|kind| kind.eq_ignore_ascii_case("bearer"));
        if is_bearer { Ok(tokens) } else { Err(Failure::Refused("the token is no bearer token".to_owned())) }
    }
}

impl Protocol {
    /// What is given, and for the rest what is known.
    fn of(settings: &ProviderSettings, known: Option<&Known>) -> Result<Self, String> {
        let urls = [&settings.authorize_url, &settings.token_url, &settings.userinfo_url];
        let has_urls = urls.iter().any(|url| url.is_some());
        let of_known = known.map(|known| &known.speaks);
        if let Some(issuer) = &settings.issuer {
            if has_urls || matches!(of_known, Some(Speaks::Plain { .. })) {
                return Err("has an `issuer`, whose addresses are discovered, and others".to_owned());
            }
            return Self::open_id(issuer);
        }
        match of_known {
            Some(Speaks::OpenId { issuer }) if !has_urls => return Self::open_id(issuer),
            Some(Speaks::OwnIssuer { hint }) if !has_urls => {
                return Err(format!("`issuer` is missing: the address of your tenant, {hint}"));
            }
            _ => {}
        }
        let (of_known, shape) = match of_known {
            Some(Speaks::Plain { authorize, token, userinfo, shape }) => {
                ([Some(*authorize), Some(*token), Some(*userinfo)], *shape)
            }
            _ => ([None; 3], Shape::Usual),
        };
        let url = |name: &str, given: &Option<String>, known: Option<&str>| {
            let text = given.as_deref().or(known).ok_or_else(|| {
                format!("`{name}` is missing: give an `issuer`, or the three addresses of plain OAuth 2.0")
            })?;
            Url::parse(text).map_err(|error| format!("`{name}` {error}"))
        };
        let [authorize, token, userinfo] = of_known;
        Ok(Self::Plain {
            authorize: url("authorize_url", &settings.authorize_url, authorize)?,
            token: url("token_url", &settings.token_url, token)?,
            userinfo: url("userinfo_url", &settings.userinfo_url, userinfo)?,
            shape,
        })
    }

    fn open_id(issuer: &str) -> Result<Self, String> {
        Url::parse(issuer).map_err(|error| format!("`issuer` {error}"))?;
        Ok(Self::OpenId { issuer: issuer.to_owned(), metadata: Cached::default(), keys: Cached::default() })
    }
}
