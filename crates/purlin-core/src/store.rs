//! The port to a database. A store executes; it decides nothing.

use std::future::Future;
use std::pin::Pin;

use crate::changes::Table;
use crate::error::Error;
use crate::schema::ModelId;
use crate::sink::RowSink;
use crate::statement::{Guarded, Load, Read, ReadOutcome, WriteOutcome, WritePlan};

pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

pub trait Store: Send + Sync + std::fmt::Debug {
    /// Streams the rows into the sink. A read that starts after a write was acknowledged sees it.
    fn read<'a>(
        &'a self,
        read: &'a Guarded<Read>,
        sink: &'a mut dyn RowSink,
    ) -> BoxFuture<'a, Result<ReadOutcome, Error>>;

    /// Executes the plan in one transaction; when the future is ready with `Ok`, it is durable.
    fn write(
        &self,
        plan: Guarded<WritePlan>,
        sink: Box<dyn RowSink>,
    ) -> BoxFuture<'_, Result<WriteOutcome, Error>>;

    /// A number that changes with every committed write to the model's table by anyone, as far as this
    /// process knows (writes by other processes show within 50 ms on `SQLite`).
    fn version(&self, model: ModelId) -> u64;

    /// How often these tables were changed, all together. Asked before a read, it stands for what the read sees or for
    /// something older; as long as it stays the same, nothing that was acknowledged since has changed any of them.
    fn changes(&self, tables: &[Table]) -> u64;

    /// Whether what other processes write to the model's database shows in `changes` too, as soon as in `version`.
    fn hears_others(&self, model: ModelId) -> bool;

    /// Whether the database answers.
    fn ping(&self) -> BoxFuture<'_, Result<(), Error>>;

    /// Stops taking work, finishes what was taken.
    fn close(&self) -> BoxFuture<'_, ()>;
}

/// The port through which data is moved into a database. Nothing that is served has one.
pub trait Loader: Send + Sync + std::fmt::Debug {
    /// When the future is ready with `Ok`, it is durable, or undone as was asked. Keys between rows are not checked,
    /// and counters go on behind the numbers that are loaded.
    fn load(&self, load: Guarded<Load>) -> BoxFuture<'_, Result<(), Error>>;
}
