//! The way back, as attackers would have it. Everything ends at the front end, and nobody is signed in.

use super::browser::Browser;
use super::front::{FRONT, Shop, code_in};
use super::provider::free_port;
use crate::client::send;

const ADA: &str = "ada:ada@example.com:true";

#[track_caller]
fn refused(browser: &mut Browser, url: &str, error: &str) {
    let page = browser.get(url);
    let place = page.location.unwrap();
    assert_eq!(page.status, 303);
    // Without a place to go to that can be believed, the front page.
    let found = place.strip_prefix(FRONT).unwrap_or_else(|| panic!("went to {place}"));
    let found = found.strip_prefix("/done").or_else(|| found.strip_prefix('/')).unwrap();
    assert_eq!(found, format!("?error={error}"));
    assert!(page.cookie_header.contains("purlin_oauth=;"), "{}", page.cookie_header);
}

#[test]
fn only_who_began_comes_back() {
    let shop = Shop::open("");
    let start = shop.url("/oauth/op?redirect=/done");
    let mut mallory = Browser::default();
    let back = mallory.sign_in_at_provider(&start, "mallory:mallory@example.com:true");

    // A link that somebody was sent: no cookie, or that of another sign-in.
    refused(&mut Browser::default(), &back, "SIGN_IN_EXPIRED");
    let mut victim = Browser::default();
    victim.get(&start);
    refused(&mut victim, &back, "SIGN_IN_EXPIRED");

    // The state of the one with the cookie of the other, none at all, or twice.
    let state = back.split("state=").nth(1).unwrap().split('&').next().unwrap();
    for (from, to) in [
        (format!("state={state}"), "state=".to_owned()),
        (format!("state={state}"), "x=y".to_owned()),
        (format!("state={state}"), format!("state={state}&state={state}")),
        ("/oauth/op/".to_owned(), "/oauth/other/".to_owned()),
    ] {
        let changed = back.replace(&from, &to);
        assert_ne!(changed, back);
        refused(&mut mallory.clone(), &changed, "SIGN_IN_EXPIRED");
    }

    // Two cookies, one of them planted; a cookie that was made up or changed.
    let header = |value: &str, path: &str| format!("purlin_oauth={value}; Path={path}");
    let own = mallory.cookies.iter().find(|cookie| cookie.name == "purlin_oauth").unwrap().value.clone();
    let mut planted = mallory.clone();
    planted.keep(&header(&own, "/api/auth/oauth"));
    refused(&mut planted, &back, "SIGN_IN_EXPIRED");
    for value in ["x", "", &own[1..], &format!("{own}A"), &own.to_lowercase(), &"A".repeat(5000)] {
        let mut forging = mallory.clone();
        forging.keep(&header(value, "/"));
        refused(&mut forging, &back, "SIGN_IN_EXPIRED");
    }

    // An answer of another issuer, or one that hides it.
    let issuer = back.split("iss=").nth(1).unwrap().split('&').next().unwrap();
    for other in ["iss=https%3A%2F%2Fevil.example", "iss=", "x=y"] {
        let changed = back.replace(&format!("iss={issuer}"), other);
        refused(&mut mallory.clone(), &changed, "PROVIDER_REFUSED");
    }

    // After all that it is still good, once: not with the cookie that is gone, nor with one that was kept.
    let kept = mallory.clone();
    code_in(&mallory.get(&back).location.unwrap());
    refused(&mut mallory, &back, "SIGN_IN_EXPIRED");
    refused(&mut kept.clone(), &back, "PROVIDER_REFUSED");
}

/// A neighbour below the same domain could set a cookie of the plain name for the server too: with what they
/// began, so that somebody else ends it.
#[test]
fn no_neighbour_plants_what_somebody_else_ends() {
    let provider = "[auth.providers.forge]\nclient_id = \"x\"\nauthorize_url = \"https://forge.test/a\"\n\
                    token_url = \"https://forge.test/t\"\nuserinfo_url = \"https://forge.test/u\"\n";
    let env = "PURLIN_SERVER_PUBLIC_URL=https://api.shop.test\n";
    let shop = Shop::open_with("serve", free_port(), "", provider, env);
    let mut browser = Browser::default();
    let page = browser.get(&shop.url("/oauth/forge?redirect=/done"));
    let cookie = &page.cookie_header;
    assert!(cookie.starts_with("__Host-purlin_oauth="), "{cookie}");
    assert!(
        cookie.contains("; Path=/;") && cookie.contains("; Secure") && !cookie.contains("Domain"),
        "{cookie}"
    );
    let state = page.location.unwrap();
    let state = state.split("state=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    let value = cookie.split(['=', ';']).nth(1).unwrap();
    let back = format!("/api/auth/oauth/forge/callback?state={state}&error=access_denied");
    for (name, expected) in [
        ("purlin_oauth", format!("{FRONT}/?error=SIGN_IN_EXPIRED")),
        ("__Host-purlin_oauth", format!("{FRONT}/done?error=ACCESS_DENIED")),
    ] {
        let sent = format!("{name}={value}");
        let answer = send("GET", &shop.server.address, &back, &[("cookie", &sent)], None);
        let place = answer.headers.iter().find(|(name, _)| name == "location").unwrap();
        assert_eq!(place.1, expected, "{name}");
    }
}

#[test]
fn what_the_provider_says_no_to() {
    let shop = Shop::open("");
    let start = shop.url("/oauth/op?redirect=/done");
    let mut browser = Browser::default();
    let back = browser.refuse_at_provider(&start);
    assert!(back.contains("error=access_denied"), "{back}");
    refused(&mut browser, &back, "ACCESS_DENIED");

    // A code that is another one's, made up, or missing.
    for (name, to) in [("code=", "code=x"), ("code=", "y=x"), ("code=", "error=a%0d%0ab%00c")] {
        let mut browser = Browser::default();
        let back = browser.sign_in_at_provider(&start, ADA);
        let at = back.find(name).unwrap();
        let end = back[at..].find('&').map_or(back.len(), |end| at + end);
        refused(&mut browser, &format!("{}{to}{}", &back[..at], &back[end..]), "PROVIDER_REFUSED");
    }
    // A code of somebody else's sign-in, put into one's own: its verifier is not ours.
    let (mut one, mut other) = (Browser::default(), Browser::default());
    let code = |url: &str| url.split("code=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    let (back, stolen) = (one.sign_in_at_provider(&start, ADA), other.sign_in_at_provider(&start, ADA));
    refused(&mut one, &back.replace(&code(&back), &code(&stolen)), "PROVIDER_REFUSED");
}
