//! Which account an identity comes to: never one of somebody else's.

use serde_json::{Value as Json, json};

use super::browser::Browser;
use super::front::{FRONT, PASSWORD, Shop, code_in, text};
use crate::scenarios::totp;

/// In development mail is caught, and its links are said.
fn shop(auth: &str) -> Shop {
    Shop::open_by("dev", "userinfo", auth)
}

/// Follows the link of the mail that was just sent.
#[track_caller]
fn verify(shop: &mut Shop, email: &str) {
    let token = verification_token(shop, email);
    assert_eq!(shop.post("/verify-email", None, &json!({"token": token})).0, 204, "{token}");
}

fn verification_token(shop: &mut Shop, email: &str) -> String {
    let line = shop.server.wait_for(&format!("mail verify-email for {email}"));
    line.split("token=").nth(1).unwrap().split_whitespace().next().unwrap().to_owned()
}

/// Turns the second factor on; its secret.
fn with_second_factor(shop: &Shop, token: &str) -> String {
    let (_, body) = shop.post("/totp/setup", Some(token), &json!({}));
    let secret = text(&body["data"]["secret"]);
    let (status, body) = shop.post("/totp/enable", Some(token), &json!({"code": totp(&secret, 0)}));
    assert_eq!(status, 200, "{body}");
    secret
}

#[test]
fn a_verified_account_is_linked_and_keeps_all() {
    let mut shop = shop("");
    let (id, token) = shop.registered("ada@example.com");
    verify(&mut shop, "ada@example.com");
    let linked = shop.signed_in("Ada:ADA@example.com:true");
    assert_eq!(text(&linked["user"]["id"]), id);
    assert_eq!(linked["user"]["name"], "By password");
    assert_eq!(shop.log_in("ada@example.com"), 200);
    assert_eq!(shop.get("/me", &token).0, 200);
    // With a password the identity is not the last way in.
    let (_, list) = shop.get("/identities", &token);
    let path = format!("/identities/{}", text(&list["data"][0]["id"]));
    assert_eq!(shop.ask("DELETE", &path, Some(&token), None).0, 204);
    assert_eq!(shop.identities(&token), []);
}

/// Somebody registers the address of somebody else, and waits.
#[test]
fn an_account_that_nobody_proved_goes_to_who_can() {
    let shop = shop("");
    let (id, thief) = shop.registered("victim@example.com");
    let (_, key) = shop.post("/api-keys", Some(&thief), &json!({"name": "k", "scopes": ["read"]}));
    let key = text(&key["data"]["key"]);
    with_second_factor(&shop, &thief);
    // Also an identity of their own, and a code of it that is good for a minute.
    let place = linked_by(&shop, &thief, "mallory:mallory@example.com:true");
    assert_eq!(place, format!("{FRONT}/done?linked=op"));
    let code = code_in(&shop.sign_in(&mut Browser::default(), "mallory:mallory@example.com:true"));

    let victim = shop.signed_in("victim:victim@example.com:true");
    assert_eq!(text(&victim["user"]["id"]), id);
    let token = text(&victim["accessToken"]);
    assert_eq!(shop.identities(&token), [("op".to_owned(), "victim:victim@example.com:true".to_owned())]);
    assert_eq!(shop.get("/me", &thief).0, 401, "the thief's session");
    assert_eq!(shop.get("/me", &key).0, 401, "the thief's key");
    assert_eq!(shop.log_in("victim@example.com"), 401, "the thief's password");
    assert_eq!(shop.post("/oauth/token", None, &json!({"code": code})).0, 401, "the thief's code");
    // The identity is nobody's now, and comes to an account of its own.
    let mallory = shop.signed_in("mallory:mallory@example.com:true");
    assert_ne!(text(&mallory["user"]["id"]), id);
    // It was proved: another account of the same address at another provider is linked, and takes nothing.
    assert_eq!(shop.get("/me", &token).0, 200);
    let mut browser = Browser::default();
    let back =
        browser.sign_in_at_provider(&shop.url("/oauth/other?redirect=/done"), "v2:victim@example.com:true");
    code_in(&browser.get(&back).location.unwrap());
    assert_eq!(shop.identities(&token).len(), 2);
}

#[test]
fn an_address_that_is_not_verified_opens_nothing() {
    let mut shop = shop("");
    let (_, ada) = shop.registered("ada@example.com");
    let in_use = format!("{FRONT}/done?error=ADDRESS_IN_USE");
    assert_eq!(shop.sign_in(&mut Browser::default(), "x:ada@example.com:false"), in_use);
    verify(&mut shop, "ada@example.com");
    assert_eq!(shop.sign_in(&mut Browser::default(), "x:ada@example.com:false"), in_use);
    assert_eq!(shop.identities(&ada), []);
    assert_eq!(shop.log_in("ada@example.com"), 200);
    // A new one is an account like one that was registered with a password: not verified, so who proves it
    // gets it.
    let squatter = shop.signed_in("x:new@example.com:false");
    let owner = shop.signed_in("y:new@example.com:true");
    assert_eq!(squatter["user"]["id"], owner["user"]["id"]);
    assert_eq!(shop.get("/me", &text(&squatter["accessToken"])).0, 401);
    assert_eq!(shop.sign_in(&mut Browser::default(), "x:new@example.com:false"), in_use);
}

#[test]
fn where_addresses_must_be_verified() {
    let mut shop = shop("verify_email = \"required\"\n");
    let (login, refused) = ("x:new@example.com:false", format!("{FRONT}/done?error=EMAIL_NOT_VERIFIED"));
    assert_eq!(shop.sign_in(&mut Browser::default(), login), refused);
    assert_eq!(shop.sign_in(&mut Browser::default(), login), refused);
    let token = verification_token(&mut shop, "new@example.com");
    // As if there were no such account; its owner is told.
    assert_eq!(shop.sign_in(&mut Browser::default(), "z:new@example.com:false"), refused);
    shop.server.wait_for("mail email-taken for new@example.com");
    assert_eq!(shop.sign_in(&mut Browser::default(), "z:new@example.com:false"), refused);
    assert_eq!(shop.post("/verify-email", None, &json!({"token": token})).0, 204);
    assert_eq!(shop.signed_in(login)["user"]["email"], "new@example.com");
    assert_eq!(shop.signed_in("ada:ada@example.com:true")["user"]["email"], "ada@example.com");
}

/// Goes through the provider with what the app answers to who is signed in; where the browser ends up.
fn linked_by(shop: &Shop, token: &str, login: &str) -> String {
    let headers = [("content-type", "application/json"), ("authorization", &format!("Bearer {token}"))];
    let path = "/api/auth/oauth/op/link";
    let answer =
        crate::client::send("POST", &shop.server.address, path, &headers, Some("{\"redirect\":\"/done\"}"));
    assert_eq!(answer.status, 200, "{}", answer.text);
    let body: Json = serde_json::from_str(&answer.text).unwrap();
    let mut browser = Browser::default();
    let (_, cookie) = answer.headers.iter().find(|(name, _)| name == "set-cookie").unwrap();
    browser.keep(cookie);
    let back = browser.sign_in_at_provider(&text(&body["data"]["url"]), login);
    // The address alone is worth nothing to who has no cookie.
    let place = Browser::default().get(&back).location.unwrap();
    assert_eq!(place, format!("{FRONT}/?error=SIGN_IN_EXPIRED"));
    browser.get(&back).location.unwrap()
}

#[test]
fn who_is_signed_in_adds_another() {
    let shop = shop("");
    let (id, ada) = shop.registered("ada@example.com");
    let (_, bob) = shop.registered("bob@example.com");
    // Whatever its address: both were shown to be theirs.
    assert_eq!(linked_by(&shop, &ada, "work:ada@work.example:false"), format!("{FRONT}/done?linked=op"));
    assert_eq!(linked_by(&shop, &ada, "work:ada@work.example:false"), format!("{FRONT}/done?linked=op"));
    assert_eq!(shop.identities(&ada).len(), 1);
    assert_eq!(text(&shop.signed_in("work:ada@work.example:false")["user"]["id"]), id);
    let taken = format!("{FRONT}/done?error=IDENTITY_TAKEN");
    assert_eq!(linked_by(&shop, &bob, "work:ada@work.example:false"), taken);
    assert_eq!(shop.identities(&bob), []);

    for (token, expected) in [(None, 401), (Some("x"), 401)] {
        assert_eq!(shop.post("/oauth/op/link", token, &json!({})).0, expected);
    }
    assert_eq!(shop.post("/oauth/op/link", Some(&ada), &json!({"redirect": "//evil.example"})).0, 400);
    assert_eq!(shop.post("/oauth/nobody/link", Some(&ada), &json!({})).0, 404);
    let (_, key) = shop.post("/api-keys", Some(&ada), &json!({"name": "k", "scopes": ["read", "write"]}));
    assert_eq!(shop.post("/oauth/op/link", Some(&text(&key["data"]["key"])), &json!({})).0, 403);
}

#[test]
fn a_session_that_has_ended_adds_nothing() {
    let shop = shop("");
    let (_, ada) = shop.registered("ada@example.com");
    let headers = [("content-type", "application/json"), ("authorization", &format!("Bearer {ada}"))];
    let answer =
        crate::client::send("POST", &shop.server.address, "/api/auth/oauth/op/link", &headers, Some("{}"));
    let body: Json = serde_json::from_str(&answer.text).unwrap();
    let mut browser = Browser::default();
    browser.keep(&answer.headers.iter().find(|(name, _)| name == "set-cookie").unwrap().1);
    let back = browser.sign_in_at_provider(&text(&body["data"]["url"]), "m:m@example.com:true");
    assert_eq!(shop.ask("POST", "/logout", Some(&ada), None).0, 204);
    // Where access tokens are good for less than a sign-in at a provider may take, this is forgotten meanwhile.
    let database = rusqlite::Connection::open(shop.app.path.join(".purlin/db.db")).unwrap();
    assert_eq!(database.execute("DELETE FROM _purlin_ended_sessions", []).unwrap(), 1);
    assert_eq!(browser.get(&back).location.unwrap(), format!("{FRONT}/?error=UNAUTHENTICATED"));
    let (_, body) = shop.post("/login", None, &json!({"email": "ada@example.com", "password": PASSWORD}));
    assert_eq!(shop.identities(&text(&body["data"]["accessToken"])), []);
}

#[test]
fn the_second_factor_is_asked_for() {
    let mut shop = shop("");
    let (_, token) = shop.registered("ada@example.com");
    verify(&mut shop, "ada@example.com");
    let secret = with_second_factor(&shop, &token);
    let code = || code_in(&shop.sign_in(&mut Browser::default(), "ada:ada@example.com:true"));
    let first = code();
    let (status, body) = shop.post("/oauth/token", None, &json!({"code": first}));
    assert_eq!((status, &body["error"]["code"]), (401, &json!("SECOND_FACTOR_REQUIRED")));
    let (status, body) = shop.post("/oauth/token", None, &json!({"code": first, "totp": "000000"}));
    assert_eq!((status, &body["error"]["code"]), (401, &json!("UNAUTHENTICATED")));
    let (status, body) = shop.post("/oauth/token", None, &json!({"code": first, "totp": totp(&secret, 1)}));
    assert_eq!(status, 200, "{body}");
    assert_eq!(shop.post("/oauth/token", None, &json!({"code": first, "totp": totp(&secret, 1)})).0, 401);
    // Five tries with one code, and the guessing of all of them is slowed down.
    let second = code();
    for _ in 0..5 {
        assert_eq!(shop.post("/oauth/token", None, &json!({"code": second})).0, 401);
    }
    let (_, body) = shop.post("/oauth/token", None, &json!({"code": second}));
    assert_eq!(body["error"]["code"], "UNAUTHENTICATED", "{body}");
    let third = code();
    let guesses =
        (0..5).map(|_| shop.post("/oauth/token", None, &json!({"code": third, "totp": "000000"})).0);
    let guesses: Vec<u16> = guesses.collect();
    assert!(guesses.iter().all(|status| matches!(status, 401 | 429)), "{guesses:?}");
}
