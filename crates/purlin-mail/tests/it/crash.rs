//! A process that is killed while it accepts and sends: whatever it had accepted arrives.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use purlin_testkit::smtp::{Security, SmtpServer};

use crate::app::{App, hurried, mail, smtp};

const FOLDER: &str = "PURLIN_TEST_MAIL_FOLDER";
const SERVER: &str = "PURLIN_TEST_MAIL_SERVER";
const RUN: &str = "PURLIN_TEST_MAIL_RUN";
const ROUNDS: usize = 5;

/// The process that is killed: accepts mail without end, and says so after each.
#[test]
#[ignore = "started by `nothing_that_was_accepted_is_lost`"]
fn accepts_until_killed() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let (url, run) = (std::env::var(SERVER).unwrap(), std::env::var(RUN).unwrap());
    let app = App::at(Path::new(&folder));
    let _sender = app.sender(Arc::new(smtp(&url).unwrap()), hurried());
    for number in 0.. {
        let to = format!("r{run}-{number}@example.com");
        app.send(mail(&to)).unwrap();
        let mut out = std::io::stdout().lock();
        writeln!(out, "accepted {to}").unwrap();
        out.flush().unwrap();
    }
}

fn start(folder: &Path, url: &str, run: usize) -> (Child, Receiver<String>) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["crash::accepts_until_killed", "--exact", "--ignored", "--nocapture"])
        .env(FOLDER, folder)
        .env(SERVER, url)
        .env(RUN, run.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let (said, accepted) = channel();
    let out = BufReader::new(child.stdout.take().unwrap());
    std::thread::spawn(move || {
        for line in out.lines().map_while(Result::ok) {
            if let Some((_, to)) = line.split_once("accepted ") {
                let _gone = said.send(to.to_owned());
            }
        }
    });
    (child, accepted)
}

#[test]
fn nothing_that_was_accepted_is_lost() {
    let server = SmtpServer::start(Security::StartTls, Some(("user", "pass")));
    let url = format!("smtp://user:pass@localhost:{}", server.address().port());
    let folder = tempfile::tempdir().unwrap();
    let mut accepted = BTreeSet::new();
    for run in 0..ROUNDS {
        let (mut child, said) = start(folder.path(), &url, run);
        let wanted = 20 + 30 * run;
        for _ in 0..wanted {
            accepted.insert(said.recv_timeout(Duration::from_secs(30)).unwrap());
        }
        // No signal that it could catch.
        child.kill().unwrap();
        child.wait().unwrap();
        accepted.extend(said.iter());
    }
    let app = App::at(folder.path());
    let left = app.rows().iter().filter(|row| row.get::<String>("state").unwrap() == "queued").count();
    let sender = app.sender(Arc::new(smtp(&url).unwrap()), hurried_to_the_end());
    app.ended();
    app.runtime.block_on(sender.stop());
    let received: Vec<String> = server.received().into_iter().flat_map(|mail| mail.to).collect();
    let arrived: BTreeSet<String> = received.iter().cloned().collect();
    let lost: Vec<_> = accepted.difference(&arrived).collect();
    println!(
        "{} accepted over {ROUNDS} kills, {left} left to the next process, {} arrived, {} of them twice",
        accepted.len(),
        arrived.len(),
        received.len() - arrived.len()
    );
    assert!(lost.is_empty(), "{} are lost: {lost:?}", lost.len());
    assert!(left > 0, "nothing was left over: the test shows nothing");
}

/// Every claim of the dead runs out, and nothing is given up.
fn hurried_to_the_end() -> purlin_mail::Pace {
    purlin_mail::Pace { give_up_after: Duration::from_mins(10), ..hurried() }
}
