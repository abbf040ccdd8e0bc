//! Who calls.

use std::sync::atomic::Ordering;

use crate::site::Site;

fn token(subject: &str) -> String {
    format!("good.{subject}")
}

#[test]
fn tokens_become_actors() {
    let site = Site::start();
    let good = token("u1");
    assert_eq!(site.get("/me", "").body, "Anonymous");
    for scheme in ["Bearer", "bearer", "BEARER"] {
        let answer = site.get("/me", &format!("authorization: {scheme} {good}\r\n"));
        assert_eq!(answer.body, "[String(\"u1\")]");
    }
}

#[test]
fn bad_credentials_are_refused_alike() {
    let site = Site::start();
    let good = token("u1");
    let mut bodies = Vec::new();
    for headers in [
        "authorization: Bearer nonsense\r\n".to_owned(),
        "authorization: Bearer\r\n".to_owned(),
        "authorization: Basic dTE6cHc=\r\n".to_owned(),
        format!("authorization: Bearer {good}\r\nauthorization: Bearer {good}\r\n"),
        format!("authorization: Bearer {good}x\r\n"),
        format!("authorization: Bearer {}\r\n", token("u0")),
        format!("authorization: Bearer {}\r\n", token("u9")),
    ] {
        let answer = site.get("/me", &format!("x-request-id: same\r\n{headers}"));
        assert_eq!(answer.status, 401, "{headers}");
        assert_eq!(answer.header("www-authenticate"), Some("Bearer error=\"invalid_token\""));
        bodies.push(answer.body);
    }
    assert!(bodies.iter().all(|body| *body == bodies[0]), "{bodies:?}");
}

#[test]
fn a_failing_loader_is_no_refusal_and_tells_nothing() {
    let site = Site::start();
    let answer = site.get("/me", &format!("authorization: Bearer {}\r\n", token("broken")));
    assert_eq!(answer.status, 500);
    assert!(!answer.body.contains("hunter2") && !answer.body.contains("password"), "{}", answer.body);
}

#[test]
fn users_are_read_again_after_a_write() {
    let site = Site::start();
    let header = format!("authorization: Bearer {}\r\n", token("u1"));
    let loads = || {
        assert_eq!(site.get("/me", &header).status, 200);
        site.users.loads.load(Ordering::SeqCst)
    };
    assert_eq!((loads(), loads()), (1, 1));
    site.users.version.fetch_add(1, Ordering::SeqCst);
    assert_eq!((loads(), loads()), (2, 2));
}
