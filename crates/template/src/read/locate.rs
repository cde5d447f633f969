//! Line and column of faults, found in the JSON text only when there are faults to place.

use std::collections::BTreeMap;

use crate::fault::{Fault, Path, join};

/// Fills in the place of every fault that has none. `json` is valid JSON.
pub(super) fn locate(json: &str, faults: &mut [Fault]) {
    let mut wanted: BTreeMap<String, Option<usize>> = faults.iter().map(|fault| (target(fault), None)).collect();
    for fault in faults.iter() {
        wanted.entry(fault.path.clone()).or_default();
    }
    Scanner { bytes: json.as_bytes(), at: 0, path: Path::default(), wanted: &mut wanted }.value();
    for fault in faults.iter_mut().filter(|fault| fault.line.is_none()) {
        let offset = wanted[&target(fault)].or(wanted[&fault.path]);
        if let Some(before) = offset.and_then(|offset| json.get(..offset)) {
            fault.line = Some(before.matches('\n').count() + 1);
            fault.column = Some(before.rsplit('\n').next().unwrap_or_default().chars().count() + 1);
        }
    }
}

fn target(fault: &Fault) -> String {
    match &fault.property {
        Some(property) => join(&fault.path, property),
        None => fault.path.clone(),
    }
}

/// Walks the text; the byte offset of each wanted key (or item) is written down, of keys that stand twice the
/// last one.
struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
    path: Path,
    wanted: &'a mut BTreeMap<String, Option<usize>>,
}

impl Scanner<'_> {
    fn peek(&mut self) -> u8 {
        while self.bytes.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
        self.bytes.get(self.at).copied().unwrap_or_default()
    }

    fn note(&mut self, offset: usize) {
        if let Some(place) = self.wanted.get_mut(self.path.as_str()) {
            *place = Some(offset);
        }
    }

    fn value(&mut self) {
        let first = self.peek();
        if self.path.as_str().is_empty() {
            self.note(self.at);
        }
        match first {
            b'{' => self.members(),
            b'[' => self.items(),
            b'"' => {
                self.string();
            }
            _ => {
                while !matches!(self.bytes.get(self.at), None | Some(b',' | b']' | b'}')) {
                    self.at += 1;
                }
            }
        }
    }

    fn members(&mut self) {
        self.at += 1;
        while self.peek() == b'"' {
            let offset = self.at;
            let key = self.string();
            self.peek();
            self.at += 1;
            let before = self.path.enter(key);
            self.note(offset);
            self.value();
            self.path.leave(before);
            if self.peek() == b',' {
                self.at += 1;
            }
        }
        self.at += 1;
    }

    fn items(&mut self) {
        self.at += 1;
        let mut index = 0;
        while !matches!(self.peek(), b']' | 0) {
            let before = self.path.enter(index);
            self.note(self.at);
            self.value();
            self.path.leave(before);
            index += 1;
            if self.peek() == b',' {
                self.at += 1;
            }
        }
        self.at += 1;
    }

    fn string(&mut self) -> String {
        let start = self.at;
        self.at += 1;
        while !matches!(self.bytes.get(self.at), None | Some(b'"')) {
            self.at += if self.bytes[self.at] == b'\\' { 2 } else { 1 };
        }
        self.at += 1;
        serde_json::from_slice(self.bytes.get(start..self.at).unwrap_or_default()).unwrap_or_default()
    }
}
