//! Things that were made before and may be needed again, within a bound of memory: those that were not used for longest
//! make room.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// `V` is cheap to clone, an `Arc` for instance.
pub(crate) struct Recent<K, V> {
    max_bytes: usize,
    held: Mutex<Held<K, V>>,
}

struct Held<K, V> {
    entries: BTreeMap<K, Entry<V>>,
    bytes: usize,
    /// Counts uses; an entry's count says when it was used last.
    uses: u64,
}

struct Entry<V> {
    value: V,
    bytes: usize,
    used: u64,
}

impl<K: Ord + Clone, V: Clone> Recent<K, V> {
    pub(crate) fn new(max_bytes: usize) -> Recent<K, V> {
        Recent { max_bytes, held: Mutex::new(Held { entries: BTreeMap::new(), bytes: 0, uses: 0 }) }
    }

    pub(crate) fn find(&self, key: &K) -> Option<V> {
        let mut held = self.held();
        held.uses += 1;
        let used = held.uses;
        let entry = held.entries.get_mut(key)?;
        entry.used = used;
        Some(entry.value.clone())
    }

    /// Keeps a thing that takes so much. One that would take more than half of all is not kept.
    pub(crate) fn put(&self, key: K, value: V, bytes: usize) {
        if bytes > self.max_bytes / 2 {
            return;
        }
        let mut held = self.held();
        held.uses += 1;
        let used = held.uses;
        held.bytes += bytes;
        if let Some(before) = held.entries.insert(key, Entry { value, bytes, used }) {
            held.bytes -= before.bytes;
        }
        while held.bytes > self.max_bytes {
            let oldest = held.entries.iter().min_by_key(|(_, entry)| entry.used).map(|(key, _)| key.clone());
            let Some(gone) = oldest.and_then(|key| held.entries.remove(&key)) else { break };
            held.bytes -= gone.bytes;
        }
    }

    fn held(&self) -> MutexGuard<'_, Held<K, V>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_used_for_longest_makes_room() {
        let recent = Recent::new(300);
        for n in 1..=3 {
            recent.put(n, n, 100);
        }
        assert_eq!(recent.find(&1), Some(1));
        recent.put(4, 4, 100);
        let left: Vec<i32> = (1..=4).filter(|n| recent.find(n).is_some()).collect();
        assert_eq!(left, [1, 3, 4]);
        recent.put(5, 5, 151);
        assert_eq!(recent.find(&5), None);
        recent.put(1, 10, 100);
        assert_eq!((recent.find(&1), recent.held().bytes), (Some(10), 300));
    }
}
