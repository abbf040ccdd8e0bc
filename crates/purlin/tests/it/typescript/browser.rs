//! The client in a page of another origin, in Chromium.

use std::fs;
use std::io::{BufRead, BufReader, Lines};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use super::project::Project;
use crate::app::App;
use crate::server::Server;

/// Serves the page, and hears from it.
struct Pages {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    port: String,
}

impl Pages {
    fn open(project: &Project) -> Self {
        for name in ["page.html", "page.js", "pages.mjs"] {
            project.take(name);
        }
        let mut child = Command::new("node")
            .arg("pages.mjs")
            .current_dir(project.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = lines.next().unwrap().unwrap();
        let port = first.strip_prefix("listens ").unwrap().to_owned();
        Self { child, lines, port }
    }

    /// What the page says in the end.
    fn result(&mut self) -> String {
        let line = self.lines.next().unwrap().unwrap();
        serde_json::from_str(line.strip_prefix("result ").unwrap()).unwrap()
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct Browser {
    child: Child,
    _profile: tempfile::TempDir,
}

impl Browser {
    #[track_caller]
    fn open(url: &str) -> Self {
        let profile = tempfile::tempdir().unwrap();
        let names = ["chromium", "chromium-browser", "google-chrome"];
        let child = names.into_iter().find_map(|name| {
            Command::new(name)
                .args([
                    "--headless=new",
                    "--no-sandbox",
                    "--disable-gpu",
                    "--no-first-run",
                    "--disable-dev-shm-usage",
                ])
                .arg(format!("--user-data-dir={}", profile.path().display()))
                .arg("--remote-debugging-port=0")
                .arg(url)
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .ok()
        });
        Self { child: child.expect("this test needs Chromium"), _profile: profile }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_page_of_another_origin() {
    let app = App::copy_of(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/starter"));
    let project = Project::of(&app.path);
    project.compile();
    let mut pages = Pages::open(&project);
    let settings = fs::read_to_string(app.path.join("purlin.toml")).unwrap();
    let origin = format!("http://localhost:{}", pages.port);
    assert!(settings.contains("https://app.example.com"), "{settings}");
    app.write("purlin.toml", &settings.replace("https://app.example.com", &origin));
    let server = Server::start(&app.path, &["dev", "--port", "0"]);
    let port = server.address.rsplit(':').next().unwrap();
    let page = |host: &str| format!("http://{host}:{}/page.html?api=http://localhost:{port}", pages.port);
    let (listed, stranger) = (page("localhost"), page("127.0.0.1"));
    let browser = Browser::open(&listed);
    assert_eq!(pages.result(), "page: fine");
    drop(browser);
    let _browser = Browser::open(&stranger);
    assert_eq!(pages.result(), "stranger: fine");
}
