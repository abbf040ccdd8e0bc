//! The pool under a storm: bounded in memory and in waiting, and no clock for strangers.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::{Duration, Instant};

use purlin_auth::password::{Cost, Hasher, PoolSettings, Verdict};
use tokio::task::JoinSet;

fn settings(memory_kib: u32, queue: usize) -> PoolSettings {
    PoolSettings { cost: Cost { memory_kib, passes: 2, lanes: 1 }, threads: NonZeroUsize::MIN, queue }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn beyond_the_queue_it_refuses_at_once() {
    let hasher = Arc::new(Hasher::start(&settings(19_456, 4)).unwrap());
    let mut storm = JoinSet::new();
    let start = Instant::now();
    for _ in 0..200 {
        let hasher = Arc::clone(&hasher);
        storm.spawn(async move { (hasher.verify("kd72nv0q", None).await, start.elapsed()) });
    }
    let mut refused = Vec::new();
    let mut answered = 0;
    while let Some(result) = storm.join_next().await {
        match result.unwrap() {
            (Ok(verdict), _) => {
                assert_eq!(verdict, Verdict::Mismatch);
                answered += 1;
            }
            (Err(error), took) => {
                assert_eq!(error.code(), "UNAVAILABLE");
                refused.push(took);
            }
        }
    }
    assert!(answered >= 4, "{answered}");
    assert_eq!(answered + refused.len(), 200);
    // And afterwards it goes on as before.
    assert_eq!(hasher.verify("kd72nv0q", None).await.unwrap(), Verdict::Mismatch);
}

/// Callers who went away cost nothing: the queue of them is gone faster than one hash each would be.
#[tokio::test]
async fn nobody_waits_for_the_dead() {
    let hasher = Hasher::start(&settings(19_456, 1000)).unwrap();
    let one = Instant::now();
    hasher.verify("kd72nv0q", None).await.unwrap();
    let one = one.elapsed();
    for _ in 0..500 {
        let mut waiting = Box::pin(hasher.verify("kd72nv0q", None));
        let gave_up = std::future::poll_fn(|context| {
            std::task::Poll::Ready(waiting.as_mut().poll(context).is_pending())
        });
        assert!(gave_up.await);
    }
    let rest = Instant::now();
    hasher.verify("kd72nv0q", None).await.unwrap();
    assert!(rest.elapsed() < one * 100, "{:?} after {one:?}", rest.elapsed());
}

/// After one bcrypt hash was seen here, wrong passwords take as long for accounts that have none.
#[tokio::test]
async fn foreign_hashes_do_not_show_in_time() {
    let hasher = Hasher::start(&settings(64, 8)).unwrap();
    let bcrypt = "$2b$11$abcdefghijklmnopqrstuuIbSMeOZ5IeAlJHgZjMm5O/3dmsJMZiC";
    let took = async |stored: Option<&str>| {
        let start = Instant::now();
        assert_eq!(hasher.verify("wrong password", stored).await.unwrap(), Verdict::Mismatch);
        start.elapsed()
    };
    let mut quick = Duration::MAX;
    for _ in 0..10 {
        quick = quick.min(took(None).await);
    }
    let slow = took(Some(bcrypt)).await.min(took(Some(bcrypt)).await);
    assert!(slow > quick * 8, "{slow:?} {quick:?}: the two differ, or there is nothing to hide");
    // Wide bounds: what a busy machine adds is small beside what is hidden.
    for stored in [None, Some(""), Some("no hash")] {
        let hidden = took(stored).await;
        assert!(hidden > slow / 4, "{stored:?}: {hidden:?} beside {slow:?} and {quick:?}");
    }
}

#[test]
fn defaults_leave_a_core() {
    let settings = PoolSettings::default();
    let cores = std::thread::available_parallelism().unwrap().get();
    assert!(settings.threads.get() <= 4 && (cores == 1 || settings.threads.get() < cores));
    assert_eq!(settings.cost, Cost { memory_kib: 19_456, passes: 2, lanes: 1 });
}

/// 1,000 at once, all in the queue: the memory is that of the threads, not of the callers.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_storm_costs_no_memory() {
    let hasher = Arc::new(Hasher::start(&PoolSettings { queue: 1000, ..settings(19_456, 0) }).unwrap());
    let before = peak_kib();
    let mut storm = JoinSet::new();
    for number in 0..1000 {
        let hasher = Arc::clone(&hasher);
        storm.spawn(async move {
            let password = format!("password {number}");
            let verified = hasher.verify(&password, None);
            // A few are carried out; that all of them are is for the bench to wait for.
            tokio::time::timeout(Duration::from_secs(1), verified).await
        });
    }
    while let Some(result) = storm.join_next().await {
        if let Ok(verified) = result.unwrap() {
            assert_eq!(verified.unwrap(), Verdict::Mismatch);
        }
    }
    let more = peak_kib() - before;
    assert!(more < 60_000, "{more} KiB for one thread of 19 MiB");
}

#[cfg(target_os = "linux")]
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
