//! A table that cannot grow: it keeps what was used last. For whatever strangers can make entries in.

use std::collections::HashMap;

/// Two generations: what is used moves into the young one; when that is full, it becomes the old one, and
/// what nobody has used since the last time is forgotten at once. So what is in use is never lost, however
/// many come by, and neither a list nor a clock is kept for it.
#[derive(Debug)]
pub struct Recent<V> {
    young: HashMap<u64, V>,
    old: HashMap<u64, V>,
    generation: usize,
}

impl<V> Recent<V> {
    /// It holds `generation` entries that were used last, and at most twice as many in all.
    pub fn new(generation: usize) -> Self {
        Self { young: HashMap::new(), old: HashMap::new(), generation }
    }

    /// The entry of a key, which is a hash that nobody can foresee; a fresh one if it is not known.
    pub fn entry(&mut self, key: u64, fresh: impl FnOnce() -> V) -> &mut V {
        if !self.young.contains_key(&key) && self.young.len() >= self.generation {
            self.old = std::mem::take(&mut self.young);
        }
        let old = &mut self.old;
        self.young.entry(key).or_insert_with(|| old.remove(&key).unwrap_or_else(fresh))
    }

    /// The entry of a key that is known, which is used by this.
    pub fn known(&mut self, key: u64) -> Option<&mut V> {
        if let Some(value) = self.old.remove(&key) {
            return Some(self.entry(key, || value));
        }
        self.young.get_mut(&key)
    }

    /// A look does not count as a use.
    pub fn get(&self, key: u64) -> Option<&V> {
        self.young.get(&key).or_else(|| self.old.get(&key))
    }

    pub fn len(&self) -> usize {
        self.young.len() + self.old.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_is_used_and_stays_small() {
        let mut recent = Recent::new(100);
        *recent.entry(0, || 0) = 1;
        for key in 1..10_000 {
            recent.entry(key, || 0);
            if key % 90 == 0 {
                *recent.entry(0, || 0) += 1;
            }
            assert!(recent.len() <= 200);
        }
        assert_eq!(recent.get(0), Some(&112), "used all along, it was never lost");
        assert_eq!(recent.get(5), None);
        assert_eq!(recent.get(9_999), Some(&0));
    }

    #[test]
    fn a_look_makes_no_entry() {
        let recent = Recent::<u32>::new(1);
        assert_eq!(recent.get(1), None);
        assert!(recent.is_empty());
    }

    #[test]
    fn what_is_known_is_used() {
        let mut recent = Recent::new(10);
        recent.entry(0, || 7);
        for key in 1..1000 {
            recent.entry(key, || 0);
            assert_eq!(recent.known(0), Some(&mut 7), "{key}");
            assert_eq!(recent.known(key + 1000), None);
        }
    }
}
