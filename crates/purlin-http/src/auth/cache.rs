//! Remembers verified tokens, and the user each one led to. Only good tokens come in, so
//! nobody can fill it with rubbish; it is bounded, and it never answers after the expiry.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use foldhash::fast::RandomState;
use purlin_core::User;

use super::token::Claims;

const SHARDS: usize = 16;
const TOKENS_PER_SHARD: usize = 640;

/// The tokens whose signature ends alike.
type Shard = HashMap<Box<str>, Known, RandomState>;

#[derive(Default)]
pub(super) struct TokenCache {
    shards: [Mutex<Shard>; SHARDS],
}

struct Known {
    subject: Arc<str>,
    /// Seconds since 1970 from which on the token is refused.
    expires: u64,
    /// The user's row and the version of the users' table it was read at.
    user: Option<(u64, Arc<User>)>,
}

/// What is known of a token that was verified before.
#[derive(Debug)]
pub(super) enum Found {
    User(Arc<User>),
    /// The user's row must be read, again or for the first time.
    Subject(Arc<str>),
}

impl TokenCache {
    /// `version` is that of the users' table now.
    pub(super) fn get(&self, token: &str, now: u64, version: u64) -> Option<Found> {
        let mut shard = self.shard(token)?;
        let known = shard.get(token)?;
        if known.expires <= now {
            shard.remove(token);
            return None;
        }
        Some(match &known.user {
            Some((read_at, user)) if *read_at == version => Found::User(Arc::clone(user)),
            _ => Found::Subject(Arc::clone(&known.subject)),
        })
    }

    /// A token that was just verified.
    pub(super) fn insert(&self, token: &str, claims: &Claims, now: u64) -> Arc<str> {
        let subject: Arc<str> = claims.subject.as_str().into();
        if let Some(mut shard) = self.shard(token) {
            if shard.len() >= TOKENS_PER_SHARD {
                shard.retain(|_, known| known.expires > now);
            }
            // Still full of good ones: they are verified again when they come back.
            if shard.len() >= TOKENS_PER_SHARD {
                shard.clear();
            }
            let known = Known { subject: Arc::clone(&subject), expires: claims.expires, user: None };
            shard.insert(token.into(), known);
        }
        subject
    }

    /// The row that was read for a token, at a version asked for before the read.
    pub(super) fn set_user(&self, token: &str, version: u64, user: &Arc<User>) {
        if let Some(mut shard) = self.shard(token)
            && let Some(known) = shard.get_mut(token)
        {
            known.user = Some((version, Arc::clone(user)));
        }
    }

    /// By the last bytes, which are of the signature and so as good as random.
    fn shard(&self, token: &str) -> Option<MutexGuard<'_, Shard>> {
        let sum: usize = token.bytes().rev().take(4).map(usize::from).sum();
        let shard = self.shards.get(sum % SHARDS)?;
        Some(shard.lock().unwrap_or_else(PoisonError::into_inner))
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
        cache.insert("a.b.c", &claims(100), 50);
        assert!(cache.get("a.b.c", 99, 0).is_some());
        assert!(cache.get("a.b.d", 99, 0).is_none());
        assert!(cache.get("a.b.c", 100, 0).is_none());
        assert!(cache.get("a.b.c", 99, 0).is_none(), "an expired token is dropped");
    }

    #[test]
    fn stays_bounded() {
        let cache = TokenCache::default();
        for number in 0..4 * SHARDS * TOKENS_PER_SHARD {
            cache.insert(&number.to_string(), &claims(100), 50);
        }
        let held: usize = cache.shards.iter().map(|shard| shard.lock().unwrap().len()).sum();
        assert!(held <= SHARDS * TOKENS_PER_SHARD, "{held}");
    }

    #[test]
    fn users_are_tied_to_a_version() {
        let cache = TokenCache::default();
        cache.insert("a.b.c", &claims(100), 50);
        assert!(matches!(cache.get("a.b.c", 50, 7), Some(Found::Subject(_))));
        cache.set_user("a.b.c", 7, &Arc::new(User { values: Vec::new() }));
        assert!(matches!(cache.get("a.b.c", 50, 7), Some(Found::User(_))));
        assert!(matches!(cache.get("a.b.c", 50, 8), Some(Found::Subject(_))));
        cache.set_user("a.b.d", 7, &Arc::new(User { values: Vec::new() }));
        assert!(cache.get("a.b.d", 50, 7).is_none(), "only verified tokens come in");
    }
}
