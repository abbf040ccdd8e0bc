//! Letters to a mail server, over every kind of connection, and what becomes of those that are refused.

use std::sync::Arc;
use std::time::{Duration, Instant};

use purlin_core::DateTime;
use purlin_core::system::{Row, Set, When};
use purlin_mail::Pace;
use purlin_testkit::smtp::{Security, SmtpServer};
use serde_json::Value as Json;

use crate::app::{App, hurried, mail, smtp};

const LOGIN: Option<(&str, &str)> = Some(("user", "pass"));

fn text(row: &Row, field: &str) -> Option<String> {
    row.get(field).unwrap()
}

#[test]
fn every_kind_of_connection() {
    for (security, login, url) in [
        (Security::StartTls, LOGIN, "smtp://user:pass@localhost:PORT"),
        (Security::StartTls, None, "smtp://127.0.0.1:PORT"),
        (Security::Implicit, LOGIN, "smtps://user:pass@127.0.0.1:PORT"),
        (Security::None, LOGIN, "smtp://user:pass@127.0.0.1:PORT?tls=none"),
        (Security::None, None, "smtp://127.0.0.1:PORT?tls=none"),
    ] {
        let server = SmtpServer::start(security, login);
        let app = App::new();
        let delivery = smtp(&url.replace("PORT", &server.address().port().to_string())).unwrap();
        app.runtime.block_on(delivery.check()).unwrap();
        let sender = app.sender(Arc::new(delivery), hurried());
        app.send(mail("ada@example.com")).unwrap();
        let received = server.wait_for(1).remove(0);
        let row = app.ended().remove(0);
        app.runtime.block_on(sender.stop());
        assert_eq!(
            (received.from.as_str(), received.to.as_slice()),
            ("hello@shop.example", &["ada@example.com".to_owned()][..])
        );
        assert_eq!(received.is_encrypted, security != Security::None, "{url}");
        assert_eq!(received.user.as_deref(), login.map(|(user, _)| user), "{url}");
        assert!(
            received.data.contains("From: Shop <hello@shop.example>\nTo: ada@example.com\n"),
            "{}",
            received.data
        );
        assert!(received.data.contains(&format!("Message-ID: <{}@shop.example>", text(&row, "id").unwrap())));
        assert_eq!(text(&row, "state").as_deref(), Some("sent"));
        assert_eq!(row.get::<Option<Json>>("data").unwrap(), None, "what it said is gone");
        assert!(row.get::<Option<DateTime>>("endedAt").unwrap().is_some());
    }
}

#[test]
fn servers_that_are_not_what_was_asked_for_get_no_mail() {
    let plain = SmtpServer::start(Security::None, None);
    let encrypted = SmtpServer::start(Security::StartTls, LOGIN);
    for (port, url, reason) in [
        (plain.address().port(), "smtp://localhost:PORT", "STARTTLS"),
        (encrypted.address().port(), "smtp://user:wrong@localhost:PORT", "535"),
        (encrypted.address().port(), "smtp://localhost:PORT", "530"),
        (1, "smtp://localhost:PORT", "refused"),
    ] {
        let app = App::new();
        let delivery = smtp(&url.replace("PORT", &port.to_string())).unwrap();
        let sender = app.sender(Arc::new(delivery), hurried());
        app.send(mail("ada@example.com")).unwrap();
        let row = app.ended().remove(0);
        app.runtime.block_on(sender.stop());
        assert_eq!(text(&row, "state").as_deref(), Some("failed"), "{url}");
        assert!(row.get::<i64>("attempts").unwrap() >= 2, "it was tried again: {url}");
        assert!(text(&row, "lastError").unwrap().contains(reason), "{url}: {:?}", text(&row, "lastError"));
        assert_eq!(row.get::<Option<Json>>("data").unwrap(), None);
    }
    assert_eq!((plain.received().len(), encrypted.received().len()), (0, 0));
    // A certificate that nobody vouches for.
    let url = format!("smtp://user:pass@localhost:{}", encrypted.address().port());
    let from = purlin_mail::Originator::parse("a@b.example").unwrap();
    let distrusting =
        purlin_mail::Smtp::new(&purlin_mail::SmtpUrl::parse(&url).unwrap(), &from, None).unwrap();
    let app = App::new();
    let refusal = app.runtime.block_on(distrusting.check()).unwrap_err();
    assert!(refusal.text.contains("certificate"), "{refusal:?}");
}

#[test]
fn what_a_server_refuses_is_given_up_or_tried_again() {
    let server = SmtpServer::start(Security::None, None);
    let app = App::new();
    let url = format!("smtp://127.0.0.1:{}?tls=none", server.address().port());
    let sender = app.sender(Arc::new(smtp(&url).unwrap()), hurried());
    for to in ["reject-a@example.com", "defer-b@example.com", "ada@example.com"] {
        app.send(mail(to)).unwrap();
    }
    let rows = app.ended();
    app.runtime.block_on(sender.stop());
    let row = |to: &str| rows.iter().find(|row| text(row, "to").as_deref() == Some(to)).unwrap();
    let rejected = row("reject-a@example.com");
    assert_eq!(
        (text(rejected, "state").as_deref(), rejected.get("attempts").unwrap()),
        (Some("failed"), 1_i64)
    );
    assert!(text(rejected, "lastError").unwrap().contains("no such user"));
    let deferred = row("defer-b@example.com");
    assert_eq!(text(deferred, "state").as_deref(), Some("failed"));
    assert!(deferred.get::<i64>("attempts").unwrap() > 2);
    let sent = row("ada@example.com");
    assert_eq!((text(sent, "state").as_deref(), text(sent, "lastError")), (Some("sent"), None));
}

/// The server took the mail and we never heard: it comes again, and says that it is the same.
#[test]
fn an_answer_that_is_lost_means_once_more() {
    let server = SmtpServer::start(Security::None, None);
    let app = App::new();
    let url = format!("smtp://127.0.0.1:{}?tls=none", server.address().port());
    let sender =
        app.sender(Arc::new(smtp(&url).unwrap()), Pace { look: Duration::from_millis(20), ..hurried() });
    app.send(mail("lost-a@example.com")).unwrap();
    let received = server.wait_for(2);
    app.ended();
    app.runtime.block_on(sender.stop());
    let id = |data: &str| data.lines().find(|line| line.starts_with("Message-ID")).unwrap().to_owned();
    assert_eq!(id(&received[0].data), id(&received[1].data));
}

#[test]
fn connections_are_used_again() {
    let server = SmtpServer::start(Security::StartTls, LOGIN);
    let app = App::new();
    let url = format!("smtp://user:pass@localhost:{}", server.address().port());
    for number in 0..40 {
        app.send(mail(&format!("u{number}@example.com"))).unwrap();
    }
    let sender = app.sender(Arc::new(smtp(&url).unwrap()), Pace::default());
    let received = server.wait_for(40);
    app.ended();
    app.runtime.block_on(sender.stop());
    let connections = received.iter().map(|mail| mail.connection).max().unwrap() + 1;
    assert!(connections <= 4, "{connections} connections for 40 mails");
}

/// Mails of a copy that has died are taken over when its claims run out; copies that live do not send
/// what another is about.
#[test]
fn many_copies_send_each_mail_once() {
    let server = SmtpServer::start(Security::None, None);
    let app = App::new();
    let url = format!("smtp://127.0.0.1:{}?tls=none", server.address().port());
    for number in 0..60 {
        app.send(mail(&format!("u{number}@example.com"))).unwrap();
    }
    let soon = app.rows()[0].get::<DateTime>("nextAttemptAt").unwrap().as_millis() + 700;
    let claimed = [
        ("lease", Set::from("of the dead")),
        ("nextAttemptAt", DateTime::from_millis(soon).unwrap().into()),
        ("attempts", Set::Add(1)),
    ];
    let first = When::equal("to", "u0@example.com");
    app.runtime.block_on(app.table.update(&first, claimed)).unwrap();
    let started = Instant::now();
    let copies: Vec<_> = (0..3).map(|_| app.sender(Arc::new(smtp(&url).unwrap()), hurried())).collect();
    let rows = app.ended();
    copies.into_iter().for_each(|sender| app.runtime.block_on(sender.stop()));
    assert!(started.elapsed() > Duration::from_millis(300), "a claim is respected");
    assert!(rows.iter().all(|row| text(row, "state").as_deref() == Some("sent")));
    let mut to: Vec<String> = server.received().into_iter().flat_map(|mail| mail.to).collect();
    to.sort();
    let count = to.len();
    to.dedup();
    assert_eq!((count, to.len()), (60, 60));
}

#[test]
fn a_server_that_hangs_holds_nothing_up_for_ever() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let app = App::new();
    let url = format!("smtp://{}?tls=none", silent.local_addr().unwrap());
    let sender = app.sender(
        Arc::new(smtp(&url).unwrap()),
        Pace { delivery_timeout: Duration::from_millis(200), ..hurried() },
    );
    let started = Instant::now();
    app.send(mail("ada@example.com")).unwrap();
    assert!(started.elapsed() < Duration::from_millis(200), "accepting does not wait for sending");
    let row = app.ended().remove(0);
    app.runtime.block_on(sender.stop());
    assert!(text(&row, "lastError").unwrap().contains("took too long"));
}

/// A delivery that takes longer than a claim is still one delivery.
#[test]
fn a_slow_server_gets_each_mail_once() {
    let server = SmtpServer::start(Security::None, None);
    let app = App::new();
    let url = format!("smtp://127.0.0.1:{}?tls=none", server.address().port());
    let milliseconds = Duration::from_millis;
    let pace = Pace {
        lease: milliseconds(150),
        give_up_after: Duration::from_mins(1),
        look: milliseconds(20),
        ..hurried()
    };
    app.send(mail("slow-a@example.com")).unwrap();
    let copies: Vec<_> = (0..2).map(|_| app.sender(Arc::new(smtp(&url).unwrap()), pace.clone())).collect();
    let row = app.ended().remove(0);
    copies.into_iter().for_each(|sender| app.runtime.block_on(sender.stop()));
    assert_eq!((text(&row, "state").as_deref(), row.get("attempts").unwrap()), (Some("sent"), 1_i64));
    assert_eq!(server.received().len(), 1);
}

#[test]
fn rows_of_ended_mails_go_when_their_time_has_passed() {
    let server = SmtpServer::start(Security::None, None);
    let app = App::new();
    let url = format!("smtp://127.0.0.1:{}?tls=none", server.address().port());
    app.send(mail("ada@example.com")).unwrap();
    app.send(mail("reject-b@example.com")).unwrap();
    let sender = app.sender(Arc::new(smtp(&url).unwrap()), hurried());
    app.ended();
    app.runtime.block_on(sender.stop());
    std::thread::sleep(Duration::from_millis(5));
    let pace = Pace { keep_sent: Duration::ZERO, ..hurried() };
    let sender = app.sender(Arc::new(smtp(&url).unwrap()), pace);
    let deadline = Instant::now() + Duration::from_secs(10);
    while app.rows().len() != 1 {
        assert!(Instant::now() < deadline, "the row of the mail that was sent is still there");
        std::thread::sleep(Duration::from_millis(5));
    }
    app.runtime.block_on(sender.stop());
    assert_eq!(text(&app.rows()[0], "state").as_deref(), Some("failed"));
}
