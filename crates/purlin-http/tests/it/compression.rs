//! Answers that are compressed, and those that must not be.

use std::io::Read;

use crate::client::Answer;
use crate::site::Site;

const GZIP: &str = "accept-encoding: gzip, deflate, br\r\n";

fn unpacked(answer: &Answer) -> String {
    let mut text = String::new();
    flate2::read::MultiGzDecoder::new(answer.bytes.as_slice()).read_to_string(&mut text).unwrap();
    text
}

#[test]
fn long_answers_come_back_whole() {
    let site = Site::start();
    for bytes in [1024, 1025, 32_768, 32_769, 65_537, 1 << 20, (3 << 20) + 7] {
        let path = format!("/text/{bytes}");
        let plain = site.get(&path, "");
        assert_eq!((plain.body.len(), plain.header("content-encoding")), (bytes, None), "{bytes}");
        assert_eq!(plain.header("vary"), Some("accept-encoding"));
        let small = site.get(&path, GZIP);
        assert_eq!(small.header("content-encoding"), Some("gzip"), "{bytes}");
        assert_eq!(small.header("vary"), Some("accept-encoding"));
        assert_eq!(small.header("content-length"), Some(small.bytes.len().to_string().as_str()));
        assert!(small.bytes.len() < bytes, "{bytes}");
        assert_eq!(unpacked(&small), plain.body, "{bytes}");
    }
}

#[test]
fn what_stays_as_it_is() {
    let site = Site::start();
    for (path, headers) in [
        ("/text/1023", GZIP),
        ("/text/5000", "accept-encoding: br\r\n"),
        ("/text/5000", "accept-encoding: gzip;q=0\r\n"),
        ("/text/5000", "accept-encoding: identity, gzip;q=0.5\r\n"),
        ("/text/5000", "accept-encoding: \u{e4}\r\n"),
        ("/text/5000", "accept-encoding: gzip\r\naccept-encoding: gzip;q=0\r\n"),
        ("/noise/5000", GZIP),
        ("/noise/200000", GZIP),
        ("/image/5000", GZIP),
        ("/secret/5000", GZIP),
    ] {
        let answer = site.get(path, headers);
        let length: usize = path.rsplit('/').next().unwrap().parse().unwrap();
        assert_eq!(
            (answer.header("content-encoding"), answer.bytes.len()),
            (None, length),
            "{path} {headers}"
        );
    }
    assert_eq!(site.get("/secret/5000", GZIP).header("vary"), None);
    let site = Site::start_with(crate::site::quick_limits(), |app| app.compression(false));
    assert_eq!(site.get("/text/5000", GZIP).bytes.len(), 5000);
}

#[test]
fn head_says_what_get_would() {
    let site = Site::start();
    let get = site.get("/text/5000", GZIP);
    let mut client = site.client();
    client.send(format!("HEAD /text/5000 HTTP/1.1\r\nhost: a\r\n{GZIP}\r\n"));
    let head = client.answer(false).unwrap();
    for name in ["content-encoding", "content-length", "vary", "content-type"] {
        assert_eq!(head.header(name), get.header(name), "{name}");
    }
}

#[test]
fn bodies_come_as_they_are() {
    let site = Site::start();
    let post = |encoding: &str| {
        let head =
            "POST /echo HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 2\r\n";
        site.ask(format!("{head}{encoding}\r\n{{}}"))
    };
    for encoding in ["", "content-encoding: identity\r\n", "content-encoding: Identity\r\n"] {
        assert_eq!(post(encoding).status, 200, "{encoding}");
    }
    for encoding in [
        "content-encoding: gzip\r\n",
        "content-encoding: br\r\n",
        "content-encoding: identity, gzip\r\n",
        "content-encoding: identity\r\ncontent-encoding: gzip\r\n",
        "content-encoding: \r\n",
    ] {
        let answer = post(encoding);
        assert_eq!((answer.status, answer.header("accept-encoding")), (415, Some("identity")), "{encoding}");
        assert!(answer.body.contains("\"code\":\"UNSUPPORTED_MEDIA_TYPE\""), "{}", answer.body);
    }
}
