//! Remembers verified tokens. Only good tokens come in, so nobody can fill it with rubbish; it is bounded,
//! and it never answers after the expiry, nor once the version has changed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use foldhash::fast::RandomState;

use super::authenticator::Verified;

const SHARDS: usize = 16;
const TOKENS_PER_SHARD: usize = 640;

/// The tokens whose signature ends alike: what each stands for, and the version it was verified at.
type Shard = HashMap<Box<[u8]>, (u64, Arc<Verified>), RandomState>;

#[derive(Default)]
pub(super) struct TokenCache {
    shards: [Mutex<Shard>; SHARDS],
}

impl TokenCache {
    /// `version` is the one now.
    pub(super) fn get(&self, token: &[u8], now: u64, version: u64) -> Option<Arc<Verified>> {
        let mut shard = self.shard(token)?;
        let (verified_at, verified) = shard.get(token)?;
        if verified.expires <= now {
            shard.remove(token);
            return None;
        }
        (*verified_at == version).then(|| Arc::clone(verified))
    }

    /// A token that was verified, at a version asked for before.
    pub(super) fn insert(&self, token: &[u8], version: u64, now: u64, verified: &Arc<Verified>) {
        let Some(mut shard) = self.shard(token) else { return };
        if shard.len() >= TOKENS_PER_SHARD {
            shard.retain(|_, (verified_at, known)| known.expires > now && *verified_at == version);
        }
        // Still full of good ones: they are verified again when they come back.
        if shard.len() >= TOKENS_PER_SHARD {
            shard.clear();
        }
        shard.insert(token.into(), (version, Arc::clone(verified)));
    }

    /// By the last bytes, which are of the signature and so as good as random.
    fn shard(&self, token: &[u8]) -> Option<MutexGuard<'_, Shard>> {
        let sum: usize = token.iter().rev().take(4).map(|byte| usize::from(*byte)).sum();
        let shard = self.shards.get(sum % SHARDS)?;
        Some(shard.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use purlin_core::{Actor, User};

    use super::*;

    fn verified(expires: u64) -> Arc<Verified> {
        let actor = Actor::User(Arc::new(User::new(Vec::new())));
        Arc::new(Verified { actor, subject: "1".into(), session: None, scopes: None, expires })
    }

    #[test]
    fn forgets_at_the_expiry_and_at_another_version() {
        let cache = TokenCache::default();
        cache.insert(b"a.b.c", 7, 50, &verified(100));
        assert!(cache.get(b"a.b.c", 99, 7).is_some());
        assert!(cache.get(b"a.b.c", 99, 8).is_none());
        assert!(cache.get(b"a.b.d", 99, 7).is_none());
        assert!(cache.get(b"a.b.c", 100, 7).is_none());
        assert!(cache.get(b"a.b.c", 99, 7).is_none(), "an expired token is dropped");
    }

    #[test]
    fn stays_bounded() {
        let cache = TokenCache::default();
        for number in 0..4 * SHARDS * TOKENS_PER_SHARD {
            cache.insert(number.to_string().as_bytes(), 0, 50, &verified(100));
        }
        let held: usize = cache.shards.iter().map(|shard| shard.lock().unwrap().len()).sum();
        assert!(held <= SHARDS * TOKENS_PER_SHARD, "{held}");
    }
}
