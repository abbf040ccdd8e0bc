//! The app that serves now, and how the next one takes its place. The database is brought along before
//! the new app is seen; whatever is refused on the way leaves the last good one serving.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use purlin_core::store::Store;
use purlin_http::{App, Live, Metrics, Pause};
use purlin_mail::Sender;
use purlin_migrate::{Applied, Backup};
use tokio::runtime::Handle;

use super::{Candidate, Event, Inputs};
use crate::cli::{ConsentFlags, Context, Failure, Person, listed, settle, shown};
use crate::config::{Config, DefaultAccess};
use crate::wire::{self, Mail};

/// How often a store that is no longer used is asked whether its last request has ended.
const RETIRE_LOOK: Duration = Duration::from_millis(50);

/// Running requests are waited for so long before tables change.
const PATIENCE: Duration = Duration::from_secs(2);

/// What a look at the files led to.
#[derive(Debug)]
pub enum Reload {
    /// They are as they were.
    Unchanged,
    Done(Vec<Event>),
    Refused(Failure),
}

#[derive(Debug)]
pub struct Session {
    context: Context,
    flags: ConsentFlags,
    metrics: Arc<Metrics>,
    live: Arc<Live<App>>,
    config: Config,
    models: usize,
    store: Mutex<Arc<dyn Store>>,
    mail: Mutex<Mail>,
    /// Runs from `start_mail` on.
    sender: Mutex<Option<Sender>>,
    /// What was looked at last, good or not.
    seen: Mutex<Inputs>,
}

impl Session {
    /// The first app: its tables are there when this returns.
    pub fn start(
        context: Context,
        flags: ConsentFlags,
        person: &mut dyn Person,
        runtime: &Handle,
    ) -> Result<(Self, Vec<Event>), Failure> {
        let seen = Inputs::read(&context.app);
        let metrics = Arc::new(Metrics::default());
        let candidate = Candidate::make(&context, &metrics, runtime)?;
        let mut events: Vec<Event> = candidate
            .databases
            .iter()
            .filter_map(|database| database.note.as_ref())
            .map(Event::note)
            .collect();
        let applied = bring_along(&context, &flags, person, &candidate)?;
        events.extend(applied.into_iter().map(Event::note));
        if candidate.warnings > 0 {
            let count = crate::cli::counted(candidate.warnings, "warning");
            events.push(Event::note(format!("the schema has {count}: `purlin check` shows them")));
        }
        events.extend(closed(&candidate));
        if candidate.is_new && context.app.join("seed.json").is_file() {
            events.push(Event::note("the database is new: `purlin db seed` loads seed.json into it"));
        }
        let session = Self {
            flags,
            metrics,
            live: Arc::new(Live::new(candidate.app).with_pauses()),
            config: candidate.config,
            models: candidate.schema.own_models().count(),
            store: Mutex::new(candidate.store),
            mail: Mutex::new(candidate.mail),
            sender: Mutex::default(),
            seen: Mutex::new(seen),
            context,
        };
        Ok((session, events))
    }

    pub fn config(&self) -> &Config {
        &self.config
    }

    pub fn models(&self) -> usize {
        self.models
    }

    pub fn live(&self) -> &Arc<Live<App>> {
        &self.live
    }

    pub fn metrics(&self) -> &Arc<Metrics> {
        &self.metrics
    }

    /// Looks at the files; where they have changed, puts what they say now in place of what serves.
    pub fn reload(&self, person: &mut dyn Person, runtime: &Handle) -> Reload {
        let started = Instant::now();
        let inputs = Inputs::read(&self.context.app);
        if *held(&self.seen) == inputs {
            return Reload::Unchanged;
        }
        *held(&self.seen) = inputs;
        let candidate = Candidate::make(&self.context, &self.metrics, runtime);
        // Saved again meanwhile: nobody knows which of both was made, so it is looked at once more.
        if Inputs::read(&self.context.app) != *held(&self.seen) {
            held(&self.seen).forget();
        }
        let mut person = Unpausing { person, pause: None };
        let prepared = candidate.and_then(|candidate| {
            // Statements of the one and tables of the other schema do not go together.
            person.pause = runtime.block_on(self.live.pause(PATIENCE));
            let applied = bring_along(&self.context, &self.flags, &mut person, &candidate)?;
            Ok((candidate, applied))
        });
        let (candidate, applied) = match prepared {
            Ok(prepared) => prepared,
            Err(failure) => return Reload::Refused(failure),
        };
        let patience = self.config.settings.server.request_timeout;
        let mut events: Vec<Event> = self.ignored(&candidate.config).into_iter().collect();
        let old = std::mem::replace(&mut *held(&self.store), candidate.store);
        self.live.replace(candidate.app);
        *held(&self.mail) = candidate.mail;
        let sender = self.start_mail(runtime);
        retire(runtime, old, sender, patience);
        events.push(Event::Reloaded {
            models: candidate.schema.own_models().count(),
            changes: applied,
            milliseconds: started.elapsed().as_millis(),
        });
        Reload::Done(events)
    }

    /// The folders that the files seen last stand in.
    pub fn folders(&self) -> std::collections::BTreeSet<std::path::PathBuf> {
        held(&self.seen).folders(&self.context.app)
    }

    /// Sends mail from now on; the sender of the app before, to be stopped.
    pub fn start_mail(&self, runtime: &Handle) -> Option<Sender> {
        let _entered = runtime.enter();
        let started = held(&self.mail).start();
        std::mem::replace(&mut *held(&self.sender), started)
    }

    /// After the last request.
    pub async fn close(&self) {
        let sender = held(&self.sender).take();
        wire::stop_mail(sender, self.config.settings.server.shutdown_timeout).await;
        let store = Arc::clone(&held(&self.store));
        store.close().await;
    }

    /// What a running process cannot change any more.
    fn ignored(&self, next: &Config) -> Option<Event> {
        let (now, next) = (&self.config.settings, &next.settings);
        let address = (&now.server.host, now.server.port) != (&next.server.host, next.server.port);
        let is_changed = address || now.log != next.log;
        is_changed.then(|| Event::note("another host, port or [log] takes effect at the next start"))
    }
}

/// Requests go on while somebody thinks.
struct Unpausing<'a> {
    person: &'a mut dyn Person,
    pause: Option<Pause>,
}

impl Person for Unpausing<'_> {
    fn is_present(&self) -> bool {
        self.person.is_present()
    }

    fn choose(&mut self, question: &str, choices: &[String]) -> Option<usize> {
        self.pause = None;
        self.person.choose(question, choices)
    }

    fn agrees(&mut self, question: &str) -> bool {
        self.pause = None;
        self.person.agrees(question)
    }
}

/// The development databases follow the schema; what was done, in the words of the person who saved the file.
fn bring_along(
    context: &Context,
    flags: &ConsentFlags,
    person: &mut dyn Person,
    candidate: &Candidate,
) -> Result<Vec<String>, Failure> {
    let mut notes = Vec::new();
    for database in &candidate.databases {
        wire::refuse_unfinished_move(&context.app, database)?;
        if let Some(steps) = wire::make_documents(database, &candidate.schema)? {
            notes.extend(steps);
            continue;
        }
        let (migrator, mut connection) = wire::migrator(&context.app, database)?;
        let (consent, accept, copy) =
            (flags.consent()?, flags.loss.accept_data_loss, wire::copy_of(database));
        let applied = settle(consent, accept, person, &copy, |consent| {
            migrator.dev(&candidate.schema, &mut *connection, consent)
        })?;
        notes.extend(notes_of(&applied));
    }
    Ok(notes)
}

/// A schema from elsewhere has no rules at all: say so before every request is refused.
fn closed(candidate: &Candidate) -> Option<Event> {
    let is_open = candidate.config.settings.api.default_access != DefaultAccess::Deny;
    let has_rules = candidate.schema.models.iter().any(|model| !model.policies.is_empty());
    (!is_open && !has_rules).then(|| {
        Event::note(
            "no model has an access rule, so the API refuses everything: write @@allow rules, or, to try it, \
             put default_access = \"public\" under [api] in purlin.toml",
        )
    })
}

fn notes_of(applied: &Applied) -> Vec<String> {
    let mut notes: Vec<String> =
        applied.deployed.iter().map(|migration| format!("applied migration {migration}")).collect();
    notes.extend(listed(&applied.steps));
    if let Some(Backup::Written(path)) = &applied.backup {
        notes.push(format!("a copy from before is in {}", shown(path)));
    }
    notes.extend(applied.notes.iter().cloned());
    notes
}

/// Closes a store when its last request has ended, which is never later than the requests' time limit.
/// An idle connection may keep the app that it saw last, but takes the new one for its next request.
fn retire(runtime: &Handle, store: Arc<dyn Store>, sender: Option<Sender>, patience: Duration) {
    let deadline = Instant::now() + patience;
    let handle = runtime.clone();
    runtime.spawn_blocking(move || {
        handle.block_on(wire::stop_mail(sender, patience));
        while Arc::strong_count(&store) > 1 && Instant::now() < deadline {
            std::thread::sleep(RETIRE_LOOK);
        }
        handle.block_on(store.close());
    });
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
