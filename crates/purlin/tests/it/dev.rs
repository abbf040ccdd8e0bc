//! `purlin dev`: soon there, follows every save, and never takes down what works.

use std::collections::BTreeMap;
use std::fs;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::app::App;
use crate::client::Kept;
use crate::server::Server;

const DEV: &[&str] = &["dev", "--port", "0"];
const FIELD: &str = "  text      String    @default(\"\")\n";

#[test]
fn a_new_app_answers_within_a_second() {
    // The best of three, since other tests take the machine's time too.
    let times = (0..3).map(|_| {
        let app = App::new();
        let started = Instant::now();
        let server = Server::start(&app.path, DEV);
        let (status, body) = server.get("/api/posts");
        let time = started.elapsed();
        assert_eq!((status, &body["meta"]["total"]), (200, &0.into()), "{body}");
        assert!(server.said().contains("using the embedded database .purlin/db.db"), "{}", server.said());
        assert!(server.said().contains("`purlin db seed`"), "{}", server.said());
        assert_eq!(server.get("/readyz").0, 200);
        time
    });
    let best = times.min().unwrap();
    assert!(best < Duration::from_secs(1), "{best:?}");
}

#[test]
fn a_save_reaches_the_api_without_dropping_a_connection() {
    let app = App::new();
    let mut server = Server::start(&app.path, DEV);
    let mut kept = Kept::open(&server.address);
    assert_eq!(kept.get("/api/posts?fields=subtitle").0, 400);
    app.edit(FIELD, &format!("{FIELD}  subtitle  String?\n"));
    server.wait_for("reloaded 3 models");
    server.wait_for("add column \"subtitle\" to \"Post\"");
    let (status, body) = kept.get("/api/posts?fields=subtitle");
    assert_eq!(status, 200, "{body}");
    let (_, document) = kept.get("/openapi.json");
    assert!(document.contains("subtitle"));
    app.write("purlin.toml", "[api]\ndefault_limit = 7\n");
    server.wait_for("reloaded 3 models");
    assert!(kept.get("/api/posts").1.contains("\"limit\":7"));
}

#[test]
fn a_folder_of_schemas_is_followed_too() {
    let app = App::new();
    let schema = app.read("schema.zmodel");
    fs::create_dir(app.path.join("schema")).unwrap();
    fs::rename(app.path.join("schema.zmodel"), app.path.join("schema/main.zmodel")).unwrap();
    let mut server = Server::start(&app.path, DEV);
    let more = "model Note {\n  id Int @id\n  text String\n  @@allow('all', true)\n}\n";
    app.write("schema/note.zmodel", more);
    server.wait_for("reloaded 4 models");
    assert_eq!(server.get("/api/notes").0, 200);
    // As editors write: another file that takes the name.
    app.write("schema/.main.swp", &schema.replacen("  email ", "  phone String?\n  email ", 1));
    fs::rename(app.path.join("schema/.main.swp"), app.path.join("schema/main.zmodel")).unwrap();
    server.wait_for("add column \"phone\" to \"User\"");
    fs::remove_file(app.path.join("schema/note.zmodel")).unwrap();
    server.wait_for("drop table \"Note\"");
    assert_eq!(server.get("/api/notes").0, 404);
}

#[test]
fn a_mistake_keeps_the_last_good_version_serving() {
    let app = App::new();
    let mut server = Server::start(&app.path, DEV);
    let good = app.read("schema.zmodel");
    for (name, text, said) in [
        ("schema.zmodel", good.replacen("String ", "Strin ", 1), "there is no type `Strin`"),
        ("schema.zmodel", String::new(), "there is no model in"),
        ("purlin.toml", "[server]\nprot = 1\n".to_owned(), "purlin.toml:2: "),
    ] {
        let before = app.read(name);
        app.write(name, &text);
        server.wait_for(said);
        server.wait_for("the last good version is still serving");
        assert_eq!(server.get("/api/posts").0, 200);
        app.write(name, &before);
        server.wait_for("reloaded 3 models");
        assert_eq!(server.get("/api/posts").0, 200);
    }
}

#[test]
fn a_schema_that_never_worked_is_waited_for() {
    let app = App::new();
    let good = app.read("schema.zmodel");
    app.write("schema.zmodel", &good.replace("String ", "Strin ").replace("Boolean ", "Bolean "));
    let mut server = Server::launch(&app.path, DEV);
    server.wait_for("Strin");
    server.wait_for("Bolean");
    server.wait_for("waiting for a change");
    app.write("schema.zmodel", &good);
    server.listen();
    assert_eq!(server.get("/api/posts").0, 200);
}

#[test]
fn what_loses_data_is_refused_without_anybody_to_ask() {
    let app = App::new();
    app.run(&["db", "seed"], 0);
    let mut server = Server::start(&app.path, DEV);
    app.edit(FIELD, "");
    server.wait_for("--allow drop-column:Post.text");
    server.wait_for("the last good version is still serving");
    assert_eq!(server.get("/api/posts/1?fields=text").1["data"]["text"], "This post is published.");
    drop(server);
    // The same at the start, which then has nothing to serve.
    let mut refused = Server::launch(&app.path, DEV);
    assert_eq!(refused.ended(), 1);
    assert!(refused.said().contains("drop-column:Post.text"), "{}", refused.said());
    let allowed = [DEV, &["--allow", "drop-column:Post.text"]].concat();
    let server = Server::start(&app.path, &allowed);
    assert_eq!(server.get("/api/posts/1?fields=text").0, 400);
    assert!(server.said().contains("a copy from before is in .purlin/backups/"), "{}", server.said());
}

#[test]
fn a_rename_is_asked_for_by_flags() {
    let app = App::new();
    app.run(&["db", "seed"], 0);
    app.edit("  title     String ", "  heading   String ");
    let mut refused = Server::launch(&app.path, DEV);
    assert_eq!(refused.ended(), 1);
    assert!(refused.said().contains("--rename Post.title=heading"), "{}", refused.said());
    let renamed = [DEV, &["--rename", "Post.title=heading"]].concat();
    let server = Server::start(&app.path, &renamed);
    assert_eq!(server.get("/api/posts/1").1["data"]["heading"], "Hello, Purlin");
}

#[test]
fn a_request_in_flight_is_answered_before_the_end() {
    for arguments in [DEV, &["serve", "--embedded", "--port", "0"]] {
        let app = App::new();
        app.run(&["db", "seed"], 0);
        let mut server = Server::start(&app.path, arguments);
        let mut kept = Kept::open(&server.address);
        let body = r#"{"postId": 1, "text": "Still here"}"#;
        let (first, rest) = body.split_at(10);
        kept.write(&format!(
            "POST /api/comments HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\n\
             content-length: {}\r\nexpect: 100-continue\r\n\r\n",
            body.len()
        ));
        // The server has the request when it asks for the body.
        assert_eq!(kept.read().0, 100);
        kept.write(first);
        server.terminate();
        server.wait_for("stopping");
        kept.write(rest);
        let (status, answer) = kept.read();
        assert_eq!(status, 201, "{answer}");
        assert_eq!(server.ended(), 0, "{}", server.said());
        let again = Server::start(&app.path, arguments);
        let (_, comments) = again.get("/api/posts/1/comments?sort=-id");
        assert_eq!(comments["data"][0]["text"], "Still here", "{comments}");
    }
}

#[test]
fn flags_that_say_nothing_are_wrong_use() {
    let app = App::new();
    for flags in [["--allow", "drop-column"], ["--rename", "title"], ["--drop", ""]] {
        app.run(&[DEV, &flags].concat(), 2);
        app.run(&[&["migrate", "dev"], &flags[..]].concat(), 2);
    }
    app.run(&["migrate", "dev", "--name", "--!"], 2);
    assert!(!app.path.join(".purlin/db.db").exists());
}

#[test]
fn a_schema_from_elsewhere_is_closed_and_says_so() {
    let app = App::with_schema("model Note {\n  id Int @id\n}\n");
    let mut server = Server::start(&app.path, DEV);
    assert!(server.said().contains("no model has an access rule"), "{}", server.said());
    assert_eq!(server.get("/api/notes").0, 401);
    app.write("purlin.toml", "[api]\ndefault_access = \"public\"\n");
    server.wait_for("reloaded 1 model");
    assert_eq!(server.get("/api/notes").0, 200);
}

#[test]
fn what_stops_it_at_the_start_is_said() {
    let app = App::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    for (file, text, arguments, said) in [
        ("notes", "", &["dev", "--port", &port][..], "choose another port with --port or PORT"),
        (".env", "DATABASE_URL=postgres://x:secret@h/db", DEV, "postgresql://x@h:5432/db"),
        (".env", "DATABASE_URL=file:./schema.zmodel", DEV, "schema.zmodel"),
        ("purlin.toml", "[server]\nprot = 1", DEV, "purlin.toml:2: "),
        ("schema.prisma", "", DEV, "both schema.zmodel and schema.prisma"),
    ] {
        app.write(file, text);
        let mut server = Server::launch(&app.path, arguments);
        assert_eq!(server.ended(), 1, "{}", server.said());
        assert!(server.said().contains(said), "{said:?} is not in: {}", server.said());
        assert!(!server.said().contains("secret@"), "{}", server.said());
        fs::remove_file(app.path.join(file)).unwrap();
    }
}

#[test]
fn no_request_fails_while_the_tables_change() {
    let app = App::new();
    let mut server = Server::start(&app.path, &["dev", "--port", "0", "--accept-data-loss"]);
    let address = server.address.clone();
    let stop = Arc::new(AtomicBool::new(false));
    let clients: Vec<_> = (0..4)
        .map(|_| {
            let (address, stop) = (address.clone(), Arc::clone(&stop));
            std::thread::spawn(move || {
                let mut kept = Kept::open(&address);
                let mut statuses = BTreeMap::new();
                while !stop.load(Ordering::Relaxed) {
                    *statuses.entry(kept.get("/api/posts?sort=-createdAt").0).or_insert(0) += 1;
                }
                statuses
            })
        })
        .collect();
    for _ in 0..12 {
        app.edit(FIELD, &format!("{FIELD}  subtitle  String?\n"));
        server.wait_for("add column \"subtitle\"");
        app.edit("  subtitle  String?\n", "");
        server.wait_for("drop column \"subtitle\"");
    }
    stop.store(true, Ordering::Relaxed);
    for client in clients {
        let statuses: BTreeMap<u16, u32> = client.join().unwrap();
        assert_eq!(statuses.keys().collect::<Vec<_>>(), [&200], "{statuses:?}");
    }
}
