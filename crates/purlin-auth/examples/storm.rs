//! A thousand sign-ins at once, through the pool with its real cost: how long, and how much memory.
//! `cargo run --release -p purlin-auth --example storm`
#![expect(clippy::print_stdout, reason = "its output is what it is for")]

use std::sync::Arc;
use std::time::Instant;

use purlin_auth::password::{Hasher, PoolSettings};
use tokio::task::JoinSet;

const SIGN_INS: usize = 1000;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    for queue in [SIGN_INS, PoolSettings::default().queue] {
        let settings = PoolSettings { queue, ..PoolSettings::default() };
        let hasher = Arc::new(Hasher::start(&settings)?);
        let stored: Arc<str> = hasher.hash("correct horse battery").await?.as_str().into();
        let (idle, start) = (kib("VmRSS:"), Instant::now());
        let mut storm = JoinSet::new();
        for number in 0..SIGN_INS {
            let (hasher, stored) = (Arc::clone(&hasher), Arc::clone(&stored));
            storm.spawn(async move {
                let password = format!("password {number}");
                hasher.verify(&password, (number % 2 == 0).then_some(&stored)).await.is_ok()
            });
        }
        let mut answered = 0;
        while let Some(is_answered) = storm.join_next().await {
            answered += usize::from(is_answered?);
        }
        println!(
            "queue of {queue}, {} threads: {answered} answered, {} turned away in {:.2?}; \
             {idle} KiB with one hash made, {} KiB at the peak of the process",
            settings.threads,
            SIGN_INS - answered,
            start.elapsed(),
            kib("VmHWM:"),
        );
    }
    Ok(())
}

/// Of this process, on Linux; 0 elsewhere.
fn kib(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
