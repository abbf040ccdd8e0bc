//! A way to the server that can be shut, and that can make it look like one that stands alone.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use purlin_testkit::services;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};

pub(crate) struct Gate {
    address: SocketAddr,
    runtime: Option<Runtime>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Looks {
    AsItIs,
    /// Without the replica set's name, a server is none of a replica set.
    Alone,
}

impl Gate {
    /// At `127.0.0.1:0`, or where one was before.
    pub(crate) fn open(at: &str, looks: Looks) -> io::Result<Self> {
        let runtime = runtime();
        let listener = runtime.block_on(TcpListener::bind(at))?;
        let address = listener.local_addr()?;
        runtime.spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                tokio::spawn(hand_on(near, looks));
            }
        });
        Ok(Self { address, runtime: Some(runtime) })
    }

    pub(crate) fn address(&self) -> String {
        self.address.to_string()
    }

    /// Without `directConnection` the driver would go to the address that the server calls its own.
    pub(crate) fn url(&self, database: &str) -> String {
        format!("mongodb://{}/{database}?directConnection=true", self.address)
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(Duration::from_secs(2));
        }
    }
}

pub(crate) fn runtime() -> Runtime {
    Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
}

async fn hand_on(near: TcpStream, looks: Looks) -> io::Result<()> {
    let (mut asks, mut hears) = near.into_split();
    let (mut answers, mut is_asked) = TcpStream::connect(server_address()).await?.into_split();
    tokio::spawn(async move { copy(&mut asks, &mut is_asked).await });
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let length = answers.read(&mut buffer).await?;
        if length == 0 {
            return Ok(());
        }
        if looks == Looks::Alone {
            rename(&mut buffer[..length], b"\x02setName\0", b"\x02setNone\0");
        }
        hears.write_all(&buffer[..length]).await?;
    }
}

fn rename(bytes: &mut [u8], from: &[u8], to: &[u8]) {
    for start in 0..bytes.len().saturating_sub(from.len()) {
        if bytes[start..].starts_with(from) {
            bytes[start..start + to.len()].copy_from_slice(to);
        }
    }
}

/// `127.0.0.1:27017` of the test server's URL.
fn server_address() -> String {
    let url = services::mongodb();
    let address = url.split_once("://").map_or(&*url, |(_, rest)| rest);
    address.split(['/', '?']).next().unwrap_or_default().to_owned()
}
