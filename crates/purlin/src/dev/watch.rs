//! Waits until the app's files may have changed. Without the system's help (too many watches, a network
//! folder) it looks again and again instead; either way the caller compares what it reads.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use notify::event::{AccessKind, AccessMode, EventKind};
use notify::{RecommendedWatcher, RecursiveMode, Watcher};

use super::Inputs;

/// An editor's save is several events; this much silence ends it.
const SETTLE: Duration = Duration::from_millis(30);
/// Saves without end are looked at all the same.
const MOST_EVENTS: usize = 200;
/// Also the longest that a change goes unnoticed where an event was lost.
const LOOK: Duration = Duration::from_secs(2);
const LOOK_WITHOUT_EVENTS: Duration = Duration::from_millis(300);

#[derive(Debug)]
pub struct Watch {
    watcher: Option<RecommendedWatcher>,
    events: Receiver<()>,
    folders: BTreeSet<PathBuf>,
}

impl Watch {
    pub fn new() -> Self {
        let (sender, events) = channel();
        let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            let matters = event.map_or(true, |event| {
                is_change(event.kind) && event.paths.iter().any(|path| Inputs::concern(path))
            });
            if matters {
                // Whoever waited has gone away: the process ends.
                let _gone = sender.send(());
            }
        });
        if let Err(error) = &watcher {
            tracing::warn!(%error, "files are looked at in turns, since the system does not tell of changes");
        }
        Self { watcher: watcher.ok(), events, folders: BTreeSet::new() }
    }

    /// Watches these folders from now on.
    pub fn follow(&mut self, folders: BTreeSet<PathBuf>) {
        let Some(watcher) = &mut self.watcher else { return };
        for folder in self.folders.difference(&folders) {
            // A folder that is gone is not watched any more.
            let _gone = watcher.unwatch(folder);
        }
        let mut followed = BTreeSet::new();
        for folder in folders {
            let is_followed =
                self.folders.contains(&folder) || watcher.watch(&folder, RecursiveMode::NonRecursive).is_ok();
            if is_followed {
                followed.insert(folder);
            }
        }
        self.folders = followed;
    }

    /// Comes back when it is worth looking again.
    pub fn wait(&self) {
        if self.watcher.is_none() {
            std::thread::sleep(LOOK_WITHOUT_EVENTS);
            return;
        }
        if self.events.recv_timeout(LOOK) == Err(RecvTimeoutError::Disconnected) {
            std::thread::sleep(LOOK_WITHOUT_EVENTS);
        }
        for _ in 0..MOST_EVENTS {
            if self.events.recv_timeout(SETTLE).is_err() {
                return;
            }
        }
    }
}

impl Default for Watch {
    fn default() -> Self {
        Self::new()
    }
}

/// Reading is no change, or every look would cause the next.
fn is_change(kind: EventKind) -> bool {
    match kind {
        EventKind::Access(access) => access == AccessKind::Close(AccessMode::Write),
        _ => true,
    }
}
