//! Signing in with a wallet, whose messages `ethers` signs.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use purlin_core::clock::{Clock as _, SystemClock};
use serde_json::{Value as Json, json};

use crate::app::App;
use crate::client::send;
use crate::node;
use crate::scenarios::totp;
use crate::server::Server;

const SCHEMA: &str = r#"
datasource db {
  provider = "sqlite"
  url      = env("DATABASE_URL")
}

model User {
  id            String  @id @default(uuid())
  email         String? @unique @email
  password      String? @password
  name          String?
  walletAddress String? @unique
  isActive      Boolean @default(true)

  @@allow('read', auth() == this)
}
"#;
const SETTINGS: &str = "[auth]\nlink_base = \"https://Shop.example:443\"\nwallet_chains = [1, 10]\n";
/// Keys that everybody knows: of a development chain's first accounts.
const ADA: &str = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
const BOB: &str = "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d";

type Alter = fn(&str) -> String;

struct Wallets {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Wallets {
    fn open() -> Self {
        let mut child = Command::new("node")
            .arg("sign.mjs")
            .current_dir(node::installed("wallet"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (input, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        Self { child, input, output: BufReader::new(output) }
    }

    fn ask(&mut self, line: &Json) -> Json {
        writeln!(self.input, "{line}").unwrap();
        let mut answer = String::new();
        self.output.read_line(&mut answer).unwrap();
        serde_json::from_str(&answer).unwrap()
    }

    fn address(&mut self, key: &str) -> String {
        self.ask(&json!({ "key": key }))["address"].as_str().unwrap().to_owned()
    }

    fn sign(&mut self, key: &str, message: &str) -> String {
        self.ask(&json!({ "key": key, "message": message }))["signature"].as_str().unwrap().to_owned()
    }
}

impl Drop for Wallets {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A message of EIP-4361 as the front end of the shop writes it.
fn message(address: &str, nonce: &str) -> String {
    let now = SystemClock.now();
    format!(
        "shop.example wants you to sign in with your Ethereum account:\n{address}\n\nSign in to the shop.\n\n\
         URI: https://shop.example/sign-in\nVersion: 1\nChain ID: 1\nNonce: {nonce}\nIssued At: {now}"
    )
}

fn call(server: &Server, method: &str, path: &str, token: Option<&str>, body: Option<&Json>) -> (u16, Json) {
    let bearer = token.map(|token| format!("Bearer {token}"));
    let mut headers = vec![("content-type", "application/json")];
    headers.extend(bearer.as_deref().map(|bearer| ("authorization", bearer)));
    let path = format!("/api/auth{path}");
    let body = body.map(Json::to_string);
    let answer = send(method, &server.address, &path, &headers, body.as_deref());
    (answer.status, serde_json::from_str(&answer.text).unwrap_or(Json::Null))
}

fn nonce(server: &Server) -> String {
    let (status, body) = call(server, "POST", "/wallet/nonce", None, None);
    assert_eq!(status, 200, "{body}");
    body["data"]["nonce"].as_str().unwrap().to_owned()
}

fn serve(app: &App) -> Server {
    app.write("purlin.toml", SETTINGS);
    app.write(".env", "JWT_SECRET=\"a secret of these tests, which is long enough\"\n");
    Server::start(&app.path, &["serve", "--embedded", "--port", "0"])
}

#[test]
fn a_wallet_signs_in() {
    let app = App::with_schema(SCHEMA);
    let server = serve(&app);
    let mut wallets = Wallets::open();
    let ada = wallets.address(ADA);
    let verify = |wallets: &mut Wallets, key: &str, text: &str, token: Option<&str>| {
        let body = json!({ "message": text, "signature": wallets.sign(key, text) });
        call(&server, "POST", "/wallet/verify", token, Some(&body))
    };

    let text = message(&ada, &nonce(&server));
    let first = verify(&mut wallets, ADA, &text, None);
    assert_eq!(first.0, 200, "{first:?}");
    assert_eq!(first.1["data"]["user"]["walletAddress"], ada.as_str());
    let user = first.1["data"]["user"]["id"].clone();
    let token = first.1["data"]["accessToken"].as_str().unwrap();
    assert_eq!(call(&server, "GET", "/me", Some(token), None).1["data"]["id"], user);
    assert_eq!(verify(&mut wallets, ADA, &text, None).0, 401, "a message is good once");

    let again = message(&ada, &nonce(&server));
    let again = verify(&mut wallets, ADA, &again, None);
    assert_eq!(again.1["data"]["user"]["id"], user, "the same wallet is the same user");

    // Who has a password adds a wallet.
    let bob = json!({ "email": "bob@example.com", "password": "green ideas sleep" });
    let bob = call(&server, "POST", "/register", None, Some(&bob)).1;
    let bob_token = bob["data"]["accessToken"].as_str().unwrap();
    let (bob_wallet, text) = (wallets.address(BOB), nonce(&server));
    let text = message(&bob_wallet, &text);
    let linked = verify(&mut wallets, BOB, &text, Some(bob_token));
    assert_eq!((linked.0, &linked.1["data"][0]["subject"]), (200, &json!(bob_wallet)), "{linked:?}");
    let text = message(&bob_wallet, &nonce(&server));
    let by_wallet = verify(&mut wallets, BOB, &text, None);
    assert_eq!(by_wallet.1["data"]["user"]["id"], bob["data"]["user"]["id"]);
    assert_eq!(by_wallet.1["data"]["user"]["walletAddress"], bob_wallet.as_str());
    let text = message(&ada, &nonce(&server));
    assert_eq!(verify(&mut wallets, ADA, &text, Some(bob_token)).0, 409, "a wallet is one user's");

    // The last way to sign in stays; another one may go.
    let own = |token: &str| call(&server, "GET", "/identities", Some(token), None).1["data"][0]["id"].clone();
    let remove = |token: &str| {
        call(&server, "DELETE", &format!("/identities/{}", own(token).as_str().unwrap()), Some(token), None).0
    };
    assert_eq!(remove(token), 409);
    assert_eq!(remove(bob_token), 204);
    assert_eq!(call(&server, "GET", "/me", Some(bob_token), None).1["data"]["walletAddress"], Json::Null);
}

#[test]
fn one_message_tries_one_address() {
    let app = App::with_schema(SCHEMA);
    let server = serve(&app);
    for email in ["bob@example.com", "kim@example.com"] {
        let body = json!({ "email": email, "password": "green ideas sleep" });
        assert_eq!(call(&server, "POST", "/register", None, Some(&body)).0, 201);
    }
    let mut wallets = Wallets::open();
    let text = message(&wallets.address(ADA), &nonce(&server));
    let signature = wallets.sign(ADA, &text);
    for (email, expected) in [("bob@example.com", 409), ("kim@example.com", 401), ("new@example.com", 401)] {
        let body = json!({ "message": text, "signature": signature, "email": email });
        assert_eq!(call(&server, "POST", "/wallet/verify", None, Some(&body)).0, expected, "{email}");
    }
}

/// Who has the wallet, but not the second factor, cannot try codes for as long as nonces are given.
#[test]
fn the_second_factor_behind_a_wallet_is_not_guessed() {
    let app = App::with_schema(SCHEMA);
    let server = serve(&app);
    let mut wallets = Wallets::open();
    let ada = wallets.address(ADA);
    let mut verify = |totp: Option<&str>| {
        let text = message(&ada, &nonce(&server));
        let body = json!({ "message": text, "signature": wallets.sign(ADA, &text), "totp": totp });
        call(&server, "POST", "/wallet/verify", None, Some(&body))
    };
    let token = verify(None).1["data"]["accessToken"].as_str().unwrap().to_owned();
    let secret =
        call(&server, "POST", "/totp/setup", Some(&token), Some(&json!({}))).1["data"]["secret"].clone();
    let code = json!({ "code": totp(secret.as_str().unwrap(), 0) });
    assert_eq!(call(&server, "POST", "/totp/enable", Some(&token), Some(&code)).0, 200);
    assert_eq!(verify(None).1["error"]["code"], "SECOND_FACTOR_REQUIRED");
    assert_eq!(verify(Some(&totp(secret.as_str().unwrap(), 1))).0, 200);
    let guesses: Vec<u16> = (0..7).map(|_| verify(Some("000000")).0).collect();
    assert_eq!(guesses, [401, 401, 401, 401, 401, 429, 429]);
}

#[test]
fn messages_that_sign_nobody_in() {
    let app = App::with_schema(SCHEMA);
    let server = serve(&app);
    let mut wallets = Wallets::open();
    let ada = wallets.address(ADA);
    let bob = wallets.address(BOB);
    let cases: [(&str, &str, &str, u16); 9] = [
        ("another page", "shop.example wants", "evil.example wants", 401),
        ("another address", ada.as_str(), bob.as_str(), 401),
        ("another page below", "https://shop.example/sign-in", "https://evil.example/sign-in", 401),
        ("no TLS", "https://shop.example/sign-in", "http://shop.example/sign-in", 401),
        ("another chain", "Chain ID: 1\n", "Chain ID: 137\n", 401),
        ("a nonce of its own", "Nonce: ", "Nonce: 0", 401),
        ("later", "Issued At: 20", "Issued At: 21", 401),
        ("no message", "Version: 1", "Version: 2", 400),
        ("small letters", ada.as_str(), &ada.to_lowercase(), 400),
    ];
    for (name, from, to, expected) in cases {
        let text = message(&ada, &nonce(&server)).replacen(from, to, 1);
        let body = json!({ "message": text, "signature": wallets.sign(ADA, &text) });
        let (status, answer) = call(&server, "POST", "/wallet/verify", None, Some(&body));
        assert_eq!(status, expected, "{name}: {answer}");
    }

    let alterations: [(&str, Alter, u16); 5] = [
        ("its mirror image, which fits as well (EIP-2)", mirrored, 401),
        ("one without a recovery", |good| good[..130].to_owned(), 401),
        ("none", |_| "0x".to_owned(), 401),
        ("no digits", |_| "x".repeat(132), 401),
        ("as it was signed", str::to_owned, 200),
    ];
    for (name, alter, expected) in alterations {
        let text = message(&ada, &nonce(&server));
        let body = json!({ "message": text, "signature": alter(&wallets.sign(ADA, &text)) });
        let (status, answer) = call(&server, "POST", "/wallet/verify", None, Some(&body));
        assert_eq!(status, expected, "{name}: {answer}");
    }
}

/// With the order of the curve less `s`, and the other `v`.
fn mirrored(signature: &str) -> String {
    const ORDER: &str = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
    let byte = |text: &str, at: usize| i16::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap();
    let (mut digits, mut borrow) = (String::new(), 0);
    for at in (0..32).rev() {
        let left = byte(ORDER, at) - byte(&signature[66..130], at) - borrow;
        borrow = i16::from(left < 0);
        digits.insert_str(0, &format!("{:02x}", left.rem_euclid(256)));
    }
    let v = if byte(&signature[130..], 0) == 27 { 28 } else { 27 };
    format!("{}{digits}{v:02x}", &signature[..66])
}
