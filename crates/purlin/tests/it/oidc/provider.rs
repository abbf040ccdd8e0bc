//! The provider of somebody else: npm's `oidc-provider`, installed once below the target folder.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use crate::node::installed;

pub(super) const CLIENT: &str = "shop";
/// With characters that a header and a form write differently.
pub(super) const SECRET: &str = "a secret of the provider/+%";

pub(super) struct Provider {
    process: Child,
    pub(super) issuer: String,
}

impl Provider {
    /// `claims` says where an address is told: `id_token` or `userinfo`.
    pub(super) fn start(claims: &str, redirect_uris: &[String]) -> Self {
        let port = free_port();
        let mut process = Command::new("node")
            .arg("provider.mjs")
            .args([&port.to_string(), claims])
            .args(redirect_uris)
            .current_dir(installed("oidc"))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("these tests need Node.js: install it, so that `node` can be run");
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines().map_while(Result::ok);
        assert!(lines.any(|line| line == "ready"), "the provider did not start");
        // It ends if nobody reads what else it says.
        std::thread::spawn(move || lines.for_each(drop));
        Self { process, issuer: format!("http://127.0.0.1:{port}") }
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Nobody else takes it as a rule: the system gives the same port again only much later.
pub(super) fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
