//! What the router asks of a database.

use std::collections::HashSet;
use std::sync::RwLock;

use crate::Failure;
use crate::auth::User;
use crate::posts::{NewPost, Page};
use crate::query::{Count, List};

/// Capped totals count no further.
pub(crate) const CAP: i64 = 10_000;

pub(crate) trait Store: Send + Sync + 'static {
    /// Whether this user exists, and is an admin.
    fn is_admin(&self, id: &str) -> impl Future<Output = Result<Option<bool>, Failure>> + Send;

    /// Writes the post, if it exists and the user may read it.
    fn one(
        &self,
        user: &User,
        id: &str,
        out: &mut Vec<u8>,
    ) -> impl Future<Output = Result<bool, Failure>> + Send;

    /// Gives the rows to the page; a cursor page reads one row more than asked for.
    fn list(
        &self,
        user: &User,
        list: &List,
        page: &mut Page<'_>,
    ) -> impl Future<Output = Result<(), Failure>> + Send;

    /// The number of readable posts, and whether the cap cut it.
    fn count(&self, user: &User, count: Count) -> impl Future<Output = Result<(i64, bool), Failure>> + Send;

    /// Gives the post back once it is durable; `None` when too many wait.
    fn insert(&self, post: NewPost) -> impl Future<Output = Result<Option<NewPost>, Failure>> + Send;
}

/// Actors known to see at least `CAP` posts. Inserts cannot end that, and this server has no update or delete.
#[derive(Default)]
pub(crate) struct Capped(RwLock<HashSet<String>>);

impl Capped {
    pub(crate) fn has(&self, user: &User) -> bool {
        self.0.read().is_ok_and(|known| known.contains(&user.id))
    }

    /// Makes the answer of a count that went to one more than the cap.
    pub(crate) fn answer(&self, user: &User, total: i64) -> (i64, bool) {
        if total > CAP
            && let Ok(mut known) = self.0.write()
        {
            known.insert(user.id.clone());
        }
        (total.min(CAP), total > CAP)
    }
}
