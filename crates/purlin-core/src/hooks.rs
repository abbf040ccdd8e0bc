//! The port through which an app's own code sees writes before they happen.

use crate::actor::Actor;
use crate::error::Error;
use crate::operation::Operation;
use crate::store::BoxFuture;

pub trait Hooks: Send + Sync + std::fmt::Debug {
    /// May change the operation's data, or refuse it. Runs outside any transaction; validation and policies
    /// see what it leaves.
    fn before<'a>(
        &'a self,
        actor: &'a Actor,
        operation: &'a mut Operation,
    ) -> BoxFuture<'a, Result<(), Error>>;

    /// Whether `before` has anything to do for this operation.
    fn listens(&self, operation: &Operation) -> bool;
}

/// Nobody listens.
#[derive(Debug)]
pub struct NoHooks;

impl Hooks for NoHooks {
    fn before<'a>(
        &'a self,
        _actor: &'a Actor,
        _operation: &'a mut Operation,
    ) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(std::future::ready(Ok(())))
    }

    fn listens(&self, _operation: &Operation) -> bool {
        false
    }
}
