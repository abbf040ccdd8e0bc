//! One connection. What the server does is said by the recipient: `reject-…` is refused for good,
//! `defer-…` for now, `lost-…` is taken and the answer never sent, `slow-…` is answered late.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};

use super::server::{Inbox, Received};

/// How late.
const LATE: Duration = Duration::from_millis(600);

#[derive(Debug)]
pub(super) struct Conversation {
    pub(super) login: Option<(String, String)>,
    pub(super) inbox: Arc<Inbox>,
    pub(super) number: usize,
    pub(super) offers_tls: bool,
}

pub(super) enum End<S> {
    Closed,
    /// The client wants to go on encrypted.
    StartTls(S),
}

impl Conversation {
    pub(super) async fn hold<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        stream: S,
        is_encrypted: bool,
        greets: bool,
    ) -> io::Result<End<S>> {
        let mut lines = BufReader::new(stream);
        let offers_tls = self.offers_tls && !is_encrypted;
        // As real servers do: no password before encryption, where there is any.
        let offers_login = self.login.is_some() && !offers_tls;
        let (mut user, mut from, mut to) = (None, String::new(), Vec::new());
        if greets {
            say(&mut lines, "220 localhost ready").await?;
        }
        loop {
            let line = read(&mut lines).await?;
            let (verb, rest) = line.split_once(' ').unwrap_or((&line, ""));
            match verb.to_ascii_uppercase().as_str() {
                "EHLO" => {
                    let mut answer = vec!["localhost", "8BITMIME", "SMTPUTF8"];
                    if offers_tls {
                        answer.push("STARTTLS");
                    }
                    if offers_login {
                        answer.push("AUTH PLAIN LOGIN");
                    }
                    let last = answer.len() - 1;
                    for (number, word) in answer.into_iter().enumerate() {
                        say(&mut lines, &format!("250{}{word}", if number == last { ' ' } else { '-' }))
                            .await?;
                    }
                }
                "STARTTLS" if offers_tls => {
                    say(&mut lines, "220 go ahead").await?;
                    return Ok(End::StartTls(lines.into_inner()));
                }
                "AUTH" if offers_login => {
                    user = self.sign_in(&mut lines, rest).await?;
                    let answer = if user.is_some() { "235 welcome" } else { "535 5.7.8 wrong credentials" };
                    say(&mut lines, answer).await?;
                }
                "MAIL" if self.login.is_some() && user.is_none() => {
                    say(&mut lines, "530 5.7.0 sign in first").await?;
                }
                "MAIL" => {
                    address(rest).clone_into(&mut from);
                    to.clear();
                    say(&mut lines, "250 ok").await?;
                }
                "RCPT" => {
                    let recipient = address(rest).to_owned();
                    let answer = if recipient.starts_with("reject-") {
                        "550 5.1.1 no such user"
                    } else if recipient.starts_with("defer-") {
                        "451 4.7.1 try later"
                    } else {
                        to.push(recipient);
                        "250 ok"
                    };
                    say(&mut lines, answer).await?;
                }
                "DATA" => {
                    say(&mut lines, "354 end with a point").await?;
                    let data = data(&mut lines).await?;
                    let is_slow = to.iter().any(|to| to.starts_with("slow-"));
                    let is_lost = to.iter().any(|to| to.starts_with("lost-"));
                    let (from, to, user) = (std::mem::take(&mut from), std::mem::take(&mut to), user.clone());
                    self.inbox.put(Received { from, to, data, is_encrypted, user, connection: self.number });
                    if is_lost {
                        return Ok(End::Closed);
                    }
                    if is_slow {
                        tokio::time::sleep(LATE).await;
                    }
                    say(&mut lines, "250 taken").await?;
                }
                "RSET" | "NOOP" => say(&mut lines, "250 ok").await?,
                "QUIT" => {
                    say(&mut lines, "221 bye").await?;
                    return Ok(End::Closed);
                }
                _ => say(&mut lines, "502 no such command").await?,
            }
        }
    }

    async fn sign_in<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        lines: &mut BufReader<S>,
        rest: &str,
    ) -> io::Result<Option<String>> {
        let (user, password) = if let Some(response) = rest.strip_prefix("PLAIN ") {
            let words = decoded(response);
            let mut words = words.split('\0').skip(1);
            (words.next().unwrap_or("").to_owned(), words.next().unwrap_or("").to_owned())
        } else {
            say(lines, "334 VXNlcm5hbWU6").await?;
            let user = decoded(&read(lines).await?);
            say(lines, "334 UGFzc3dvcmQ6").await?;
            (user, decoded(&read(lines).await?))
        };
        let is_known = self.login.as_ref().is_some_and(|known| *known == (user.clone(), password));
        Ok(is_known.then_some(user))
    }
}

fn decoded(text: &str) -> String {
    String::from_utf8(STANDARD.decode(text).unwrap_or_default()).unwrap_or_default()
}

/// `TO:<ada@example.com> SIZE=5`.
fn address(rest: &str) -> &str {
    rest.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map_or("", |(address, _)| address)
}

async fn read<S: AsyncRead + Unpin>(lines: &mut BufReader<S>) -> io::Result<String> {
    let mut line = String::new();
    if lines.read_line(&mut line).await? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

async fn data<S: AsyncRead + Unpin>(lines: &mut BufReader<S>) -> io::Result<String> {
    let mut data = String::new();
    loop {
        let line = read(lines).await?;
        if line == "." {
            return Ok(data);
        }
        data.push_str(line.strip_prefix('.').unwrap_or(&line));
        data.push('\n');
    }
}

async fn say<S: AsyncRead + AsyncWrite + Unpin>(lines: &mut BufReader<S>, text: &str) -> io::Result<()> {
    lines.get_mut().write_all(format!("{text}\r\n").as_bytes()).await?;
    lines.get_mut().flush().await
}
