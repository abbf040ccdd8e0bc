//! Registering and signing in at the provider, and the code that becomes tokens.

use serde_json::json;

use super::browser::Browser;
use super::front::{AUTH, FRONT, Shop, code_in, text};

const ADA: &str = "ada:ada@example.com:true";
/// RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

#[test]
fn registers_and_signs_in_again() {
    for claims in ["userinfo", "id_token"] {
        let shop = Shop::open_by("serve", claims, "");
        let first = shop.signed_in(ADA);
        assert_eq!(first["user"]["email"], "ada@example.com");
        assert_eq!(first["user"]["name"], "ada");
        assert!(!first.to_string().contains("password"), "{first}");
        let again = shop.signed_in(ADA);
        assert_eq!(first["user"]["id"], again["user"]["id"]);
        assert_ne!(shop.signed_in("bob:bob@example.com:true")["user"]["id"], first["user"]["id"]);

        let token = text(&again["accessToken"]);
        assert_eq!(shop.get("/me", &token).0, 200);
        let (_, sessions) = shop.get("/sessions", &token);
        assert_eq!(sessions["data"][0]["method"], "oauth", "{sessions}");
        assert_eq!(shop.post("/refresh", None, &json!({"refreshToken": again["refreshToken"]})).0, 200);

        // A name that this app does not take keeps nobody out.
        let long = format!("{}:long@example.com:true", "x".repeat(31));
        assert_eq!(shop.signed_in(&long)["user"]["name"], "long");

        // There is no password, so nobody signs in with one, and this stays.
        assert_eq!(shop.identities(&token), [("op".to_owned(), ADA.to_owned())]);
        for password in ["", "!", "null"] {
            let (status, _) =
                shop.post("/login", None, &json!({"email": "ada@example.com", "password": password}));
            assert!(matches!(status, 400 | 401), "{password:?}: {status}");
        }
        let (_, list) = shop.get("/identities", &token);
        let path = format!("/identities/{}", text(&list["data"][0]["id"]));
        let (status, body) = shop.ask("DELETE", &path, Some(&token), None);
        assert_eq!((status, &body["error"]["code"]), (409, &json!("CONFLICT")), "{body}");
        assert_eq!(
            shop.ask(
                "DELETE",
                &path,
                Some(&text(&shop.signed_in("eve:eve@example.com:true")["accessToken"])),
                None
            )
            .0,
            404
        );
    }
}

#[test]
fn a_code_is_good_once_and_for_who_began() {
    let shop = Shop::open("");
    let mut browser = Browser::default();
    let code = code_in(&shop.sign_in(&mut browser, ADA));
    let exchange = |body: serde_json::Value| shop.post("/oauth/token", None, &body);
    let unknown = json!("UNAUTHENTICATED");
    for wrong in ["", ".", "x", &code[..code.len() - 1], &format!("{code}A"), code.split('.').next().unwrap()]
    {
        let (status, body) = exchange(json!({"code": wrong}));
        assert!(matches!(status, 400 | 401), "{wrong}: {body}");
    }
    // A verifier where there was no challenge: somebody took the challenge out of the link.
    let (status, body) = exchange(json!({"code": code, "codeVerifier": VERIFIER}));
    assert_eq!((status, &body["error"]["code"]), (401, &unknown));
    let (status, body) = exchange(json!({"code": code, "cookie": true}));
    assert_eq!(status, 200, "{body}");
    assert!(body["data"]["refreshToken"].is_null(), "{body}");
    assert_eq!(exchange(json!({"code": code})).0, 401, "a second time");

    let path = format!("/oauth/op?redirect=/done&code_challenge={CHALLENGE}&code_challenge_method=S256");
    let challenged = || {
        let mut browser = Browser::default();
        let back = browser.sign_in_at_provider(&shop.url(&path), ADA);
        code_in(&browser.get(&back).location.unwrap())
    };
    let code = challenged();
    for verifier in [json!(null), json!("x"), json!("x".repeat(43)), json!(CHALLENGE), json!("ä".repeat(43))]
    {
        let (status, body) = exchange(json!({"code": code, "codeVerifier": verifier}));
        assert_eq!((status, &body["error"]["code"]), (401, &unknown), "{verifier}");
    }
    // Of five tries three were used up: those that could be no verifier are not one.
    assert_eq!(exchange(json!({"code": code, "codeVerifier": VERIFIER})).0, 200);
    let code = challenged();
    for _ in 0..5 {
        assert_eq!(exchange(json!({"code": code})).0, 401);
    }
    assert_eq!(exchange(json!({"code": code, "codeVerifier": VERIFIER})).0, 401, "too many tries");
}

#[test]
fn the_way_there_holds_what_it_must() {
    let shop = Shop::open("");
    let mut browser = Browser::default();
    let page = browser.get(&shop.url("/oauth/op?redirect=/done"));
    assert_eq!(page.status, 303);
    let location = page.location.unwrap();
    for part in [
        "response_type=code",
        "client_id=shop",
        "scope=openid+email+profile",
        "code_challenge_method=S256",
        "code_challenge=",
        "state=",
        "nonce=",
        &format!("redirect_uri=http%3A%2F%2F127.0.0.1%3A{}%2Fapi%2Fauth%2Foauth%2Fop%2Fcallback", shop.port),
    ] {
        assert!(location.contains(part), "{part}: {location}");
    }
    let cookie = page.cookie_header;
    assert!(cookie.starts_with("purlin_oauth="), "{cookie}");
    for part in ["; Path=/;", "; HttpOnly", "; SameSite=Lax", "; Max-Age=600"] {
        assert!(cookie.contains(part), "{part}: {cookie}");
    }
    let state = location.split("state=").nth(1).unwrap().split('&').next().unwrap();
    assert!(!cookie.contains(state), "the cookie is not sealed");

    // Whatever the request says of itself, the browser comes back to where the configuration says.
    let answer = crate::client::send(
        "GET",
        &shop.server.address,
        &format!("{AUTH}/oauth/op"),
        &[("x-forwarded-host", "evil.example")],
        None,
    );
    let location = answer.headers.iter().find(|(name, _)| name == "location").unwrap();
    assert!(!location.1.contains("evil"), "{location:?}");

    for (path, status) in [
        ("/oauth/nobody", 404),
        ("/oauth/OP", 404),
        ("/oauth/nobody/callback?state=x&code=y", 404),
        ("/oauth/op?redirect=//evil.example", 400),
        ("/oauth/op?redirect=/%5Cevil.example", 400),
        ("/oauth/op?redirect=https:evil.example", 400),
        ("/oauth/op?redirect=https://evil.example/", 400),
        ("/oauth/op?redirect=http://front.test.evil.example/", 400),
        ("/oauth/op?redirect=http://front.test@evil.example/", 400),
        ("/oauth/op?redirect=/%0d%0aset-cookie:a=b", 400),
        ("/oauth/op?redirect=javascript:alert(1)", 400),
        ("/oauth/op?redirect=/a&redirect=/b", 400),
        ("/oauth/op?redirect=%ff", 400),
        ("/oauth/op?redirekt=/a", 400),
        ("/oauth/op?code_challenge=short", 400),
        (&format!("/oauth/op?code_challenge={VERIFIER}x"), 400),
        (&format!("/oauth/op?code_challenge={CHALLENGE}&code_challenge_method=plain"), 400),
    ] {
        let page = browser.get(&shop.url(path));
        assert_eq!(page.status, status, "{path}: {}", page.text);
        assert_eq!(page.location, None, "{path}");
    }
}

#[test]
fn who_may_not_come_in() {
    let shop = Shop::open("registration = \"closed\"\n");
    let place = shop.sign_in(&mut Browser::default(), ADA);
    assert_eq!(place, format!("{FRONT}/done?error=REGISTRATION_CLOSED"));
    assert_eq!(shop.post("/register", None, &json!({"email": "x@example.com"})).0, 403);

    let shop = Shop::open("");
    let ada = shop.signed_in(ADA);
    let path = format!("/api/users/{}", text(&ada["user"]["id"]));
    let code = code_in(&shop.sign_in(&mut Browser::default(), ADA));
    assert_eq!(shop.ask("PATCH", &path, None, Some(&json!({"isActive": false}))).0, 200);
    // On the way in, at the door, and before.
    assert_eq!(shop.post("/oauth/token", None, &json!({"code": code})).0, 401);
    let place = shop.sign_in(&mut Browser::default(), ADA);
    assert_eq!(place, format!("{FRONT}/done?error=UNAUTHENTICATED"));
    // Nor by another account of the same address.
    let place = shop.sign_in(&mut Browser::default(), "ada2:ada@example.com:true");
    assert_eq!(place, format!("{FRONT}/done?error=UNAUTHENTICATED"));
    assert_eq!(shop.ask("PATCH", &path, None, Some(&json!({"isActive": true}))).0, 200);
    assert_eq!(shop.identities(&text(&shop.signed_in(ADA)["accessToken"])).len(), 1);
}
