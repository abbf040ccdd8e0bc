//! Plain OAuth 2.0 in GitHub's words, against a stand-in that holds to its documentation: GitHub itself cannot
//! be asked from a test.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value as Json, json};

use super::browser::Browser;
use super::front::{FRONT, Shop, code_in};
use super::provider::free_port;

/// What it knows of its only user.
struct StandIn {
    user: Json,
    emails: Json,
    /// What the token endpoint answers to a code that is right.
    token: Json,
}

impl StandIn {
    /// Serves until the process ends; the port.
    fn start(self) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        std::thread::spawn(move || {
            let mut challenge = String::new();
            for stream in listener.incoming() {
                self.answer(stream.unwrap(), &mut challenge);
            }
        });
        port
    }

    fn answer(&self, stream: TcpStream, challenge: &mut String) {
        let mut reader = BufReader::new(stream);
        let mut head = Vec::new();
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            if line == "\r\n" {
                break;
            }
            head.push(line.trim_end().to_owned());
        }
        let header = |name: &str| {
            let found = head.iter().filter_map(|line| line.split_once(": "));
            found.into_iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
        };
        let mut body = vec![0; header("content-length").map_or(0, |length| length.parse().unwrap())];
        reader.read_exact(&mut body).unwrap();
        let target = head[0].split(' ').nth(1).unwrap().to_owned();
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let fields = |text: &str| -> BTreeMap<String, String> {
            let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
            pairs
                .map(|(name, value)| (name.to_owned(), value.replace("%3A", ":").replace("%2F", "/")))
                .collect()
        };
        let is_known = header("authorization") == Some("Bearer gho_token") && header("user-agent").is_some();
        let mut location = String::new();
        let (status, answer) = match path {
            "/login/oauth/authorize" => {
                let query = fields(query);
                challenge.clone_from(&query["code_challenge"]);
                location =
                    format!("location: {}?code=right&state={}\r\n", query["redirect_uri"], query["state"]);
                assert_eq!(
                    (query["client_id"].as_str(), query["scope"].as_str()),
                    ("gh", "read%3Auser+user%3Aemail".replace("%3A", ":").as_str())
                );
                (302, Json::Null)
            }
            "/login/oauth/access_token" => {
                let form = fields(&String::from_utf8(body).unwrap());
                let is_right = form["code"] == "right"
                    && form["client_secret"] == "gh-secret"
                    && header("accept") == Some("application/json")
                    && challenge_of(&form["code_verifier"]) == *challenge;
                // It refuses with a 200.
                (200, if is_right { self.token.clone() } else { json!({"error": "bad_verification_code"}) })
            }
            "/user" if is_known => (200, self.user.clone()),
            "/user/emails" if is_known => (200, self.emails.clone()),
            _ => (401, json!({"message": "Requires authentication"})),
        };
        let answer = answer.to_string();
        let length = answer.len();
        let text = format!(
            "HTTP/1.1 {status} X\r\n{location}content-length: {length}\r\nconnection: close\r\n\r\n{answer}"
        );
        // Whoever asked may be gone.
        let _ = reader.get_mut().write_all(text.as_bytes());
    }
}

fn challenge_of(verifier: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(ring::digest::digest(&ring::digest::SHA256, verifier.as_bytes()))
}

fn emails(verified: bool) -> Json {
    json!([
        {"email": "old@example.com", "primary": false, "verified": true, "visibility": null},
        {"email": "Octo@example.com", "primary": true, "verified": verified, "visibility": "private"},
    ])
}

fn shop(stand_in: StandIn) -> Shop {
    let host = format!("http://127.0.0.1:{}", stand_in.start());
    let providers = format!(
        "[auth.providers.github]\nclient_id = \"gh\"\nauthorize_url = \"{host}/login/oauth/authorize\"\n\
         token_url = \"{host}/login/oauth/access_token\"\nuserinfo_url = \"{host}/user\"\n"
    );
    let secret = "PURLIN_AUTH_PROVIDERS_GITHUB_CLIENT_SECRET=gh-secret\n";
    Shop::open_with("serve", free_port(), "", &providers, secret)
}

fn arrives(shop: &Shop) -> String {
    let mut browser = Browser::default();
    let mut next = browser.get(&shop.url("/oauth/github?redirect=/done")).location.unwrap();
    while !next.starts_with(FRONT) {
        next = browser.get(&next).location.unwrap();
    }
    next
}

fn user() -> Json {
    json!({"id": 583_231, "login": "octocat", "name": "The Octocat", "email": null, "avatar_url": "https://a.example/1"})
}

fn token() -> Json {
    json!({"access_token": "gho_token", "scope": "read:user,user:email", "token_type": "bearer"})
}

#[test]
fn signs_in_by_its_number_and_its_primary_address() {
    let shop = shop(StandIn { user: user(), emails: emails(true), token: token() });
    let (status, body) = shop.post("/oauth/token", None, &json!({"code": code_in(&arrives(&shop))}));
    assert_eq!(status, 200, "{body}");
    assert_eq!(body["data"]["user"]["email"], "octo@example.com");
    assert_eq!(body["data"]["user"]["name"], "The Octocat");
    let token = body["data"]["accessToken"].as_str().unwrap();
    assert_eq!(shop.identities(token), [("github".to_owned(), "583231".to_owned())]);
    let again = shop.post("/oauth/token", None, &json!({"code": code_in(&arrives(&shop))})).1;
    assert_eq!(again["data"]["user"]["id"], body["data"]["user"]["id"]);
}

#[test]
fn an_address_that_github_has_not_verified_is_not_believed() {
    let shop = shop(StandIn { user: user(), emails: emails(false), token: token() });
    let (_, ada) = shop.registered("octo@example.com");
    assert_eq!(arrives(&shop), format!("{FRONT}/done?error=ADDRESS_IN_USE"));
    assert_eq!(shop.identities(&ada), []);
}

#[test]
fn what_it_answers_badly() {
    for (user, token, error) in [
        (user(), json!({"error": "bad_verification_code"}), "PROVIDER_REFUSED"),
        (user(), json!({"access_token": "gho_token", "token_type": "mac"}), "PROVIDER_REFUSED"),
        (user(), json!({"access_token": "other", "token_type": "bearer"}), "PROVIDER_REFUSED"),
        (user(), json!("text"), "PROVIDER_REFUSED"),
        (json!({"login": "octocat"}), token(), "PROVIDER_REFUSED"),
        (json!([]), token(), "PROVIDER_REFUSED"),
    ] {
        let shop = shop(StandIn { user, emails: emails(true), token: token.clone() });
        assert_eq!(arrives(&shop), format!("{FRONT}/done?error={error}"), "{token}");
    }
    // Without an address there is nothing to register with: this app's users need one.
    let shop = shop(StandIn { user: user(), emails: json!([]), token: token() });
    assert_eq!(arrives(&shop), format!("{FRONT}/done?error=PROFILE_INCOMPLETE"));
}
