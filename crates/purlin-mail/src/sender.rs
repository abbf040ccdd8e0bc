//! The task that empties the outbox. Any number of copies may run: a mail is claimed for a time before it
//! is delivered, and only who still holds the claim writes down how it went. A process that dies leaves
//! its claims to run out, so a mail may arrive twice, under one Message-ID, but never not at all.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use purlin_core::clock::Clock;
use purlin_core::schema::SortOrder;
use purlin_core::system::{Row, Set, Table, When};
use purlin_core::{DateTime, Error, Value};
use serde_json::Value as Json;
use tokio::sync::{Notify, watch};
use tokio::task::{JoinHandle, JoinSet};

use crate::address::{Originator, Recipient};
use crate::delivery::{Delivery, Refusal, RefusalKind};
use crate::letter::{Envelope, Letter};
use crate::outbox::Outbox;
use crate::pace::Pace;
use crate::template::{Templates, Values};

/// Mails of one look at the outbox.
const BATCH: u32 = 50;
/// After the database failed.
const BREATH: Duration = Duration::from_secs(5);
/// How long a server that refuses everything is left alone, doubled up to the most.
const SHORTEST_REST: Duration = Duration::from_secs(2);
const LONGEST_REST: Duration = Duration::from_mins(1);
const CLEANING: Duration = Duration::from_hours(1);

/// A running sender. Dropped, it ends without waiting for what it is about.
#[must_use = "the sender ends when it is dropped"]
pub struct Sender {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Sender {
    /// On the current runtime.
    pub fn start(
        outbox: &Outbox,
        from: Originator,
        reply_to: Option<Originator>,
        delivery: Arc<dyn Delivery>,
        pace: Pace,
    ) -> Self {
        let (stop, stopped) = watch::channel(false);
        let work = Arc::new(Work {
            table: outbox.table.clone(),
            templates: Arc::clone(&outbox.templates),
            clock: Arc::clone(&outbox.clock),
            from,
            reply_to,
            delivery,
            pace,
        });
        let task = tokio::spawn(run(work, Arc::clone(&outbox.wake), stopped));
        Self { stop, task }
    }

    /// Claims nothing more and waits for the letters on their way, as long as a delivery may take.
    pub async fn stop(mut self) {
        // Nobody listens any more where the task has ended.
        let _gone = self.stop.send(true);
        if let Err(error) = (&mut self.task).await {
            tracing::error!(%error, "the sender of mail did not end well");
        }
    }
}

impl Drop for Sender {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl fmt::Debug for Sender {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Sender")
    }
}

/// What one look at the outbox came to.
#[derive(Default)]
struct Look {
    claimed: usize,
    /// Every letter was refused because of the server.
    is_server_down: bool,
}

async fn run(work: Arc<Work>, wake: Arc<Notify>, mut stopped: watch::Receiver<bool>) {
    let mut rest = Duration::ZERO;
    let mut cleaned: Option<DateTime> = None;
    loop {
        let looked = work.look(&stopped).await;
        let pause = match looked {
            Ok(look) if look.is_server_down => {
                rest = (rest * 2).clamp(SHORTEST_REST, LONGEST_REST).min(work.pace.look);
                rest
            }
            Ok(look) => {
                rest = Duration::ZERO;
                if look.claimed > 0 { Duration::ZERO } else { work.until_due().await }
            }
            Err(error) => {
                log_failure(&error);
                BREATH
            }
        };
        let now = work.clock.now();
        if cleaned.is_none_or(|last| passed(last, now) > CLEANING) {
            cleaned = Some(now);
            work.clean(now).await;
        }
        let is_resting = rest > Duration::ZERO;
        tokio::select! {
            biased;
            _ = stopped.wait_for(|stopped| *stopped) => return,
            () = wake.notified(), if !is_resting => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

fn log_failure(error: &Error) {
    let cause = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    tracing::warn!(%error, cause, "the outbox of mail cannot be read; trying again");
}

struct Work {
    table: Table,
    templates: Arc<Templates>,
    clock: Arc<dyn Clock>,
    from: Originator,
    reply_to: Option<Originator>,
    delivery: Arc<dyn Delivery>,
    pace: Pace,
}

impl Work {
    /// Claims what is due and delivers it, some at the same time.
    async fn look(self: &Arc<Self>, stopped: &watch::Receiver<bool>) -> Result<Look, Error> {
        let due = When::equal("state", "queued").and(When::at_most("nextAttemptAt", self.clock.now()));
        let order = [("nextAttemptAt", SortOrder::Ascending)];
        let rows = self.table.list(&due, &order, BATCH).await?;
        let mut look = Look::default();
        let mut running = JoinSet::new();
        let mut refused = 0;
        let mut ended = 0;
        let mut count = |kind: Result<Option<RefusalKind>, tokio::task::JoinError>| {
            ended += 1;
            refused += usize::from(matches!(kind, Ok(Some(RefusalKind::Server))));
            // A server that is down need not be asked by every letter.
            refused == ended && refused >= self.pace.deliveries
        };
        for row in rows {
            if *stopped.borrow() {
                break;
            }
            let Some((row, lease)) = self.claim(row).await? else { continue };
            look.claimed += 1;
            let work = Arc::clone(self);
            running.spawn(async move { work.handle(&row, &lease).await });
            if running.len() >= self.pace.deliveries
                && let Some(kind) = running.join_next().await
                && count(kind)
            {
                break;
            }
        }
        while let Some(kind) = running.join_next().await {
            count(kind);
        }
        look.is_server_down = refused > 0 && refused == ended;
        Ok(look)
    }

    /// `None` where another copy was quicker.
    async fn claim(&self, row: Row) -> Result<Option<(Row, String)>, Error> {
        let lease = format!("{:032x}", u128::from_ne_bytes(random()?));
        let when = When::equal("id", row.get::<String>("id")?)
            .and(When::equal("state", "queued"))
            .and(When::equal("nextAttemptAt", row.get::<DateTime>("nextAttemptAt")?));
        let until = later(self.clock.now(), self.pace.lease);
        let changes = [
            ("nextAttemptAt", Set::from(until)),
            ("lease", Set::from(lease.as_str())),
            ("attempts", Set::Add(1)),
        ];
        let claimed = self.table.update(&when, changes).await?;
        Ok((claimed == 1).then_some((row, lease)))
    }

    /// Delivers a claimed mail and writes down how it went; what refused it, if anything.
    async fn handle(&self, row: &Row, lease: &str) -> Option<RefusalKind> {
        let refusal = self.attempt_holding(row, lease).await.err();
        let kind = refusal.as_ref().map(|refusal| refusal.kind);
        if let Err(error) = self.conclude(row, lease, refusal).await {
            log_failure(&error);
        }
        kind
    }

    /// Renews the claim as long as the delivery goes on.
    async fn attempt_holding(&self, row: &Row, lease: &str) -> Result<(), Refusal> {
        let attempt = self.attempt(row);
        tokio::pin!(attempt);
        loop {
            tokio::select! {
                done = &mut attempt => return done,
                () = tokio::time::sleep(self.pace.lease / 3) => {}
            }
            // Without its row a delivery goes on all the same: it is too late to take it back.
            if let Err(error) = self.renew(row, lease).await {
                log_failure(&error);
            }
        }
    }

    async fn renew(&self, row: &Row, lease: &str) -> Result<(), Error> {
        let held = When::equal("id", row.get::<String>("id")?).and(When::equal("lease", lease));
        let until = later(self.clock.now(), self.pace.lease);
        self.table.update(&held, [("nextAttemptAt", until)]).await.map(|_| ())
    }

    async fn attempt(&self, row: &Row) -> Result<(), Refusal> {
        let letter = self.letter(row)?;
        match tokio::time::timeout(self.pace.delivery_timeout, self.delivery.deliver(&letter)).await {
            Ok(delivered) => delivered,
            Err(_) => Err(Refusal::new(RefusalKind::Server, "the server took too long")),
        }
    }

    /// A row that another version of the app wrote may ask for what this one does not have.
    fn letter(&self, row: &Row) -> Result<Letter, Refusal> {
        let never = |text: &str| Refusal::new(RefusalKind::Letter, text);
        let read = || {
            let locale: Option<String> = row.get("locale")?;
            Ok((row.get("id")?, row.get("to")?, row.get("template")?, row.get("data")?, locale))
        };
        let (id, to, template, data, locale): (String, String, String, Json, _) =
            read().map_err(|error: Error| never(&error.to_string()))?;
        let to = Recipient::parse(&to).ok_or_else(|| never("its address is none"))?;
        let values = Values::read(&data).map_err(|error| never(&error.to_string()))?;
        let rendered = self.templates.render(&template, locale.as_deref(), &values);
        let rendered = rendered.ok_or_else(|| never("its template does not exist"))?;
        let envelope = Envelope {
            id: &id,
            template: &template,
            from: &self.from,
            reply_to: self.reply_to.as_ref(),
            to,
            date: self.clock.now(),
        };
        let essence = values.essence().map(str::to_owned);
        Letter::compose(envelope, rendered, essence).map_err(|error| never(&error.to_string()))
    }

    async fn conclude(&self, row: &Row, lease: &str, refusal: Option<Refusal>) -> Result<(), Error> {
        let (id, template): (String, String) = (row.get("id")?, row.get("template")?);
        let attempts = row.get::<i64>("attempts")? + 1;
        let now = self.clock.now();
        let mut changes = vec![("lease", Set::To(Value::Null))];
        let ended =
            |state| [("state", Set::from(state)), ("endedAt", now.into()), ("data", Set::To(Value::Null))];
        match refusal {
            None => {
                changes.extend(ended("sent"));
                changes.push(("lastError", Set::To(Value::Null)));
                tracing::debug!(mail = id, template, attempts, "mail {id} ({template}) was sent");
            }
            Some(refusal) => {
                let reason = refusal.text;
                let chance = random()?[0];
                let next = later(now, self.pace.wait(usize::try_from(attempts).unwrap_or(0), chance));
                let last = later(row.get("createdAt")?, self.pace.give_up_after);
                if refusal.kind == RefusalKind::Letter || next > last {
                    changes.extend(ended("failed"));
                    tracing::error!(
                        mail = id,
                        template,
                        attempts,
                        "mail {id} ({template}) was given up: {reason}"
                    );
                } else {
                    changes.push(("nextAttemptAt", next.into()));
                    tracing::warn!(
                        mail = id,
                        template,
                        attempts,
                        "mail {id} ({template}) was not sent and will be tried again at {next}: {reason}"
                    );
                }
                changes.push(("lastError", reason.into()));
            }
        }
        let held = When::equal("id", id.as_str()).and(When::equal("lease", lease));
        if self.table.update(&held, changes).await? == 0 {
            tracing::warn!(
                mail = id,
                "the claim on mail {id} ran out before it was delivered; it may come twice"
            );
        }
        Ok(())
    }

    /// How long until the next mail is due, at most as long as between two looks.
    async fn until_due(&self) -> Duration {
        let order = [("nextAttemptAt", SortOrder::Ascending)];
        let next = self.table.list(&When::equal("state", "queued"), &order, 1).await;
        let next = next.ok().and_then(|rows| rows.first()?.get::<DateTime>("nextAttemptAt").ok());
        let due = next.map_or(self.pace.look, |next| passed(self.clock.now(), next));
        // Not in a circle where the clock and the timer disagree by a moment.
        due.clamp(Duration::from_millis(5), self.pace.look)
    }

    /// Rows whose time has passed go; only their state and address were left of them.
    async fn clean(&self, now: DateTime) {
        for (state, keep) in [("sent", self.pace.keep_sent), ("failed", self.pace.keep_failed)] {
            let Ok(before) = DateTime::from_millis(now.as_millis() - millis(keep)) else { continue };
            let old = When::equal("state", state).and(When::less("endedAt", before));
            if let Err(error) = self.table.delete(&old).await {
                log_failure(&error);
            }
        }
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX / 2)
}

fn later(time: DateTime, by: Duration) -> DateTime {
    DateTime::from_millis(time.as_millis().saturating_add(millis(by))).unwrap_or(time)
}

/// Zero where `to` lies before `from`.
fn passed(from: DateTime, to: DateTime) -> Duration {
    Duration::from_millis(u64::try_from(to.as_millis() - from.as_millis()).unwrap_or(0))
}

fn random() -> Result<[u8; 16], Error> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(|error| Error::internal(error.to_string()))?;
    Ok(bytes)
}
