//! Remembers verified tokens, and the user each one led to. Only good tokens come in, so
//! nobody can fill it with rubbish; it is bounded, and it never answers after the expiry.

use std::collections::HashMap;
use std::hash::BuildHasher;
use std::sync::{Arc, Mutex, PoisonError};

use foldhash::fast::RandomState;
use purlin_core::User;

use super::token::Claims;

const SHARDS: usize = 16;
const TOKENS_PER_SHARD: usize = 640;

/// The tokens whose hash falls here.
type Shard = Mutex<HashMap<Box<str>, Arc<Known>, RandomState>>;

#[derive(Default)]
pub(super) struct TokenCache {
    hasher: RandomState,
    shards: [Shard; SHARDS],
}

/// One verified token.
pub(super) struct Known {
    pub(super) claims: Claims,
    /// The user's row and the version of the users' table it was read at.
    user: Mutex<Option<(u64, Arc<User>)>>,
}

impl Known {
    /// The user, if the table has not changed since it was read.
    pub(super) fn user(&self, version: u64) -> Option<Arc<User>> {
        let user = self.user.lock().unwrap_or_else(PoisonError::into_inner);
        user.as_ref().filter(|(read_at, _)| *read_at == version).map(|(_, user)| Arc::clone(user))
    }

    pub(super) fn set_user(&self, version: u64, user: Arc<User>) {
        *self.user.lock().unwrap_or_else(PoisonError::into_inner) = Some((version, user));
    }
}

impl TokenCache {
    /// A token that was verified before and has not expired.
    pub(super) fn get(&self, token: &str, now: u64) -> Option<Arc<Known>> {
        let mut shard = self.shard(token)?.lock().unwrap_or_else(PoisonError::into_inner);
        let known = shard.get(token)?;
        if known.claims.expires > now {
            return Some(Arc::clone(known));
        }
        shard.remove(token);
        None
    }

    pub(super) fn insert(&self, token: &str, claims: Claims, now: u64) -> Arc<Known> {
        let known = Arc::new(Known { claims, user: Mutex::new(None) });
        if let Some(shard) = self.shard(token) {
            let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            if shard.len() >= TOKENS_PER_SHARD {
                shard.retain(|_, known| known.claims.expires > now);
            }
            // Still full of good ones: they are verified again when they come back.
            if shard.len() >= TOKENS_PER_SHARD {
                shard.clear();
            }
            shard.insert(token.into(), Arc::clone(&known));
        }
        known
    }

    fn shard(&self, token: &str) -> Option<&Shard> {
        // The map in the shard hashes with a key of its own.
        let hash = usize::try_from(self.hasher.hash_one(token) % SHARDS as u64).unwrap_or_default();
        self.shards.get(hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(expires: u64) -> Claims {
        Claims { subject: "u1".to_owned(), expires }
    }

    #[test]
    fn forgets_at_the_expiry() {
        let cache = TokenCache::default();
        cache.insert("a.b.c", claims(100), 50);
        assert!(cache.get("a.b.c", 99).is_some());
        assert!(cache.get("a.b.d", 99).is_none());
        assert!(cache.get("a.b.c", 100).is_none());
        assert!(cache.get("a.b.c", 99).is_none(), "an expired token is dropped");
    }

    #[test]
    fn stays_bounded() {
        let cache = TokenCache::default();
        for number in 0..4 * SHARDS * TOKENS_PER_SHARD {
            cache.insert(&number.to_string(), claims(100), 50);
        }
        let held: usize = cache.shards.iter().map(|shard| shard.lock().unwrap().len()).sum();
        assert!(held <= SHARDS * TOKENS_PER_SHARD, "{held}");
    }

    #[test]
    fn users_are_tied_to_a_version() {
        let cache = TokenCache::default();
        let known = cache.insert("a.b.c", claims(100), 50);
        assert!(known.user(7).is_none());
        known.set_user(7, Arc::new(User { values: Vec::new() }));
        assert!(cache.get("a.b.c", 50).unwrap().user(7).is_some());
        assert!(known.user(8).is_none());
    }
}
