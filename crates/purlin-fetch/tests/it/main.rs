//! The client against servers that answer well, badly, slowly or not at all.
#![cfg(test)]

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use purlin_fetch::{Client, Error, Limits, Request, Url, form};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// Self-made, for `localhost` and 127.0.0.1.
const CERTIFICATE: &[u8] = include_bytes!("../../../purlin-testkit/src/smtp/certificate.pem");
const KEY: &[u8] = include_bytes!("../../../purlin-testkit/src/smtp/key.pem");

fn limits() -> Limits {
    Limits { total: Duration::from_secs(5), answer_bytes: 1000, ..Limits::default() }
}

fn client() -> Client {
    Client::new(limits(), Some(CERTIFICATE)).unwrap()
}

async fn listen() -> (TcpListener, SocketAddr) {
    listen_at("127.0.0.1:0").await
}

async fn listen_at(address: &str) -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind(address).await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

/// Reads a request, answers with these bytes and hangs up, or keeps the line open. What it was asked.
async fn say(stream: &mut (impl AsyncRead + AsyncWrite + Unpin), answer: &str) -> String {
    let mut asked = vec![0; 4096];
    let length = stream.read(&mut asked).await.unwrap_or(0);
    let _ = stream.write_all(answer.as_bytes()).await;
    let _ = stream.flush().await;
    String::from_utf8_lossy(&asked[..length]).into_owned()
}

/// A server for one plain request.
async fn answering(answer: String, hangs_up: bool) -> (Url, tokio::task::JoinHandle<String>) {
    let (listener, address) = listen().await;
    let task = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let asked = say(&mut stream, &answer).await;
        if !hangs_up {
            std::future::pending::<()>().await;
        }
        asked
    });
    (Url::parse(&format!("http://{address}/a?b=c")).unwrap(), task)
}

#[tokio::test]
async fn a_form_and_its_answer() {
    let answer = "HTTP/1.1 200 OK\r\ncontent-length: 13\r\n\r\n{\"ok\":[1, 2]}".to_owned();
    let (url, task) = answering(answer, true).await;
    let request = Request::form(&url, &[("a b", "ü&="), ("c", "d")]).accepting("application/json");
    let answer = client().send(request.basic("id", "secret").unwrap()).await.unwrap();
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json::<serde_json::Value>().unwrap()["ok"][1], 2);
    let asked = task.await.unwrap();
    let expected = "POST /a?b=c HTTP/1.1\r\n";
    assert!(asked.starts_with(expected), "{asked}");
    for part in [
        "\r\nauthorization: Basic aWQ6c2VjcmV0\r\n",
        "\r\ncontent-type: application/x-www-form-urlencoded\r\n",
        "\r\nuser-agent: purlin/",
        "\r\naccept: application/json\r\n",
        "\r\n\r\na+b=%C3%BC%26%3D&c=d",
    ] {
        assert!(asked.contains(part), "{part}: {asked}");
    }
}

#[test]
fn a_form_is_encoded() {
    assert_eq!(form(&[("a", "x y+z/~"), ("b", "")]), "a=x+y%2Bz%2F%7E&b=");
    let secret = Request::get(&Url::parse("https://example.com/?key=secret").unwrap());
    assert_eq!(format!("{:?}", secret.bearer("hunter2").unwrap()), "GET example.com");
    let url = Url::parse("https://example.com/").unwrap();
    assert!(matches!(Request::get(&url).bearer("a\r\nb: c"), Err(Error::Request(_))));
}

#[tokio::test]
async fn what_is_no_good_answer() {
    let head = "HTTP/1.1 200 OK\r\n";
    let long = "x".repeat(1001);
    for (answer, hangs_up, expected) in [
        (format!("{head}content-length: 1001\r\n\r\n{long}"), false, "larger than 1000 bytes"),
        (format!("{head}transfer-encoding: chunked\r\n\r\n3e9\r\n{long}\r\n0\r\n\r\n"), false, "larger than"),
        (format!("{head}\r\n{long}"), true, "larger than"),
        (format!("{head}content-length: 100\r\n\r\nshort"), true, "did not answer properly"),
        (head.to_owned(), true, "did not answer properly"),
        ("SSH-2.0-OpenSSH_9.2\r\n".to_owned(), true, "did not answer properly"),
        (String::new(), true, "did not answer properly"),
    ] {
        let (url, task) = answering(answer.clone(), hangs_up).await;
        let problem = client().send(Request::get(&url)).await.unwrap_err().to_string();
        assert!(problem.contains(expected), "{answer:.60}: {problem}");
        task.abort();
    }
}

#[tokio::test]
async fn an_answer_that_never_ends_is_given_up() {
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc".to_owned();
    for answer in [String::new(), head] {
        let (url, task) = answering(answer, false).await;
        let limits = Limits { total: Duration::from_millis(200), ..limits() };
        let started = Instant::now();
        let problem = Client::new(limits, None).unwrap().send(Request::get(&url)).await.unwrap_err();
        assert!(matches!(problem, Error::Timeout), "{problem:?}");
        assert!(started.elapsed() < Duration::from_secs(4));
        task.abort();
    }
}

#[tokio::test]
async fn a_redirect_is_an_answer() {
    let answer =
        "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n".to_owned();
    let (url, _task) = answering(answer, true).await;
    let answer = client().send(Request::get(&url)).await.unwrap();
    assert_eq!(answer.status, 302);
}

#[tokio::test]
async fn nobody_is_there() {
    let (listener, address) = listen().await;
    drop(listener);
    let url = Url::parse(&format!("http://{address}/")).unwrap();
    let problem = client().send(Request::get(&url)).await.unwrap_err();
    assert!(matches!(problem, Error::Unreachable(_)), "{problem:?}");
}

#[tokio::test]
async fn a_certificate_must_be_trusted_and_be_the_hosts() {
    let certificate = CertificateDer::from_pem_slice(CERTIFICATE).unwrap();
    let key = PrivateKeyDer::from_pem_slice(KEY).unwrap();
    let config = ServerConfig::builder().with_no_client_auth().with_single_cert(vec![certificate], key);
    let acceptor = TlsAcceptor::from(Arc::new(config.unwrap()));
    // Also as 127.0.0.2.
    let (listener, address) = listen_at("0.0.0.0:0").await;
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            if let Ok(mut stream) = acceptor.accept(stream).await {
                say(&mut stream, "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await;
                let _ = stream.shutdown().await;
            }
        }
    });
    let port = address.port();
    let trusting = client();
    let usual = Client::new(limits(), None).unwrap();
    for (client, host, is_good) in [
        (&trusting, "localhost", true),
        (&trusting, "127.0.0.1", true),
        (&usual, "localhost", false),
        // Reaches the same server, under a name that is not in the certificate.
        (&trusting, "127.0.0.2", false),
    ] {
        let url = Url::parse(&format!("https://{host}:{port}/")).unwrap();
        let answer = client.send(Request::get(&url)).await;
        assert_eq!(answer.is_ok(), is_good, "{host}: {answer:?}");
    }
    assert!(matches!(Client::new(limits(), Some(b"no certificate")), Err(Error::Certificate)));
}
