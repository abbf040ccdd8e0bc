//! The port through which an app's own code sees writes, before and after they happen.

use crate::actor::Actor;
use crate::error::Error;
use crate::operation::{Key, Operation};
use crate::schema::{FieldId, ModelId};
use crate::store::BoxFuture;

/// Rows that are written inside of others, with many or in a batch come as operations of their own: `Create` (before, of
/// one row), `Update` (before, without its key) and `Delete` (after, of as many rows as there are keys; its own is the first
/// of them). They are written all the same in the one transaction of the request.
pub trait Hooks: Send + Sync + std::fmt::Debug {
    /// May change the operation's data, or refuse it. Runs outside any transaction; validation and policies
    /// see what it leaves.
    fn before<'a>(
        &'a self,
        actor: &'a Actor,
        operation: &'a mut Operation,
    ) -> BoxFuture<'a, Result<(), Error>>;

    /// Once it is written; not when it failed, nor when it was written and could not be answered. `keys` are those
    /// of the rows. The answer waits for it, and an error is told to the client, whose write stands.
    fn after<'a>(&'a self, _operation: &'a Operation, _keys: &'a [Key]) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(std::future::ready(Ok(())))
    }

    /// How a text that names a row by this field is stored, where `before` would store another one.
    fn spelled(&self, _actor: &Actor, _model: ModelId, _field: FieldId, _text: &str) -> Option<String> {
        None
    }

    /// Whether `before` or `after` has anything to do for this operation.
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
