//! Admins: made by the command line, signed in over HTTP, bound by no rule, and logged.

use serde_json::{Value as Json, json};

use crate::app::App;
use crate::client::send;
use crate::server::Server;

const SCHEMA: &str = r#"
datasource db {
  provider = "sqlite"
  url      = env("DATABASE_URL")
}

model User {
  id       String @id
  email    String @unique
  password String @password
  secret   String? @omit
  notes    Note[]

  @@deny('all', true)
}

/// Nobody is allowed anything.
model Note {
  id     Int    @id @default(autoincrement())
  text   String
  owner  User   @relation(fields: [userId], references: [id])
  userId String
}
"#;

fn call(server: &Server, method: &str, path: &str, token: Option<&str>, body: Option<&Json>) -> (u16, Json) {
    let bearer = token.map(|token| format!("Bearer {token}"));
    let mut headers = vec![("content-type", "application/json")];
    headers.extend(bearer.as_deref().map(|bearer| ("authorization", bearer)));
    let body = body.map(Json::to_string);
    let answer = send(method, &server.address, path, &headers, body.as_deref());
    (answer.status, serde_json::from_str(&answer.text).unwrap_or(Json::Null))
}

fn login(server: &Server, email: &str, password: &str) -> (u16, Json) {
    let body = json!({ "email": email, "password": password });
    call(server, "POST", "/api/auth/admin/login", None, Some(&body))
}

#[test]
fn an_admin_works_on_all_data_and_is_logged() {
    let app = App::with_schema(SCHEMA);
    app.write(".env", "JWT_SECRET=\"a secret of these tests, which is long enough\"\n");
    assert_eq!(app.json(&["admin", "list"], 0), json!({ "admins": [] }));
    let made = app.json(&["admin", "create", "Root@Example.com"], 0);
    let password = made["password"].as_str().unwrap().to_owned();
    assert_eq!((password.len(), &made["email"]), (24, &json!("root@example.com")));
    assert!(app.run(&["admin", "create", "root@example.com"], 1).stderr.contains("is an admin already"));
    assert!(app.run(&["admin", "create", "root"], 2).stderr.contains("must be an email address"));
    assert!(app.run(&["admin", "reset", "who@example.com"], 1).stderr.contains("is no admin"));

    let mut server = Server::start(&app.path, &["serve", "--embedded", "--port", "0"]);
    for (email, password) in
        [("root@example.com", "wrong"), ("who@example.com", password.as_str()), ("x", "y")]
    {
        let (status, body) = login(&server, email, password);
        let message = body["error"]["message"].as_str();
        assert_eq!((status, message), (401, Some("these credentials are not right")), "{email}");
    }
    let signed_in = login(&server, "root@example.com", &password);
    assert_eq!(signed_in.0, 200, "{signed_in:?}");
    let token = signed_in.1["data"]["token"].as_str().unwrap().to_owned();
    let admin = Some(token.as_str());

    let user =
        json!({ "id": "u1", "email": "u1@example.com", "password": "a first good password", "secret": "s" });
    assert_eq!(call(&server, "POST", "/api/users", None, Some(&user)).0, 401);
    let (status, made) = call(&server, "POST", "/api/users", admin, Some(&user));
    assert_eq!(status, 201, "{made}");
    assert!(made["data"].get("password").is_none() && made["data"].get("secret").is_none(), "{made}");
    let note = json!({ "text": "n", "userId": "u1" });
    assert_eq!(call(&server, "POST", "/api/notes", admin, Some(&note)).0, 201);
    let (status, list) = call(&server, "GET", "/api/users?include=notes", admin, None);
    assert_eq!((status, &list["data"][0]["notes"][0]["text"]), (200, &json!("n")), "{list}");
    // What no client may do, they may not either.
    assert_eq!(call(&server, "GET", "/api/users?secret=s", admin, None).0, 400);
    assert_eq!(call(&server, "GET", "/api/auth/me", admin, None).0, 403, "an admin is no user");
    let weak = json!({ "password": "short" });
    assert_eq!(call(&server, "PATCH", "/api/users/u1", admin, Some(&weak)).0, 400);

    // Their password was hashed: the user signs in, and is bound by the rules.
    let body = json!({ "email": "u1@example.com", "password": "a first good password" });
    let user = call(&server, "POST", "/api/auth/login", None, Some(&body)).1;
    let user = user["data"]["accessToken"].as_str().map(str::to_owned);
    assert_eq!(call(&server, "GET", "/api/notes", user.as_deref(), None).0, 403);
    assert_eq!(call(&server, "POST", "/api/auth/admin/logout", user.as_deref(), None).0, 403);

    let line = server.wait_for("\"action\":\"list\"");
    for part in ["an admin acted", "root@example.com", "\"model\":\"User\"", "\"outcome\":\"done\""] {
        assert!(line.contains(part), "{part}: {line}");
    }
    assert!(!server.said().contains(&password) && !server.said().contains(&token));

    assert_eq!(call(&server, "POST", "/api/auth/admin/logout", admin, None).0, 204);
    assert_eq!(call(&server, "GET", "/api/users", admin, None).0, 401, "signed out");
    let again = login(&server, "root@example.com", &password).1;
    let again = again["data"]["token"].as_str();
    assert_eq!(call(&server, "GET", "/api/users", again, None).0, 200);
    app.run(&["admin", "remove", "root@example.com"], 0);
    std::thread::sleep(std::time::Duration::from_millis(100));
    assert_eq!(call(&server, "GET", "/api/users", again, None).0, 401, "no admin any more");
    assert_eq!(login(&server, "root@example.com", &password).0, 401);
}
