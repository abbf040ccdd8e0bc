//! An app with its provider and its front end, as the tests use them.

use serde_json::{Value as Json, json};

use super::browser::Browser;
use super::provider::{CLIENT, Provider, SECRET, free_port};
use crate::app::App;
use crate::client::send;
use crate::server::Server;

/// Nobody listens there: the tests read what the browser would bring.
pub(super) const FRONT: &str = "http://front.test";
pub(super) const AUTH: &str = "/api/auth";
pub(super) const PASSWORD: &str = "a quiet long river";
const SCHEMA: &str = "model User {
  id       String  @id @default(uuid())
  email    String  @unique @email
  password String  @password
  name     String  @length(1, 30)
  isActive Boolean @default(true)

  @@allow('read,update', true)
}
";

pub(super) struct Shop {
    pub(super) app: App,
    pub(super) server: Server,
    pub(super) port: u16,
    /// Ends with the shop.
    provider: Option<Provider>,
}

impl Shop {
    /// With a provider that tells an address in the userinfo. `auth` are more lines of `[auth]`.
    pub(super) fn open(auth: &str) -> Self {
        Self::open_by("serve", "userinfo", auth)
    }

    pub(super) fn open_by(command: &str, claims: &str, auth: &str) -> Self {
        let port = free_port();
        let provider = Provider::start(claims, &[callback(port, "op"), callback(port, "other")]);
        let issuer = &provider.issuer;
        let section = |name: &str| {
            format!("[auth.providers.{name}]\nclient_id = \"{CLIENT}\"\nissuer = \"{issuer}\"\n")
        };
        let providers = section("op") + &section("other");
        let secret = |name: &str| format!("PURLIN_AUTH_PROVIDERS_{name}_CLIENT_SECRET=\"{SECRET}\"\n");
        let mut shop = Self::open_with(command, port, auth, &providers, &(secret("OP") + &secret("OTHER")));
        shop.provider = Some(provider);
        shop
    }

    pub(super) fn open_with(command: &str, port: u16, auth: &str, providers: &str, env: &str) -> Self {
        let app = App::with_schema(SCHEMA);
        let public = format!("http://127.0.0.1:{port}");
        app.write(
            "purlin.toml",
            &format!(
                "[server]\npublic_url = \"{public}\"\n[auth]\nlink_base = \"{FRONT}\"\n{auth}\n{providers}"
            ),
        );
        app.write(".env", &format!("JWT_SECRET=0123456789abcdef0123456789abcdef\n{env}"));
        let port_text = port.to_string();
        let mut arguments = vec![command, "--port", &port_text];
        if command == "serve" {
            arguments.push("--embedded");
        }
        let server = Server::start(&app.path, &arguments);
        Self { app, server, port, provider: None }
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{AUTH}{path}", self.port)
    }

    /// Where the browser ends up.
    pub(super) fn sign_in(&self, browser: &mut Browser, login: &str) -> String {
        let back = browser.sign_in_at_provider(&self.url("/oauth/op?redirect=/done"), login);
        browser.get(&back).location.unwrap()
    }

    /// Signs in at the provider in a fresh browser; what the front end gets for it.
    #[track_caller]
    pub(super) fn signed_in(&self, login: &str) -> Json {
        let place = self.sign_in(&mut Browser::default(), login);
        let (status, body) = self.post("/oauth/token", None, &json!({"code": code_in(&place)}));
        assert_eq!(status, 200, "{body}");
        body["data"].clone()
    }

    pub(super) fn ask(
        &self,
        method: &str,
        path: &str,
        token: Option<&str>,
        body: Option<&Json>,
    ) -> (u16, Json) {
        let bearer = token.map(|token| format!("Bearer {token}"));
        let mut headers = vec![("content-type", "application/json")];
        headers.extend(bearer.as_deref().map(|bearer| ("authorization", bearer)));
        let body = body.map(Json::to_string);
        let path = if path.starts_with("/api/") { path.to_owned() } else { format!("{AUTH}{path}") };
        let answer = send(method, &self.server.address, &path, &headers, body.as_deref());
        (answer.status, serde_json::from_str(&answer.text).unwrap_or(Json::Null))
    }

    pub(super) fn get(&self, path: &str, token: &str) -> (u16, Json) {
        self.ask("GET", path, Some(token), None)
    }

    pub(super) fn post(&self, path: &str, token: Option<&str>, body: &Json) -> (u16, Json) {
        self.ask("POST", path, token, Some(body))
    }

    /// With a password; the access token.
    #[track_caller]
    pub(super) fn registered(&self, email: &str) -> (String, String) {
        let body = json!({"email": email, "password": PASSWORD, "name": "By password"});
        let (status, body) = self.post("/register", None, &body);
        assert_eq!(status, 201, "{body}");
        (text(&body["data"]["user"]["id"]), text(&body["data"]["accessToken"]))
    }

    pub(super) fn log_in(&self, email: &str) -> u16 {
        self.post("/login", None, &json!({"email": email, "password": PASSWORD})).0
    }

    /// The identities of whoever has the token: provider and subject of each.
    pub(super) fn identities(&self, token: &str) -> Vec<(String, String)> {
        let (status, body) = self.get("/identities", token);
        assert_eq!(status, 200, "{body}");
        let all = body["data"].as_array().unwrap().iter();
        all.map(|one| (text(&one["provider"]), text(&one["subject"]))).collect()
    }
}

pub(super) fn callback(port: u16, name: &str) -> String {
    format!("http://127.0.0.1:{port}{AUTH}/oauth/{name}/callback")
}

pub(super) fn text(json: &Json) -> String {
    json.as_str().unwrap_or_else(|| panic!("{json} is no text")).to_owned()
}

/// The code that the browser brings to the front end.
#[track_caller]
pub(super) fn code_in(place: &str) -> String {
    let code = place.strip_prefix(&format!("{FRONT}/done?code="));
    code.unwrap_or_else(|| panic!("there is no code in {place}")).to_owned()
}
