//! Templates that were read and prepared before, within a bound of memory. A version never changes, so nothing in here can
//! be out of date.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::templates::StoredTemplate;

/// What all of them may take, roughly.
const MAX_BYTES: usize = 256 << 20;
/// What a prepared template takes for a byte of its JSON, roughly.
const BYTES_PER_JSON_BYTE: usize = 12;

/// By number and version.
type Key = (i64, i64);

pub struct TemplateCache {
    max_bytes: usize,
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    entries: BTreeMap<Key, Entry>,
    bytes: usize,
    /// Counts uses; an entry's count says when it was used last.
    uses: u64,
}

struct Entry {
    stored: Arc<StoredTemplate>,
    bytes: usize,
    used: u64,
}

impl Default for TemplateCache {
    fn default() -> TemplateCache {
        TemplateCache { max_bytes: MAX_BYTES, held: Mutex::default() }
    }
}

impl TemplateCache {
    pub(super) fn find(&self, key: Key) -> Option<Arc<StoredTemplate>> {
        let mut held = self.held();
        held.uses += 1;
        let used = held.uses;
        let entry = held.entries.get_mut(&key)?;
        entry.used = used;
        Some(Arc::clone(&entry.stored))
    }

    /// Keeps a template; those that were not used for longest make room. One that is too large alone is not kept.
    pub(super) fn put(&self, stored: Arc<StoredTemplate>, json_bytes: usize, file_bytes: usize) {
        let bytes = json_bytes * BYTES_PER_JSON_BYTE + file_bytes;
        if bytes > self.max_bytes / 2 {
            return;
        }
        let mut held = self.held();
        held.uses += 1;
        let (key, used) = ((stored.id, stored.version), held.uses);
        held.bytes += bytes;
        if let Some(before) = held.entries.insert(key, Entry { stored, bytes, used }) {
            held.bytes -= before.bytes;
        }
        while held.bytes > self.max_bytes {
            let oldest = held.entries.iter().min_by_key(|(_, entry)| entry.used).map(|(key, _)| *key);
            let Some(gone) = oldest.and_then(|key| held.entries.remove(&key)) else { break };
            held.bytes -= gone.bytes;
        }
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use handbill_template::{Compiled, read_value};

    use super::*;
    use crate::templates::TemplateFiles;

    fn stored(id: i64) -> Arc<StoredTemplate> {
        let json = serde_json::json!({
            "format": 1, "id": "a", "canvas": { "width": 10, "height": 10 }, "slides": [{ "id": "only" }]
        });
        let compiled = Compiled::new(read_value(json).unwrap()).unwrap();
        Arc::new(StoredTemplate::new(id, 1, compiled, TemplateFiles::Embedded(&[])))
    }

    #[test]
    fn what_was_not_used_for_longest_makes_room() {
        let cache = TemplateCache { max_bytes: 300, ..TemplateCache::default() };
        cache.put(stored(1), 0, 100);
        cache.put(stored(2), 0, 100);
        cache.put(stored(3), 0, 100);
        assert!(cache.find((1, 1)).is_some());
        cache.put(stored(4), 0, 100);
        let left: Vec<i64> = (1..=4).filter(|id| cache.find((*id, 1)).is_some()).collect();
        assert_eq!(left, [1, 3, 4]);
        cache.put(stored(5), 0, 151);
        assert!(cache.find((5, 1)).is_none() && cache.find((5, 2)).is_none());
        cache.put(stored(1), 0, 100);
        assert_eq!(cache.held().bytes, 300);
    }
}
