//! What is wrong with a configuration is said at the start; what is wrong with a provider is not.

use serde_json::json;

use super::browser::Browser;
use super::front::{FRONT, Shop};
use super::provider::free_port;
use crate::app::App;
use crate::server::Server;

const SCHEMA: &str = "model User {\n  id String @id @default(uuid())\n  email String @unique\n}\n";

#[test]
fn what_is_missing_is_said_at_the_start() {
    let app = App::with_schema(SCHEMA);
    let base = "[auth]\nlink_base = \"https://shop.example\"\n";
    for (toml, expected) in [
        (format!("{base}[auth.providers.google]\n"), "[auth.providers.google]: `client_id` is missing"),
        (
            format!("{base}[auth.providers.sso]\nclient_id = \"x\"\n"),
            "`authorize_url` is missing: give an `issuer`",
        ),
        (
            format!("{base}[auth.providers.microsoft]\nclient_id = \"x\"\n"),
            "https://login.microsoftonline.com/TENANT-ID/v2.0",
        ),
        (format!("{base}[auth.providers.Google]\nclient_id = \"x\"\n"), "a name holds a-z"),
        (format!("{base}[auth.providers.token]\nclient_id = \"x\"\n"), "is not `token` or"),
        (format!("{base}[auth.providers.wallet]\nclient_id = \"x\"\n"), "is not `token` or `wallet`"),
        (
            format!("{base}[auth.providers.sso]\nclient_id = \"x\"\nissuer = \"http://sso.example\"\n"),
            "`issuer` must be an https address; http is for this machine only",
        ),
        (
            format!(
                "{base}[auth.providers.sso]\nclient_id = \"x\"\nissuer = \"https://a.example\"\ntoken_url = \"https://b.example\"\n"
            ),
            "has an `issuer`, whose addresses are discovered, and others",
        ),
        (
            format!("{base}[auth.providers.google]\nclient_id = \"x\"\nscopes = \"email\"\n"),
            "`scopes` lacks `openid`",
        ),
        (
            format!("{base}[auth.providers.google]\nclient_secret = \"hunter2\"\n"),
            "`client_secret` is a secret: set PURLIN_AUTH_PROVIDERS_GOOGLE_CLIENT_SECRET in .env",
        ),
        (
            format!("{base}[auth.providers.google]\nclientid = \"x\"\n"),
            "there is no key of [auth.providers.google] `clientid`; did you mean `client_id`?",
        ),
        (
            "[auth.providers.google]\nclient_id = \"x\"\n".to_owned(),
            "set PUBLIC_URL to the address of the front end",
        ),
        (
            "[server]\npublic_url = \"shop\"\n[auth.providers.google]\nclient_id = \"x\"\n".to_owned(),
            "which is no http or https address",
        ),
    ] {
        app.write("purlin.toml", &toml);
        app.write(".env", "JWT_SECRET=0123456789abcdef0123456789abcdef\n");
        let mut server = Server::launch(&app.path, &["serve", "--embedded", "--port", "0"]);
        assert_eq!(server.ended(), 1, "{toml}");
        assert!(server.said().contains(expected), "{expected}: {}", server.said());
        assert!(!server.said().contains("hunter2"), "{}", server.said());
    }
}

#[test]
fn a_provider_that_is_down_stops_nothing_else() {
    let dead = free_port();
    let providers = format!("[auth.providers.op]\nclient_id = \"x\"\nissuer = \"http://127.0.0.1:{dead}\"\n");
    let shop = Shop::open_with("serve", free_port(), "", &providers, "");
    let page = Browser::default().get(&shop.url("/oauth/op?redirect=/done"));
    assert_eq!(page.location.unwrap(), format!("{FRONT}/done?error=PROVIDER_UNAVAILABLE"));
    assert_eq!(page.cookie_header, "");
    let (_, token) = shop.registered("ada@example.com");
    let (status, body) = shop.post("/oauth/op/link", Some(&token), &json!({}));
    assert_eq!((status, &body["error"]["code"]), (503, &json!("UNAVAILABLE")));

    let (_, document) = shop.server.get("/openapi.json");
    let begin = &document["paths"]["/api/auth/oauth/{provider}"];
    assert_eq!(begin["parameters"][0]["name"], "provider", "{begin}");
    assert_eq!(begin["get"]["parameters"][0]["name"], "redirect", "{begin}");
    assert!(begin["get"]["responses"]["303"].is_object(), "{begin}");
    assert!(document["paths"]["/api/auth/oauth/token"]["post"].is_object());
}
