//! The machine: the port and the disk.

use std::io::ErrorKind;
use std::net::{TcpListener, ToSocketAddrs};
use std::path::Path;

use super::Finding;
use crate::config::ServerSettings;

const MEGABYTE: u64 = 1 << 20;
/// Below it the next larger migration, which copies the database, may fail.
const LITTLE_SPACE: u64 = 1024 * MEGABYTE;
/// Below it the next writes may.
const NO_SPACE: u64 = 64 * MEGABYTE;

pub(super) fn port(settings: &ServerSettings, findings: &mut Vec<Finding>) {
    let (host, port) = (settings.host.as_str(), settings.port);
    let addresses = match (host, port).to_socket_addrs() {
        Ok(addresses) => addresses.collect::<Vec<_>>(),
        Err(error) => {
            let message = format!("the host {host} cannot be resolved: {error}");
            findings.push(Finding::problem("port", message, "set server.host to an address of this machine"));
            return;
        }
    };
    findings.push(match TcpListener::bind(addresses.as_slice()) {
        Ok(_) => Finding::ok("port", format!("{host}:{port} is free")),
        Err(error) if error.kind() == ErrorKind::AddrInUse => Finding::warning(
            "port",
            format!("{host}:{port} is taken, perhaps by this very app"),
            "choose another with --port or PORT, or stop what listens there",
        ),
        Err(error) => Finding::problem(
            "port",
            format!("cannot listen on {host}:{port}: {error}"),
            "ports below 1024 need rights; set server.host and server.port to what this user may use",
        ),
    });
}

/// The space where the database grows, with its log and its copies.
pub(super) fn disk(database: &Path, findings: &mut Vec<Finding>) {
    let folder = database.ancestors().skip(1).find(|folder| folder.is_dir());
    let folder = folder.filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Some(free) = free_bytes(folder) else { return };
    let message = format!("{} MB are free for the database", free / MEGABYTE);
    findings.push(match free {
        ..NO_SPACE => Finding::problem("disk", message, "free some space: writes are about to fail"),
        NO_SPACE..LITTLE_SPACE => Finding::warning("disk", message, "free some space, or move the database"),
        _ => Finding::ok("disk", message),
    });
}

#[cfg(unix)]
fn free_bytes(folder: &Path) -> Option<u64> {
    let found = rustix::fs::statvfs(folder).ok()?;
    Some(found.f_bavail.saturating_mul(found.f_frsize))
}

#[cfg(not(unix))]
fn free_bytes(_folder: &Path) -> Option<u64> {
    None
}
