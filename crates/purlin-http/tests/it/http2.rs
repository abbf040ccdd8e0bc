//! The same server over HTTP/2, which clients begin without asking.

use http_body_util::{BodyExt, Empty};
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;

use crate::site::Site;

#[tokio::test]
async fn many_requests_share_a_connection() {
    let site = Site::start();
    let stream = TcpStream::connect(site.address).await.unwrap();
    let (mut sender, connection) =
        http2::handshake::<_, _, Empty<bytes::Bytes>>(TokioExecutor::new(), TokioIo::new(stream))
            .await
            .unwrap();
    let connection = tokio::spawn(connection);
    for (method, path, status, body) in [
        ("GET", "/name", 200, "\"first\""),
        ("HEAD", "/name", 200, ""),
        ("GET", "/slow", 200, "\"slow\""),
        ("DELETE", "/name", 405, "METHOD_NOT_ALLOWED"),
        ("GET", "/panic", 500, "INTERNAL_ERROR"),
        ("GET", "/name", 200, "\"first\""),
    ] {
        let uri = format!("http://{}{path}", site.address);
        let request = http::Request::builder().method(method).uri(uri).body(Empty::new()).unwrap();
        let answer = sender.send_request(request).await.unwrap();
        assert_eq!(answer.status(), status, "{method} {path}");
        if method == "HEAD" {
            assert_eq!(answer.headers()["content-length"], "7");
        }
        let bytes = answer.into_body().collect().await.unwrap().to_bytes();
        assert!(std::str::from_utf8(&bytes).unwrap().contains(body), "{method} {path}: {bytes:?}");
    }
    drop(sender);
    connection.await.unwrap().unwrap();
}
