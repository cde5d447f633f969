//! Pictures kept between renders, within a bound of memory: decoded ones and copies scaled to the size they are drawn
//! at, by the content of their file. Owned by the engine; a clone is another handle to the same cache.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use kurbo::Rect;

use crate::pixmap::Pixmap;

/// SHA-256 of a file: one account's file can never stand in for another's.
pub(super) type ContentHash = [u8; 32];

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Key {
    /// The file is known to be sound to its end.
    Sound(ContentHash),
    Decoded(ContentHash),
    /// The bits of the source rectangle, and the size.
    Scaled(ContentHash, [u64; 4], u32, u32),
}

impl Key {
    pub(super) fn scaled(content: ContentHash, source: Rect, width: u32, height: u32) -> Self {
        Key::Scaled(content, [source.x0, source.y0, source.x1, source.y1].map(f64::to_bits), width, height)
    }
}

#[derive(Debug, Clone)]
pub(super) enum Kept {
    Nothing,
    Pixels(Pixmap),
}

/// A bounded cache of pictures; least recently used ones go first.
#[derive(Debug, Clone)]
pub struct ImageCache {
    shared: Arc<Mutex<Entries>>,
}

#[derive(Debug, Default)]
struct Entries {
    limit: usize,
    bytes: usize,
    clock: u64,
    // Looked up only, never walked: its order does not matter.
    by_key: HashMap<Key, (u64, Kept)>,
    by_age: BTreeMap<u64, Key>,
    hits: u64,
    misses: u64,
}

/// Figures for metrics.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CacheUsage {
    pub bytes: usize,
    pub entries: usize,
    pub hits: u64,
    pub misses: u64,
}

impl ImageCache {
    /// A cache of at most `limit` bytes; 0 keeps nothing.
    pub fn new(limit: usize) -> Self {
        ImageCache { shared: Arc::new(Mutex::new(Entries { limit, ..Entries::default() })) }
    }

    pub fn usage(&self) -> CacheUsage {
        let entries = self.lock();
        CacheUsage { bytes: entries.bytes, entries: entries.by_key.len(), hits: entries.hits, misses: entries.misses }
    }

    pub(super) fn get(&self, key: &Key) -> Option<Kept> {
        self.lock().get(key)
    }

    pub(super) fn put(&self, key: Key, kept: Kept) {
        self.lock().put(key, kept);
    }

    // A panic while the lock is held leaves the entries whole: every change is made before anything can fail.
    fn lock(&self) -> std::sync::MutexGuard<'_, Entries> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entries {
    fn get(&mut self, key: &Key) -> Option<Kept> {
        let Some((age, kept)) = self.by_key.get_mut(key) else {
            self.misses += 1;
            return None;
        };
        self.hits += 1;
        self.clock += 1;
        if let Some(key) = self.by_age.remove(age) {
            self.by_age.insert(self.clock, key);
        }
        *age = self.clock;
        Some(kept.clone())
    }

    fn put(&mut self, key: Key, kept: Kept) {
        let size = size(&kept);
        if size > self.limit {
            return;
        }
        if let Some((age, old)) = self.by_key.remove(&key) {
            self.by_age.remove(&age);
            self.bytes -= self::size(&old);
        }
        while self.bytes + size > self.limit {
            let Some((_, oldest)) = self.by_age.pop_first() else { break };
            if let Some((_, old)) = self.by_key.remove(&oldest) {
                self.bytes -= self::size(&old);
            }
        }
        self.clock += 1;
        self.bytes += size;
        self.by_age.insert(self.clock, key.clone());
        self.by_key.insert(key, (self.clock, kept));
    }
}

/// What an entry counts for: its pixels, and about as much as its keys and tables take.
fn size(kept: &Kept) -> usize {
    256 + match kept {
        Kept::Nothing => 0,
        Kept::Pixels(pixmap) => pixmap.bytes(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pixels(side: u16) -> Kept {
        Kept::Pixels(Pixmap::from_premultiplied(vec![0; usize::from(side).pow(2) * 4], side, side, false))
    }

    #[test]
    fn the_least_recently_used_goes_first_and_the_bound_holds() {
        let cache = ImageCache::new(1000);
        let key = |n| Key::Decoded([n; 32]);
        cache.put(key(1), pixels(4)); // 320 bytes each
        cache.put(key(2), pixels(4));
        cache.put(key(3), pixels(4));
        assert!(cache.get(&key(1)).is_some());
        cache.put(key(4), pixels(4));
        assert!(cache.get(&key(2)).is_none(), "2 was the oldest");
        assert!(cache.get(&key(1)).is_some());
        assert_eq!(cache.usage(), CacheUsage { bytes: 960, entries: 3, hits: 2, misses: 1 });
        cache.put(key(1), pixels(4));
        assert_eq!(cache.usage().bytes, 960, "the same entry again replaces the old one");
        cache.put(key(5), pixels(40));
        assert!(cache.get(&key(5)).is_none(), "more than the bound is not kept");
        assert_eq!(cache.usage().entries, 3);
    }
}
