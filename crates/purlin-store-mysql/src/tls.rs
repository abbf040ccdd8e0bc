//! Encryption of connections, by the mode that an address names: the same for requests and migrations.

use mysql_async::{Conn, DriverError, Error, IoError, Opts, OptsBuilder, SslOpts};

use crate::address::{Address, TlsMode};

/// Only where the address leaves it open is a server without encryption asked again.
pub(crate) async fn open(options: OptsBuilder, address: &Address) -> mysql_async::Result<Conn> {
    let encrypted = (address.tls != TlsMode::Disable).then(|| encryption(address));
    let first = Conn::new(Opts::from(options.clone().ssl_opts(encrypted))).await;
    match first {
        Err(error) if address.tls == TlsMode::Prefer && is_of_tls(&error) => {
            Conn::new(Opts::from(options.ssl_opts(None))).await
        }
        made => made,
    }
}

fn encryption(address: &Address) -> SslOpts {
    let roots = address.root_certificates.iter().map(|path| path.clone().into()).collect();
    SslOpts::default()
        .with_root_certs(roots)
        .with_disable_built_in_roots(address.root_certificates.is_some())
        .with_danger_accept_invalid_certs(address.tls != TlsMode::Verify)
        .with_danger_skip_domain_validation(address.tls != TlsMode::Verify)
}

pub(crate) fn is_of_tls(error: &Error) -> bool {
    match error {
        Error::Driver(DriverError::NoClientSslFlagFromServer) | Error::Io(IoError::Tls(_)) => true,
        // A handshake that failed is told as data that is not right.
        Error::Io(IoError::Io(error)) => error.kind() == std::io::ErrorKind::InvalidData,
        _ => false,
    }
}
