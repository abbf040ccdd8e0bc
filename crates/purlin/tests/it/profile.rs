//! What users set of themselves: nothing that decides what they may do, and nothing that tells of others.

use serde_json::{Value as Json, json};

use crate::app::App;
use crate::client::send;
use crate::server::Server;

const SCHEMA: &str = r#"
datasource db {
  provider = "sqlite"
  url      = env("DATABASE_URL")
}

enum Role {
  USER
  ADMIN
}

model Team {
  id    String @id
  users User[]
}

model User {
  id       String  @id @default(uuid())
  email    String  @unique @email
  password String  @password
  name     String  @length(1, 80)
  username String? @unique
  phone    String? @deny('update', true)
  bio      String?
  level    Int
  city     String
  role     Role
  teamId   String
  team     Team    @relation(fields: [teamId], references: [id])

  @@allow('read', auth() == this || auth().role == ADMIN)
}

model Note {
  id String @id @default(uuid())

  @@allow('all', auth() != null && auth().level > 3)
}
"#;
/// Where registering does not tell who is known.
const SETTINGS: &str = "[auth]\nissuer = \"profile\"\naudience = \"profile\"\nverify_email = \"required\"\n";
const SECRET: &str = "a secret of these tests, which is long enough";

struct Site {
    app: App,
    server: Server,
}

impl Site {
    fn open(settings: &str) -> Self {
        let app = App::with_schema(SCHEMA);
        app.write("purlin.toml", settings);
        app.write(".env", &format!("JWT_SECRET=\"{SECRET}\"\n"));
        let server = Server::start(&app.path, &["dev", "--port", "0"]);
        let site = Self { app, server };
        site.run("INSERT INTO Team (id) VALUES ('ours'), ('theirs')");
        let user = "INSERT INTO User (id, email, password, name, username, level, city, role, teamId)";
        site.run(&format!(
            "{user} VALUES ('ada', 'ada@example.com', '!', 'Ada', 'ada', 1, 'Bonn', 'USER', 'ours')"
        ));
        site
    }

    fn run(&self, statement: &str) {
        let database = rusqlite::Connection::open(self.app.path.join(".purlin/db.db")).unwrap();
        database.execute(statement, []).unwrap();
    }

    fn call(&self, method: &str, path: &str, token: Option<&str>, body: &Json) -> (u16, Json) {
        let bearer = token.map(|token| format!("Bearer {token}"));
        let mut headers = vec![("content-type", "application/json")];
        headers.extend(bearer.as_deref().map(|bearer| ("authorization", bearer)));
        let path = format!("/api/auth{path}");
        let answer = send(method, &self.server.address, &path, &headers, Some(&body.to_string()));
        (answer.status, serde_json::from_str(&answer.text).unwrap_or(Json::Null))
    }

    fn register(&self, email: &str, more: &Json) -> (u16, Json) {
        let mut body = json!({ "email": email, "password": "green ideas sleep" });
        let members = more.as_object().unwrap().clone();
        body.as_object_mut().unwrap().extend(members);
        self.call("POST", "/register", None, &body)
    }
}

fn token() -> String {
    let claims = json!({ "sub": "ada", "iss": "profile", "aud": "profile", "exp": 4_000_000_000_u64 });
    let key = jsonwebtoken::EncodingKey::from_secret(SECRET.as_bytes());
    jsonwebtoken::encode(&jsonwebtoken::Header::default(), &claims, &key).unwrap()
}

#[test]
fn nobody_sets_what_decides_what_they_may_do() {
    let site = Site::open(SETTINGS);
    for (field, value) in [
        ("role", json!("ADMIN")),
        ("level", json!(9)),
        ("teamId", json!("theirs")),
        ("team", json!({ "connect": { "id": "theirs" } })),
        ("phone", json!("+1")),
    ] {
        let (status, body) = site.call("PATCH", "/me", Some(&token()), &json!({ field: value }));
        assert_eq!(
            (status, &body["error"]["fields"][field]),
            (400, &json!(["cannot be set here"])),
            "{body}"
        );
        let (status, body) =
            site.register("eve@example.com", &json!({ field: value, "name": "Eve", "city": "Rome" }));
        assert_eq!(
            (status, &body["error"]["fields"][field]),
            (400, &json!(["cannot be set here"])),
            "{body}"
        );
    }
    let own = json!({ "name": "Ada L.", "bio": "Here", "city": "Rome", "username": "ada-l" });
    let (status, body) = site.call("PATCH", "/me", Some(&token()), &own);
    assert_eq!((status, &body["data"]["city"], &body["data"]["role"]), (200, &json!("Rome"), &json!("USER")));
}

/// Whatever else is wrong with what somebody registers, it says nothing of the address.
#[test]
fn nobody_learns_from_other_fields_who_has_an_account() {
    let fields = "profile_fields = [\"name\", \"username\", \"level\", \"city\", \"role\", \"teamId\"]\n";
    let site = Site::open(&format!("{SETTINGS}{fields}"));
    let good = json!({ "name": "Eve", "level": 1, "city": "Rome", "role": "USER", "teamId": "ours" });
    for (field, value, expected) in [
        ("username", json!("ada"), 409),
        ("name", json!(""), 400),
        ("city", Json::Null, 400),
        ("level", json!("x"), 400),
        ("phone", json!("+1"), 400),
        ("username", json!("eve"), 202),
    ] {
        let mut body = good.clone();
        body[field] = value;
        let answers = ["ada@example.com", "new@example.com"].map(|email| {
            let (status, mut body) = site.register(email, &body);
            body["error"]["requestId"] = Json::Null;
            (status, body)
        });
        assert_eq!(answers[0].0, expected, "{field}: {answers:?}");
        assert_eq!(answers[0], answers[1], "{field}");
    }
}
