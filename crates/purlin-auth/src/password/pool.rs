//! The pool that hashes: few threads, each with one working memory, and a bounded queue. A storm of
//! sign-ins costs time and, beyond the queue, a quick `Unavailable`; it never costs memory, and it
//! leaves a core to all other requests.

use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use purlin_core::Error;
use tokio::sync::oneshot;
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

use super::argon::{Cost, Memory};
use super::hash::{self, PhcString, Stored};
use super::rules::MOST_CHARACTERS;

/// A thread without work gives its memory back after this.
const IDLE: Duration = Duration::from_secs(10);
/// However slow one foreign hash was, nobody waits longer because of it.
const LONGEST_FLOOR: Duration = Duration::from_secs(1);

#[derive(Clone, Debug)]
pub struct PoolSettings {
    pub cost: Cost,
    /// By default the cores but one, at least 1 and at most 4.
    pub threads: NonZeroUsize,
    /// How many may wait for a thread; who comes later is turned away at once.
    pub queue: usize,
}

impl Default for PoolSettings {
    fn default() -> Self {
        let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let threads = NonZeroUsize::new(cores.saturating_sub(1).min(4)).unwrap_or(NonZeroUsize::MIN);
        Self { cost: Cost::default(), threads, queue: 128 }
    }
}

/// What became of a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// With `needs_rehash` the stored hash is foreign or weak: replace it by `hash` of the same password.
    Match {
        needs_rehash: bool,
    },
    Mismatch,
}

/// The pool. Its threads end when it is dropped and the queue is empty.
#[derive(Debug)]
pub struct Hasher {
    jobs: SyncSender<Job>,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    cost: Cost,
    /// Nanoseconds that foreign hashes take here. Wrong passwords are never answered sooner, so that
    /// time does not tell an account with a foreign hash from one that does not exist.
    floor: AtomicU64,
}

enum Job {
    Hash { password: Password, answer: oneshot::Sender<Result<PhcString, Error>> },
    Verify { password: Password, stored: Option<String>, answer: oneshot::Sender<Result<Verified, Error>> },
}

struct Verified {
    verdict: Verdict,
    started: Instant,
}

impl Hasher {
    /// Starts the threads.
    pub fn start(settings: &PoolSettings) -> Result<Self, Error> {
        let (jobs, waiting) = sync_channel(settings.queue);
        let waiting = Arc::new(Mutex::new(waiting));
        let shared = Arc::new(Shared { cost: settings.cost, floor: AtomicU64::new(0) });
        for number in 0..settings.threads.get() {
            let (waiting, shared) = (Arc::clone(&waiting), Arc::clone(&shared));
            let nobody = Stored::of_nobody(&settings.cost)?;
            thread::Builder::new()
                .name(format!("password-{number}"))
                .spawn(move || work(&waiting, &shared, &nobody))
                .map_err(Error::internal)?;
        }
        Ok(Self { jobs, shared })
    }

    /// A hash to store. The rules for passwords are the caller's to check before.
    pub async fn hash(&self, password: &str) -> Result<PhcString, Error> {
        let password = Password::of(password).ok_or_else(too_long)?;
        let (answer, done) = oneshot::channel();
        self.submit(Job::Hash { password, answer })?;
        done.await.map_err(|_| gone())?
    }

    /// Whether a password is that of a stored hash; `None` for an account that does not exist or has
    /// no password, which takes as long and matches nothing. So does a stored text that is no hash.
    pub async fn verify(&self, password: &str, stored: Option<&str>) -> Result<Verdict, Error> {
        // Longer than any that could have been set: the work is done all the same.
        let (password, stored) = match Password::of(password) {
            Some(password) => (password, stored),
            None => (Password::default(), None),
        };
        let (answer, done) = oneshot::channel();
        self.submit(Job::Verify { password, stored: stored.map(ToOwned::to_owned), answer })?;
        let Verified { verdict, started } = done.await.map_err(|_| gone())??;
        if verdict == Verdict::Mismatch {
            let floor = Duration::from_nanos(self.shared.floor.load(Ordering::Relaxed)).min(LONGEST_FLOOR);
            let rest = floor.saturating_sub(started.elapsed());
            if !rest.is_zero() {
                tokio::time::sleep(rest).await;
            }
        }
        Ok(verdict)
    }

    fn submit(&self, job: Job) -> Result<(), Error> {
        self.jobs.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) => Error::Unavailable("too many sign-ins at once; try again".to_owned()),
            TrySendError::Disconnected(_) => gone(),
        })
    }
}

/// In Unicode's normal form (NFC), since keyboards differ in how they make an accent.
#[derive(Default)]
struct Password(Zeroizing<Vec<u8>>);

impl Password {
    /// `None` for one that the rules would never have let in.
    fn of(text: &str) -> Option<Self> {
        if text.len() > 4 * MOST_CHARACTERS {
            return None;
        }
        // Room for the longest form from the start: a buffer that grows leaves copies behind.
        let mut normal = Zeroizing::new(String::with_capacity(3 * text.len()));
        normal.extend(text.nfc());
        Some(Self(Zeroizing::new(std::mem::take(&mut *normal).into_bytes())))
    }
}

fn work(waiting: &Mutex<Receiver<Job>>, shared: &Shared, nobody: &Stored) {
    let mut memory = Memory::default();
    loop {
        let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv_timeout(IDLE);
        match next {
            Ok(job) => {
                // A fault in one job fails that job: its sender is dropped and the caller told.
                let outcome = catch_unwind(AssertUnwindSafe(|| do_job(job, shared, nobody, &mut memory)));
                if outcome.is_err() {
                    memory = Memory::default();
                }
                memory.shrink_to(&shared.cost);
            }
            Err(RecvTimeoutError::Timeout) => memory = Memory::default(),
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

/// Nothing is done for a caller who is gone.
fn do_job(job: Job, shared: &Shared, nobody: &Stored, memory: &mut Memory) {
    match job {
        Job::Hash { answer, .. } if answer.is_closed() => {}
        Job::Verify { answer, .. } if answer.is_closed() => {}
        Job::Hash { password, answer } => {
            let _ = answer.send(hash::hash(&password.0, &shared.cost, memory));
        }
        Job::Verify { password, stored, answer } => {
            let started = Instant::now();
            let known = stored.as_deref().map(Stored::parse);
            if matches!(known, Some(None)) {
                tracing::warn!(
                    "a stored password is no hash that is known, or costs too much; nobody can use it"
                );
            }
            let known = known.flatten();
            let checked = known.as_ref().unwrap_or(nobody);
            let is_match = checked.is_of(&password.0, memory) && known.is_some();
            if !checked.is_usual(&shared.cost) {
                shared.raise_floor(started.elapsed());
            }
            let verdict = if is_match {
                Verdict::Match { needs_rehash: checked.needs_rehash(&password.0, &shared.cost) }
            } else {
                Verdict::Mismatch
            };
            let _ = answer.send(Ok(Verified { verdict, started }));
        }
    }
}

impl Shared {
    /// At least what this one took; what was slow by accident fades.
    fn raise_floor(&self, took: Duration) {
        let took = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        let _ = self
            .floor
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |floor| Some(took.max(floor - floor / 16)));
    }
}

fn too_long() -> Error {
    Error::invalid("password", format!("must have at most {MOST_CHARACTERS} characters"))
}

fn gone() -> Error {
    Error::internal("a password was not hashed: its thread failed")
}
