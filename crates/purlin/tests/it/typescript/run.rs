//! Clients in Node.js against running servers.

use std::path::Path;

use super::project::Project;
use crate::app::App;
use crate::program::run;
use crate::server::Server;

fn example(name: &str) -> App {
    App::copy_of(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(name))
}

#[test]
fn signing_in_and_what_goes_wrong() {
    let app = example("starter");
    let project = Project::of(&app.path);
    project.compile();
    let server = Server::start(&app.path, &["dev", "--port", "0"]);
    project.node("starter.mjs", &[&format!("http://{}", server.address)]);
}

#[test]
fn rows_relations_and_pages() {
    let app = example("blog");
    let project = Project::of(&app.path);
    project.compile();
    let server = Server::start(&app.path, &["dev", "--port", "0"]);
    assert_eq!(run(&app.path, &["db", "seed"]).code, 0);
    let token = |user: &str| run(&app.path, &["generate", "token", user]).stdout.trim().to_owned();
    let url = format!("http://{}", server.address);
    let [ben, eve, ada] = ["ben", "eve", "ada"].map(token);
    project.node("blog.mjs", &[&url, &ben, &eve, &ada]);
}
