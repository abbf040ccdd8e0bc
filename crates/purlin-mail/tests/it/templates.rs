//! The app's own templates: what they may be, and what the start says of those that are wrong.

use std::fs;
use std::sync::Arc;

use purlin_core::mail::{Mail, Mailer as _};
use purlin_mail::{Catcher, Outbox, Templates};
use serde_json::json;

use crate::app::{App, hurried, mail_with, schema};

type Files<'a> = &'a [(&'a str, &'a [u8])];

fn load(files: Files<'_>) -> Result<Templates, Vec<String>> {
    let app = tempfile::tempdir().unwrap();
    let folder = app.path().join("mails");
    for (name, bytes) in files {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    Templates::load(Some(&folder)).map_err(|error| error.to_string().lines().map(str::to_owned).collect())
}

#[track_caller]
fn refused(files: Files<'_>, expected: &[&str]) {
    let found = load(files).unwrap_err();
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(found.starts_with(expected), "expected {expected:?} in {found:?}");
    }
}

#[test]
fn mistakes_are_named_with_file_and_line() {
    let large = vec![b'x'; 300 << 10];
    refused(
        &[
            ("verify-email.txt", b"Hi\n\n{{link}}\n{{#if name}}\n"),
            ("verify-email.subject", b"one\r\nBcc: eve@example.com"),
            ("de/verify-email.txt", b"{{ulr}}"),
            ("reset-pasword.txt", b"x"),
            ("readme.md", b"x"),
            ("sign-in-code.txt", &[0xff]),
            ("invitation.txt", &large),
            ("password-changed.html", b"<p>"),
            ("email-taken.subject", b" \n"),
            (".DS_Store", b"x"),
            ("verify-email.txt~", b"{{nothing}}"),
        ],
        &[
            "mails/de/verify-email.txt:1: there is no placeholder {{ulr}}: there are app, url, code, minutes, name",
            "mails/email-taken.subject:1: a subject is one line",
            "mails/invitation.txt: is larger than",
            "mails/readme.md: a template ends with",
            "mails/reset-pasword.txt: there is no mail `reset-pasword`: there are verify-email",
            "mails/sign-in-code.txt: is not UTF-8",
            "mails/verify-email.subject:1: a subject is one line",
            "mails/verify-email.txt:3: there is no placeholder {{link}}",
            "mails/verify-email.txt:4: {{#if name}} has no {{/if}}",
            "mails/password-changed.html: needs password-changed.txt beside it",
        ],
    );
}

/// The mail that these files make, as it is caught, without what changes from run to run.
fn caught(files: Files<'_>, mail: Mail) -> String {
    let app = App::new();
    let templates = Arc::new(load(files).unwrap());
    let outbox = Outbox::new(&schema(), &app.store, templates).unwrap();
    let mut app = app;
    app.outbox = outbox;
    let folder = app.folder.join("caught");
    let sender = app.sender(Arc::new(Catcher::new(&folder).unwrap()), hurried());
    app.runtime.block_on(app.outbox.send(mail)).unwrap();
    let row = app.ended().remove(0);
    app.runtime.block_on(sender.stop());
    assert_eq!(row.get::<String>("state").unwrap(), "sent");
    let files: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(files.len(), 1);
    let name = files[0].file_name().unwrap().to_string_lossy().into_owned();
    assert_eq!(name, format!("{}-verify-email.eml", row.get::<String>("id").unwrap()));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&files[0]).unwrap().permissions().mode() & 0o777, 0o600);
    }
    fs::read_to_string(&files[0]).unwrap()
}

fn body(mail: &str) -> String {
    mail.split_once("\r\n\r\n").unwrap().1.replace("=\r\n", "").replace("\r\n", "\n")
}

#[test]
fn own_files_take_the_place_of_built_in_ones() {
    let data = json!({"app": "Shop", "url": "https://x.io/v?a=1&b=2", "name": "<b>Ada & \"co\""});
    let mail = |locale: Option<&str>| Mail {
        locale: locale.map(str::to_owned),
        ..mail_with("ada@example.com", data.clone())
    };
    let own: Files<'_> = &[
        ("verify-email.subject", b"{{#if code}}code{{else}}Yes, {{name}}{{/if}}"),
        ("verify-email.txt", b"T {{name}} {{url}}{{code}}"),
        ("de/verify-email.txt", "Grüße".as_bytes()),
        ("fr/verify-email.subject", b"Oui"),
    ];
    let text = caught(own, mail(None));
    assert!(text.contains("Subject: Yes, <b>Ada & \"co\"\r\n"), "{text}");
    assert!(body(&text).contains("T <b>Ada & \"co\" https://x.io/v?a=1&b=2"), "{text}");
    assert!(!text.contains("text/html"), "own text alone is text alone: {text}");
    let german = caught(own, mail(Some("de-AT")));
    assert!(german.contains("Subject: Yes") && german.contains("R3LDvMOfZQ=="), "{german}");
    let french = caught(own, mail(Some("FR")));
    assert!(french.contains("Subject: Oui") && french.contains("T <b>Ada"), "{french}");

    let both: Files<'_> =
        &[("verify-email.txt", b"T {{url}}"), ("verify-email.html", b"<a href='{{url}}'>{{name}}</a>")];
    let html = body(&caught(both, mail(Some("../../etc"))));
    let escaped = "<a href='https://x.io/v?a=1&amp;b=2'>&lt;b&gt;Ada &amp; &quot;co&quot;</a>";
    assert!(html.replace("=3D", "=").contains(escaped), "{html}");
}

#[test]
fn nobody_writes_headers_but_us() {
    let evil = "Ada\r\nBcc: eve@example.com\r\n\r\n<script>alert(1)</script>";
    let subject: Files<'_> = &[("verify-email.subject", b"{{app}} {{code}} {{minutes}}")];
    let data = json!({"app": evil, "code": evil, "minutes": evil, "name": evil, "url": "https://x.io/"});
    let mail = caught(subject, mail_with("ada@example.com", data));
    let (head, body) = mail.split_once("\r\n\r\n").unwrap();
    let mut names: Vec<&str> = head
        .split("\r\n")
        .filter(|line| !line.starts_with([' ', '\t']))
        .map(|line| line.split_once(':').unwrap().0)
        .collect();
    names.sort_unstable();
    let expected = [
        "Auto-Submitted",
        "Content-Type",
        "Date",
        "From",
        "MIME-Version",
        "Message-ID",
        "Reply-To",
        "Subject",
        "To",
    ];
    assert_eq!(names, expected, "{head}");
    let html = body.split_once("Content-Type: text/html").unwrap().1;
    assert!(html.contains("&lt;script&gt;") && !html.contains("<script>"), "{html}");
}

#[test]
fn every_built_in_mail_says_what_it_must() {
    let app = App::new();
    let folder = app.folder.join("caught");
    let sender = app.sender(Arc::new(Catcher::new(&folder).unwrap()), hurried());
    let names =
        ["verify-email", "reset-password", "sign-in-code", "invitation", "password-changed", "email-taken"];
    for name in names {
        for data in [
            json!({"app": "Shop", "url": "https://x.io/go", "minutes": 30, "name": "Ada"}),
            json!({"app": "Shop", "code": "123456", "minutes": null}),
        ] {
            app.send(Mail { template: name.into(), ..mail_with("ada@example.com", data) }).unwrap();
        }
    }
    let rows = app.ended();
    app.runtime.block_on(sender.stop());
    assert!(rows.iter().all(|row| row.get::<String>("state").unwrap() == "sent"));
    for name in names {
        let all: String = rows
            .iter()
            .filter(|row| row.get::<String>("template").unwrap() == name)
            .map(|row| format!("{}-{name}.eml", row.get::<String>("id").unwrap()))
            .map(|file| fs::read_to_string(folder.join(file)).unwrap())
            .collect();
        assert!(all.contains("Hello Ada,") && all.contains("Hello,") && !all.contains("{{"), "{all}");
        assert_eq!(all.matches("text/html").count(), 2, "{all}");
        assert!(all.contains("https://x.io/go"), "{all}");
        let has_code = !["password-changed", "email-taken"].contains(&name);
        assert_eq!(all.contains("123456"), has_code, "{all}");
    }
}
