//! Who has how many of the server's connections, so that one client cannot take them all.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use purlin_core::rate_limit::Caller;

/// As large as there are connections, which are limited.
type Counts = Mutex<HashMap<Caller<'static>, usize>>;

#[derive(Debug)]
pub(crate) struct Places {
    taken: Arc<Counts>,
    most: usize,
}

/// One connection's, until it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    taken: Arc<Counts>,
    caller: Caller<'static>,
}

impl Places {
    pub(crate) fn new(most: usize) -> Self {
        Self { taken: Arc::default(), most }
    }

    /// `None` for who has enough of them. The machine itself, where proxies and load tests run, may have all.
    pub(crate) fn take(&self, peer: IpAddr) -> Option<Place> {
        let caller = Caller::at(peer);
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.entry(caller).or_default();
        if *count >= self.most && !peer.is_loopback() {
            return None;
        }
        *count += 1;
        Some(Place { taken: Arc::clone(&self.taken), caller })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Entry::Occupied(mut count) = taken.entry(self.caller) {
            *count.get_mut() -= 1;
            if *count.get() == 0 {
                count.remove();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_client_has_so_many_and_gets_them_back() {
        let places = Places::new(2);
        let take = |address: &str| places.take(address.parse().unwrap());
        let held = [take("1.1.1.1"), take("1.1.1.1")];
        assert!(held.iter().all(Option::is_some));
        assert!(take("1.1.1.1").is_none() && take("::ffff:1.1.1.1").is_none());
        let other = take("1.1.1.2");
        assert!(other.is_some());
        drop(held);
        assert!(take("1.1.1.1").is_some());
        drop(other);
        let network = [take("2001:db8::1"), take("2001:db8::2")];
        assert!(take("2001:db8::3").is_none() && take("2001:db8:0:1::1").is_some());
        drop(network);
        let own: Vec<_> = (0..9).map(|_| take("127.0.0.1")).collect();
        assert!(own.iter().all(Option::is_some));
        drop(own);
        assert!(places.taken.lock().unwrap().is_empty(), "nothing is left of who has left");
    }
}
