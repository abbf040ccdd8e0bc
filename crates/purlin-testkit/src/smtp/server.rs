//! The server's thread, and what tests ask it.

use std::net::SocketAddr;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::conversation::{Conversation, End};

/// Self-made, for `localhost` and 127.0.0.1; whoever is to trust it is given it.
pub const CERTIFICATE: &[u8] = include_bytes!("certificate.pem");
const KEY: &[u8] = include_bytes!("key.pem");

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    None,
    StartTls,
    Implicit,
}

/// One mail, as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    pub from: String,
    pub to: Vec<String>,
    pub data: String,
    pub is_encrypted: bool,
    /// Who signed in.
    pub user: Option<String>,
    /// Counts connections, from 0.
    pub connection: usize,
}

#[derive(Debug, Default)]
pub(super) struct Inbox {
    mails: Mutex<Vec<Received>>,
    arrived: Condvar,
}

impl Inbox {
    pub(super) fn put(&self, mail: Received) {
        self.mails.lock().unwrap().push(mail);
        self.arrived.notify_all();
    }
}

/// Ends with the process, or when it is dropped.
#[derive(Debug)]
pub struct SmtpServer {
    address: SocketAddr,
    inbox: Arc<Inbox>,
    _stop: tokio::sync::oneshot::Sender<()>,
}

impl SmtpServer {
    /// On a free port. With `login`, mail is taken only from who has signed in with this user and password.
    pub fn start(security: Security, login: Option<(&str, &str)>) -> Self {
        Self::start_at(SocketAddr::from(([127, 0, 0, 1], 0)), security, login)
    }

    pub fn start_at(address: SocketAddr, security: Security, login: Option<(&str, &str)>) -> Self {
        let login = login.map(|(user, password)| (user.to_owned(), password.to_owned()));
        let inbox = Arc::new(Inbox::default());
        let listener = std::net::TcpListener::bind(address).unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let kept = Arc::clone(&inbox);
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = TcpListener::from_std(listener).unwrap();
                tokio::select! {
                    () = accept(&listener, security, login, &kept) => {}
                    _ = stopped => {}
                }
            });
        });
        Self { address, inbox, _stop: stop }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn received(&self) -> Vec<Received> {
        self.inbox.mails.lock().unwrap().clone()
    }

    /// Waits until there are so many mails.
    #[track_caller]
    pub fn wait_for(&self, mails: usize) -> Vec<Received> {
        let deadline = Instant::now() + Duration::from_secs(30);
        let mut held = self.inbox.mails.lock().unwrap();
        while held.len() < mails {
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "{} of {mails} mails have come", held.len());
            held = self.inbox.arrived.wait_timeout(held, left).unwrap().0;
        }
        held.clone()
    }
}

async fn accept(
    listener: &TcpListener,
    security: Security,
    login: Option<(String, String)>,
    inbox: &Arc<Inbox>,
) {
    let tls = TlsAcceptor::from(Arc::new(tls_config()));
    let mut connection = 0;
    while let Ok((stream, _)) = listener.accept().await {
        let (login, inbox, tls) = (login.clone(), Arc::clone(inbox), tls.clone());
        let number = connection;
        connection += 1;
        tokio::spawn(async move {
            let conversation =
                Conversation { login, inbox, number, offers_tls: security == Security::StartTls };
            // A client that goes away is no concern of the server.
            let _ended = talk(stream, security, &conversation, &tls).await;
        });
    }
}

async fn talk(
    stream: TcpStream,
    security: Security,
    conversation: &Conversation,
    tls: &TlsAcceptor,
) -> std::io::Result<()> {
    if security == Security::Implicit {
        let stream = tls.accept(stream).await?;
        conversation.hold(stream, true, true).await?;
    } else if let End::StartTls(stream) = conversation.hold(stream, false, true).await? {
        conversation.hold(tls.accept(stream).await?, true, false).await?;
    }
    Ok(())
}

fn tls_config() -> ServerConfig {
    let certificate = CertificateDer::from_pem_slice(CERTIFICATE).unwrap();
    let key = PrivateKeyDer::from_pem_slice(KEY).unwrap();
    ServerConfig::builder().with_no_client_auth().with_single_cert(vec![certificate], key).unwrap()
}
