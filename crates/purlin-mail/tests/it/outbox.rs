//! What the outbox takes and what it refuses; what is refused leaves no row.

use purlin_core::Error;
use purlin_core::mail::{Mail, Mailer as _, NullMailer};
use serde_json::json;

use crate::app::{App, mail, mail_with};

#[test]
fn what_is_accepted_is_a_row() {
    let app = App::new();
    app.send(Mail { locale: Some("de-AT".to_owned()), ..mail("ada@example.com") }).unwrap();
    app.send(Mail { locale: Some("de\r\nX: y".to_owned()), ..mail("bob@example.com") }).unwrap();
    let rows = app.rows();
    let locales: Vec<Option<String>> = rows.iter().map(|row| row.get("locale").unwrap()).collect();
    assert_eq!(locales, [Some("de-AT".to_owned()), None]);
    assert!(rows.iter().all(|row| row.get::<String>("state").unwrap() == "queued"));
}

#[test]
fn what_could_never_be_sent_is_refused() {
    let app = App::new();
    let data = json!({"app": "Shop", "code": "123456"});
    let long = "x".repeat(20_000);
    let refused = [
        (mail("ada@example.com\r\nRCPT TO:<eve@example.com>"), "VALIDATION_ERROR"),
        (mail("ada@example.com\nBcc: eve@example.com"), "VALIDATION_ERROR"),
        (mail("Ada <ada@example.com>"), "VALIDATION_ERROR"),
        (mail("nobody"), "VALIDATION_ERROR"),
        (mail(""), "VALIDATION_ERROR"),
        (mail(&format!("{long}@example.com")), "VALIDATION_ERROR"),
        (Mail { template: "no-such-mail".into(), ..mail("a@x.io") }, "INTERNAL_ERROR"),
        (Mail { template: "../verify-email".into(), ..mail("a@x.io") }, "INTERNAL_ERROR"),
        (Mail { template: "".into(), ..mail("a@x.io") }, "INTERNAL_ERROR"),
        (mail_with("a@x.io", json!([])), "INTERNAL_ERROR"),
        (mail_with("a@x.io", json!({"other": "x"})), "INTERNAL_ERROR"),
        (mail_with("a@x.io", json!({"app": {"x": 1}})), "INTERNAL_ERROR"),
        (mail_with("a@x.io", json!({"url": "javascript:alert(1)"})), "INTERNAL_ERROR"),
        (mail_with("a@x.io", json!({"url": "https://x/\r\nBcc: eve@example.com"})), "INTERNAL_ERROR"),
        (mail_with("a@x.io", json!({"name": long})), "TOO_LARGE"),
    ];
    for (mail, code) in refused {
        let shown = format!("{:?} {:?} {:.80}", mail.to, mail.template, mail.data);
        assert_eq!(app.send(mail).unwrap_err().code(), code, "{shown}");
    }
    assert_eq!(app.rows().len(), 0);
    app.send(mail_with("a@x.io", data)).unwrap();
}

#[test]
fn without_mail_every_mail_is_refused() {
    let app = App::new();
    assert!(!NullMailer.is_configured() && app.outbox.is_configured());
    let refused = app.runtime.block_on(NullMailer.send(mail("ada@example.com")));
    assert!(matches!(refused, Err(Error::Unavailable(_))), "{refused:?}");
}

#[test]
fn nothing_shows_who_gets_what() {
    let mail = mail("ada@example.com");
    let shown = format!("{mail:?}");
    assert!(!shown.contains("ada") && !shown.contains("t0k"), "{shown}");
}
