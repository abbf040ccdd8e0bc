//! Mail from the request to the mail server, by the program itself: somebody registers, and a mail comes.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use purlin_testkit::smtp::{CERTIFICATE, Security, SmtpServer};
use serde_json::json;

use crate::app::App;
use crate::client::send;
use crate::server::Server;

const SCHEMA: &str = "model User {\n  id String @id @default(uuid())\n  email String @unique @email\n  \
    password String @password\n  name String\n  isActive Boolean @default(true)\n}\n";
const SERVE: &[&str] = &["serve", "--embedded", "--port", "0"];
const DEV: &[&str] = &["dev", "--port", "0"];

fn register(server: &Server, email: &str, name: &str) -> u16 {
    let body = json!({"email": email, "password": "a quiet long river", "name": name}).to_string();
    let headers = [("content-type", "application/json")];
    send("POST", &server.address, "/api/auth/register", &headers, Some(&body)).status
}

fn configure(app: &App, url: &str) {
    fs::write(app.path.join("ca.pem"), CERTIFICATE).unwrap();
    app.write("purlin.toml", "[mail]\nfrom = \"Shop <hello@shop.example>\"\nca_file = \"ca.pem\"\n");
    app.write(".env", &format!("MAIL_URL={url}\nPUBLIC_URL=https://shop.example\n"));
}

fn caught(app: &App) -> Vec<PathBuf> {
    let files = fs::read_dir(app.path.join(".purlin/mails")).into_iter().flatten();
    let mut files: Vec<_> = files.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|end| end == "eml"));
    files
}

#[test]
fn development_catches_mail_and_shows_the_link() {
    let app = App::with_schema(SCHEMA);
    let mut server = Server::start(&app.path, DEV);
    assert_eq!(register(&server, "ada@example.com", "Ada"), 201);
    let line = server.wait_for("mail verify-email for ada@example.com");
    assert!(line.contains("http://localhost:3000/verify-email?token="), "{line}");
    let files = caught(&app);
    assert_eq!(files.len(), 1, "{files:?}");
    assert!(line.contains(&*files[0].file_name().unwrap().to_string_lossy()), "{line}");

    // Its own text, while it runs.
    fs::create_dir(app.path.join("mails")).unwrap();
    app.write("mails/verify-email.txt", "Our own words: {{link}}\n");
    let problem = server.wait_for("mails/verify-email.txt:1");
    assert!(problem.contains("there is no placeholder {{link}}"), "{problem}");
    let checked = app.run(&["check"], 1).stdout;
    assert!(checked.contains("mails/verify-email.txt:1: there is no placeholder {{link}}"), "{checked}");
    app.write("mails/verify-email.txt", "Our own words: {{url}}\n");
    server.wait_for("reloaded");
    assert_eq!(register(&server, "bob@example.com", "Bob"), 201);
    server.wait_for("mail verify-email for bob@example.com");
    let own = caught(&app)
        .iter()
        .filter(|path| fs::read_to_string(path).unwrap().contains("Our own words"))
        .count();
    assert_eq!(own, 1);
    server.terminate();
    assert_eq!(server.ended(), 0);
}

#[test]
fn a_server_without_mail_registers_all_the_same() {
    let app = App::with_schema(SCHEMA);
    let server = Server::start(&app.path, SERVE);
    assert_eq!(register(&server, "ada@example.com", "Ada"), 201);
    assert_eq!(caught(&app).len(), 0);
}

#[test]
fn what_is_missing_is_said_at_the_start_without_the_password() {
    let app = App::with_schema(SCHEMA);
    for (env, toml, expected) in [
        ("MAIL_URL=smtp://u:hunter2@h\n", "", "nothing says who sends"),
        ("MAIL_URL=smtp://u:hunter2@h\n", "[mail]\nfrom = \"a@x.io\"\n", "set PUBLIC_URL"),
        ("MAIL_URL=smtp://u:hunter2@h/x\n", "", "needs a host"),
        (
            "MAIL_URL=smtp://u:hunter2@h\n",
            "[mail]\nfrom = \"a@x.io\"\nca_file = \"none.pem\"\n",
            "none.pem cannot be read",
        ),
        ("PUBLIC_URL=shop.example\n", "", "must lead to an http or https address"),
        ("", "[mail]\nform = \"a@x.io\"\n", "there is no key of [mail] `form`; there are from, reply_to"),
    ] {
        app.write(".env", env);
        app.write("purlin.toml", toml);
        let mut server = Server::launch(&app.path, SERVE);
        assert_eq!(server.ended(), 1);
        assert!(server.said().contains(expected), "{expected}: {}", server.said());
        assert!(!server.said().contains("hunter2"), "{}", server.said());
    }
}

/// The program is killed again and again while people register; whoever was told 201 gets a mail.
#[test]
fn no_mail_is_lost_when_the_program_is_killed() {
    let inbox = SmtpServer::start(Security::StartTls, Some(("user", "pass")));
    let app = App::with_schema(SCHEMA);
    configure(&app, &format!("smtp://user:pass@localhost:{}", inbox.address().port()));
    let mut registered = BTreeSet::new();
    for round in 0..3 {
        let mut server = Server::start(&app.path, SERVE);
        for number in 0..3 {
            let email = format!("u{round}-{number}@example.com");
            assert_eq!(register(&server, &email, "Ada"), 201);
            registered.insert(email);
        }
        server.kill();
        assert!(!server.said().contains("pass@"), "{}", server.said());
    }
    let mut server = Server::start(&app.path, SERVE);
    // Claims of the killed run out after seconds.
    let deadline = Instant::now() + Duration::from_mins(1);
    loop {
        let arrived: BTreeSet<String> = inbox.received().into_iter().flat_map(|mail| mail.to).collect();
        if registered.is_subset(&arrived) {
            break;
        }
        assert!(Instant::now() < deadline, "missing: {:?}", registered.difference(&arrived));
        std::thread::sleep(Duration::from_millis(50));
    }
    let mail = inbox.received().remove(0);
    assert!(mail.is_encrypted && mail.user.as_deref() == Some("user"));
    assert!(
        mail.data.replace("=\n", "").contains("https://shop.example/verify-email?token"),
        "{}",
        mail.data
    );
    server.terminate();
    assert_eq!(server.ended(), 0);
}

/// Set `PURLIN_TEST_AIOSMTPD` to a Python that has aiosmtpd: the same against a server of somebody else,
/// with a self-made certificate and a login.
#[test]
#[ignore = "needs aiosmtpd"]
fn a_server_of_somebody_else() {
    let python = std::env::var("PURLIN_TEST_AIOSMTPD").expect("PURLIN_TEST_AIOSMTPD names a Python");
    let app = App::with_schema(SCHEMA);
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let sink = Sink::start(&python, &app.path, port);
    configure(&app, &format!("smtp://user:pass@localhost:{port}"));
    let doctor = app.run(&["doctor"], 0).stdout;
    assert!(doctor.contains("mail: the mail server is there and lets us in"), "{doctor}");
    let mut server = Server::start(&app.path, SERVE);
    for number in 0..20 {
        assert_eq!(register(&server, &format!("u{number}@example.com"), "Ada\r\nBcc: eve@example.com"), 201);
    }
    assert_eq!(register(&server, "reject-x@example.com", "Ada"), 201);
    server.wait_for("was given up");
    let deadline = Instant::now() + Duration::from_secs(30);
    while sink.mails() < 20 {
        assert!(Instant::now() < deadline, "{} of 20 mails", sink.mails());
        std::thread::sleep(Duration::from_millis(20));
    }
    server.terminate();
    assert_eq!(server.ended(), 0);
    let index = fs::read_to_string(app.path.join("inbox/index.jsonl")).unwrap();
    assert_eq!(index.lines().count(), 20);
    assert!(index.lines().all(|line| line.contains("\"tls\": true, \"auth\": true")), "{index}");
    assert!(!index.contains("eve"), "{index}");
    println!("{}", index.lines().next().unwrap());
}

struct Sink {
    process: std::process::Child,
    index: PathBuf,
}

impl Sink {
    fn start(python: &str, folder: &Path, port: u16) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/smtp_sink.py");
        let key = Path::new(env!("CARGO_MANIFEST_DIR")).join("../purlin-testkit/src/smtp");
        let inbox = folder.join("inbox");
        let mut process = std::process::Command::new(python)
            .arg(script)
            .args([&inbox, &PathBuf::from(port.to_string())])
            .args([key.join("certificate.pem"), key.join("key.pem")])
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let mut ready = String::new();
        let mut out = std::io::BufReader::new(process.stdout.take().unwrap());
        std::io::BufRead::read_line(&mut out, &mut ready).unwrap();
        assert_eq!(ready.trim(), "ready");
        Self { process, index: inbox.join("index.jsonl") }
    }

    fn mails(&self) -> usize {
        fs::read_to_string(&self.index).unwrap_or_default().lines().count()
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
