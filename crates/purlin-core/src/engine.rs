//! The one pipeline: admit → before-hooks → validate → guard → store → sink. Every surface comes
//! through here, with an [`Operation`] and nothing else.

mod draft;
mod inside;
mod keys;
mod read;
mod user;
mod write;

use std::sync::{Arc, OnceLock};

use crate::actor::{Actor, Admin};
use crate::advice::Advisor;
use crate::cache::{Cache, CacheSettings, CacheUse};
use crate::clock::{Clock, SystemClock};
use crate::error::Error;
use crate::evaluate::Patterns;
use crate::hooks::{Hooks, NoHooks};
use crate::operation::{Action, Key, Operation};
use crate::policy::{Guard, Prepared, Shapes, admit};
use crate::replies::{self, Once, Replies, Reply};
use crate::schema::{ModelId, PolicyOperation, Schema};
use crate::sink::RowSink;
use crate::statement::{AnswerRule, ReadOutcome};
use crate::store::Store;

/// Access to models that have no rule at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum DefaultAccess {
    #[default]
    Deny,
    Authenticated,
    Public,
}

/// What an operation gave.
pub struct Answer {
    /// The sink that was given, with the rows in it. After a write whose result may not be read
    /// it holds `null`; after a delete nothing.
    pub sink: Box<dyn RowSink>,
    pub outcome: ReadOutcome,
    /// Of the rows that a write made, changed or deleted.
    pub keys: Vec<Key>,
    /// An upsert has made the row.
    pub is_made: bool,
    /// Of a read, where answers of its model are kept.
    pub cache: Option<CacheUse>,
}

/// What a write depends on beside the rules.
#[derive(Clone, Debug, Default)]
pub struct Conditions {
    /// Judges the one row as the actor sees it, in the transaction that changes it.
    pub judge: Option<Arc<dyn AnswerRule>>,
    /// It is done once, and its answer kept. Who asks again asks [`crate::Replies`] first.
    pub once: Option<Once>,
}

/// How a write is answered.
#[derive(Clone, Copy, Debug)]
struct Mode {
    /// Several operations, each of which answers one value.
    is_batch: bool,
    as_list: bool,
    /// Rows that are related to the written ones are read by the plan too.
    in_plan: bool,
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Answer").field("outcome", &self.outcome).finish_non_exhaustive()
    }
}

#[derive(Debug)]
pub struct Engine {
    schema: Arc<Schema>,
    store: Arc<dyn Store>,
    hooks: Arc<dyn Hooks>,
    clock: Arc<dyn Clock>,
    patterns: Arc<Patterns>,
    default_access: DefaultAccess,
    /// What the rules make of requests by who has not signed in, by admins, and by the app itself.
    anonymous: Prepared,
    admin: Prepared,
    system: Prepared,
    shapes: Shapes,
    cache: Option<Cache>,
    advisor: OnceLock<Arc<dyn Advisor>>,
}

impl Engine {
    /// Fails with every regular expression of the schema that does not compile.
    pub fn new(
        schema: Arc<Schema>,
        store: Arc<dyn Store>,
        default_access: DefaultAccess,
    ) -> Result<Self, Vec<String>> {
        let patterns = Arc::new(Patterns::of(&schema)?);
        let (hooks, clock) = (Arc::new(NoHooks), Arc::new(SystemClock));
        let [anonymous, admin, system] = std::array::from_fn(|_| Prepared::default());
        let (shapes, advisor) = (Shapes::default(), OnceLock::new());
        Ok(Self {
            schema,
            store,
            hooks,
            clock,
            patterns,
            default_access,
            anonymous,
            admin,
            system,
            shapes,
            cache: None,
            advisor,
        })
    }

    #[must_use]
    pub fn with_hooks(mut self, hooks: Arc<dyn Hooks>) -> Self {
        self.hooks = hooks;
        self
    }

    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Keeps answers of reads.
    #[must_use]
    pub fn with_cache(mut self, settings: &CacheSettings) -> Self {
        self.cache = Cache::new(&self.schema, settings);
        self
    }

    /// From now on it hears of lists that no index helps.
    pub fn advise(&self, advisor: Arc<dyn Advisor>) {
        // Whoever came first hears already.
        let _ = self.advisor.set(advisor);
    }

    pub fn schema(&self) -> &Arc<Schema> {
        &self.schema
    }

    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// Runs one operation as `actor`. What is read is written to the sink as one value: an object, a list.
    pub async fn run(
        &self,
        actor: &Actor,
        operation: Operation,
        sink: Box<dyn RowSink>,
    ) -> Result<Answer, Error> {
        self.run_if(actor, operation, &Conditions::default(), sink).await
    }

    /// The same of a write that depends on more than the rules.
    pub async fn run_if(
        &self,
        actor: &Actor,
        mut operation: Operation,
        conditions: &Conditions,
        sink: Box<dyn RowSink>,
    ) -> Result<Answer, Error> {
        let answer = self.admitted(actor, &mut operation, conditions, sink).await;
        if let Actor::Admin(admin) = actor {
            self.log_use(admin, &operation, &answer);
        }
        match answer {
            // Who has not signed in is told to, rather than that somebody else might.
            Err(Error::Denied(_)) if matches!(actor, Actor::Anonymous) => Err(Error::Unauthenticated),
            answer => answer,
        }
    }

    /// So that nobody works on all data unseen. Values stay out of it.
    fn log_use(&self, admin: &Admin, operation: &Operation, answer: &Result<Answer, Error>) {
        let action = match &operation.action {
            Action::List(_) => "list",
            Action::Aggregate(_) => "aggregate",
            Action::Get { .. } => "get",
            Action::Create { .. } => "create",
            Action::Update { .. } => "update",
            Action::Delete { .. } => "delete",
            Action::CreateMany { .. } => "create many",
            Action::UpdateMany { .. } => "update many",
            Action::DeleteMany { .. } => "delete many",
            Action::Upsert { .. } => "upsert",
        };
        let outcome = answer.as_ref().map_or_else(Error::code, |_| "done");
        let model = self.schema.model(operation.model).name.as_str();
        tracing::info!(target: "purlin::audit", admin = admin.email, action, model, outcome, "an admin acted");
    }

    /// Runs writes in one transaction: all of them, or none. Each answers one value of a list: its row, `{"count": n}`
    /// or, of a delete, `null`.
    pub async fn run_all(
        &self,
        actor: &Actor,
        mut operations: Vec<Operation>,
        conditions: &Conditions,
        sink: Box<dyn RowSink>,
    ) -> Result<Answer, Error> {
        let answer = self.admitted_all(actor, &mut operations, conditions, sink).await;
        if let Actor::Admin(admin) = actor {
            operations.iter().for_each(|operation| self.log_use(admin, operation, &answer));
        }
        match answer {
            Err(Error::Denied(_)) if matches!(actor, Actor::Anonymous) => Err(Error::Unauthenticated),
            answer => answer,
        }
    }

    async fn admitted_all(
        &self,
        actor: &Actor,
        operations: &mut [Operation],
        conditions: &Conditions,
        sink: Box<dyn RowSink>,
    ) -> Result<Answer, Error> {
        for operation in operations.iter_mut() {
            self.admit(actor, operation)?;
            self.spell_keys(actor, operation);
        }
        let mode = Mode { is_batch: true, as_list: true, in_plan: conditions.once.is_some() };
        self.write(actor, operations, mode, conditions, sink).await
    }

    async fn admitted(
        &self,
        actor: &Actor,
        operation: &mut Operation,
        conditions: &Conditions,
        sink: Box<dyn RowSink>,
    ) -> Result<Answer, Error> {
        self.admit(actor, operation)?;
        self.spell_keys(actor, operation);
        let is_heard = self.hooks.listens(operation);
        if is_heard {
            self.hooks.before(actor, operation).await?;
        }
        let answer = if operation.action.is_read() {
            let cache = self.cache_of(actor, operation.model);
            self.read(actor, operation, sink, cache).await?
        } else {
            let as_list = matches!(&operation.action, Action::Create { many: true, .. });
            let mode = Mode { is_batch: false, as_list, in_plan: conditions.once.is_some() };
            self.write(actor, std::slice::from_mut(operation), mode, conditions, sink).await?
        };
        // The plan itself says of a row that it is gone, and which one it was.
        if is_heard && !matches!(operation.action, Action::Delete { .. }) {
            self.hooks.after(operation, &answer.keys).await?;
        }
        Ok(answer)
    }

    /// Refuses what no row could make possible, before hooks run and data is judged. Reads have nothing
    /// in between: their guard refuses at once.
    fn admit(&self, actor: &Actor, operation: &Operation) -> Result<(), Error> {
        let wanted = match &operation.action {
            Action::List(_) | Action::Aggregate(_) | Action::Get { .. } => return Ok(()),
            // It is one of two, and which depends on the rows.
            Action::Upsert { .. } => return Ok(()),
            Action::Create { .. } | Action::CreateMany { .. } => PolicyOperation::Create,
            Action::Update { .. } | Action::UpdateMany { .. } => PolicyOperation::Update,
            Action::Delete { .. } | Action::DeleteMany { .. } => PolicyOperation::Delete,
        };
        self.admit_to(actor, operation.model, wanted)
    }

    fn admit_to(&self, actor: &Actor, model: ModelId, wanted: PolicyOperation) -> Result<(), Error> {
        admit(&self.schema, || self.guard(actor), model, wanted, self.prepared(actor))
    }

    /// What was answered to a write that was asked for under this key.
    pub async fn reply(&self, id: &str) -> Result<Option<Reply>, Error> {
        if self.schema.builtin(replies::MODEL).is_none() {
            return Err(Error::Unsupported(
                "this app keeps no answers: leave out Idempotency-Key".to_owned(),
            ));
        }
        Replies::new(&self.schema, &self.store)?.find(id, self.clock.now()).await
    }

    fn prepared<'a>(&'a self, actor: &'a Actor) -> &'a Prepared {
        match actor {
            Actor::User(user) => &user.prepared,
            Actor::Anonymous => &self.anonymous,
            Actor::Admin(_) => &self.admin,
            Actor::System { .. } => &self.system,
        }
    }

    fn guard<'a>(&'a self, actor: &'a Actor) -> Guard<'a> {
        Guard::new(&self.schema, actor, self.default_access, self.clock.now())
    }
}
