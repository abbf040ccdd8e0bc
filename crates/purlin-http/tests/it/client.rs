//! A client that sends bytes as they are, and reads one answer at a time.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

pub(crate) struct Client {
    stream: TcpStream,
    rest: Vec<u8>,
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (known, value) = line.split_once(": ")?;
            known.eq_ignore_ascii_case(name).then_some(value)
        })
    }
}

impl Client {
    pub(crate) fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        Self { stream, rest: Vec::new() }
    }

    /// The same connection.
    pub(crate) fn another(&self) -> Self {
        Self { stream: self.stream.try_clone().unwrap(), rest: Vec::new() }
    }

    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) {
        // The server may have closed already, which the next read shows.
        let _ = self.stream.write_all(bytes.as_ref());
    }

    /// Whether the server, which may be slow, still takes these.
    pub(crate) fn takes(&mut self, text: &str) -> bool {
        self.stream.set_write_timeout(Some(Duration::from_secs(3))).unwrap();
        self.stream.write_all(text.as_bytes()).is_ok()
    }

    /// The next answer; `None` when the server closed the connection instead.
    pub(crate) fn answer(&mut self, has_body: bool) -> Option<Answer> {
        let end = loop {
            if let Some(at) = self.rest.windows(4).position(|window| window == b"\r\n\r\n") {
                break at + 4;
            }
            self.fill()?;
        };
        let head = String::from_utf8(self.rest.drain(..end).collect()).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let mut answer = Answer { status, head, body: String::new(), bytes: Vec::new() };
        let length = answer.header("content-length").map_or(0, |value| value.parse().unwrap());
        if has_body {
            while self.rest.len() < length {
                self.fill()?;
            }
            answer.bytes = self.rest.drain(..length).collect();
            answer.body = String::from_utf8_lossy(&answer.bytes).into_owned();
        }
        Some(answer)
    }

    pub(crate) fn is_closed(&mut self) -> bool {
        self.rest.is_empty() && self.fill().is_none()
    }

    /// Throws away what has been read, and says how much it was.
    pub(crate) fn take(&mut self) -> usize {
        std::mem::take(&mut self.rest).len()
    }

    fn fill(&mut self) -> Option<()> {
        let mut buffer = [0; 4096];
        let count = self.stream.read(&mut buffer).ok()?;
        self.rest.extend_from_slice(&buffer[..count]);
        (count > 0).then_some(())
    }
}
