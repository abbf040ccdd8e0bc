//! A store that needs a runtime, for tests that have none: the futures it gives are polled inside of one that it brings.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use purlin_core::changes::Table;
use purlin_core::error::Error;
use purlin_core::schema::ModelId;
use purlin_core::sink::RowSink;
use purlin_core::statement::{Guarded, Read, ReadOutcome, WriteOutcome, WritePlan};
use purlin_core::store::{BoxFuture, Store};
use tokio::runtime::{Builder, Handle, Runtime};

/// With what is to happen when the test is over.
pub struct OnRuntime<S: Store> {
    store: Option<S>,
    runtime: Option<Runtime>,
    cleanup: Option<Box<dyn FnOnce() + Send + Sync>>,
}

impl<S: Store> OnRuntime<S> {
    /// `make` runs inside the runtime.
    pub fn new<F: Future<Output = S>>(
        make: impl FnOnce() -> F,
        cleanup: impl FnOnce() + Send + Sync + 'static,
    ) -> Arc<Self> {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.unwrap_or_else(|error| panic!("no runtime: {error}"));
        let store = runtime.block_on(make());
        Arc::new(Self { store: Some(store), runtime: Some(runtime), cleanup: Some(Box::new(cleanup)) })
    }

    pub fn store(&self) -> &S {
        self.store.as_ref().unwrap_or_else(|| panic!("the store is gone"))
    }

    fn inside<'a, T: 'a>(&'a self, future: BoxFuture<'a, T>) -> BoxFuture<'a, T> {
        let handle = self.runtime.as_ref().map(|runtime| runtime.handle().clone());
        Box::pin(Inside { handle, future })
    }
}

impl<S: Store> Drop for OnRuntime<S> {
    fn drop(&mut self) {
        if let (Some(runtime), Some(store)) = (self.runtime.take(), self.store.take()) {
            runtime.block_on(store.close());
            let inside = runtime.enter();
            drop(store);
            drop(inside);
            runtime.shutdown_background();
        }
        if let Some(cleanup) = self.cleanup.take() {
            cleanup();
        }
    }
}

impl<S: Store> fmt::Debug for OnRuntime<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.store.fmt(formatter)
    }
}

struct Inside<'a, T> {
    handle: Option<Handle>,
    future: BoxFuture<'a, T>,
}

impl<T> Future for Inside<'_, T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        let handle = self.handle.clone();
        let _inside = handle.as_ref().map(Handle::enter);
        self.future.as_mut().poll(context)
    }
}

impl<S: Store> Store for OnRuntime<S> {
    fn read<'a>(
        &'a self,
        read: &'a Guarded<Read>,
        sink: &'a mut dyn RowSink,
    ) -> BoxFuture<'a, Result<ReadOutcome, Error>> {
        self.inside(self.store().read(read, sink))
    }

    fn write(
        &self,
        plan: Guarded<WritePlan>,
        sink: Box<dyn RowSink>,
    ) -> BoxFuture<'_, Result<WriteOutcome, Error>> {
        self.inside(self.store().write(plan, sink))
    }

    fn version(&self, model: ModelId) -> u64 {
        self.store().version(model)
    }

    fn changes(&self, tables: &[Table]) -> u64 {
        self.store().changes(tables)
    }

    fn hears_others(&self, model: ModelId) -> bool {
        self.store().hears_others(model)
    }

    fn ping(&self) -> BoxFuture<'_, Result<(), Error>> {
        self.inside(self.store().ping())
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        self.inside(self.store().close())
    }
}
