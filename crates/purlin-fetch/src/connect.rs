//! A connection to a host: name, TCP, and TLS where the address says so.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::error::{Error, Result};
use crate::url::{Url, is_loopback};

/// The usual authorities, and `certificates` in PEM form beside them.
pub(crate) fn tls(certificates: Option<&[u8]>) -> Result<TlsConnector> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    if let Some(pem) = certificates {
        let found: std::result::Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
        let found = found.ok().filter(|found| !found.is_empty()).ok_or(Error::Certificate)?;
        for certificate in found {
            roots.add(certificate).map_err(|_| Error::Certificate)?;
        }
    }
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::Request(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

pub(crate) async fn connect(tls: &TlsConnector, url: &Url) -> Result<Connection> {
    let stream = reach(url).await?;
    // Small requests that are answered at once: nothing to wait together for.
    let _ = stream.set_nodelay(true);
    if !url.is_https() {
        return Ok(Connection::Plain(stream));
    }
    let name = ServerName::try_from(url.host().to_owned())
        .map_err(|_| Error::Unreachable("the host's name cannot have a certificate".to_owned()))?;
    let stream = tls.connect(name, stream).await.map_err(|error| unreachable(&error))?;
    Ok(Connection::Tls(Box::new(stream)))
}

/// The first of the host's addresses that answers.
async fn reach(url: &Url) -> Result<TcpStream> {
    let found =
        tokio::net::lookup_host((url.host(), url.port())).await.map_err(|error| unreachable(&error))?;
    // Whatever `localhost` is made to mean: without TLS nothing leaves this machine.
    let may_be_asked = |address: &SocketAddr| url.is_https() || is_loopback(address.ip());
    let mut problem = Error::Unreachable("the host has no address that may be asked".to_owned());
    for address in found.filter(may_be_asked) {
        match TcpStream::connect(address).await {
            Ok(stream) => return Ok(stream),
            Err(error) => problem = unreachable(&error),
        }
    }
    Err(problem)
}

fn unreachable(error: &std::io::Error) -> Error {
    Error::Unreachable(error.to_string())
}

pub(crate) enum Connection {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl AsyncRead for Connection {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_read(context, buffer),
            Self::Tls(stream) => Pin::new(stream).poll_read(context, buffer),
        }
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write(context, bytes),
            Self::Tls(stream) => Pin::new(stream).poll_write(context, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_flush(context),
            Self::Tls(stream) => Pin::new(stream).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            Self::Tls(stream) => Pin::new(stream).poll_shutdown(context),
        }
    }
}
