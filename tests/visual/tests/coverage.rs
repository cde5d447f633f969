//! Every property of the format has a case that shows it: the list is made from the JSON Schema, what is shown from the
//! cases, and each use is put to the proof by drawing its case without it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use handbill_visual::coverage::proof::Shown;
use handbill_visual::coverage::{Use, listed, silent, used};
use handbill_visual::{cases, draw};

#[test]
fn every_property_has_a_case() {
    let mut shown = BTreeSet::new();
    for file in cases::files("cases").unwrap() {
        let template = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
        shown.extend(used(&template).into_iter().map(|found| found.name));
    }
    let expected = listed().into_iter().filter(|name| silent::reason(name).is_none());
    let missing: Vec<String> = expected.filter(|name| !shown.contains(name)).collect();
    assert!(
        missing.is_empty(),
        "{} properties have no case in tests/visual/cases:\n{}",
        missing.len(),
        missing.join("\n")
    );
}

#[test]
fn what_is_silent_is_listed_once_and_with_a_reason() {
    let used: BTreeSet<&str> = listed().iter().filter_map(|name| silent::reason(name)).map(|entry| entry.0).collect();
    for (pattern, reason) in silent::SILENT {
        assert!(used.contains(pattern), "'{pattern}' names nothing of the format");
        assert!(!reason.is_empty(), "{pattern}");
    }
}

#[test]
fn every_property_changes_a_picture() {
    let listed = listed();
    let files = cases::files("cases").unwrap();
    let mut engine = draw::engine().unwrap();
    let shown: Vec<Shown> = files.iter().map(|file| Shown::draw(&mut engine, file).unwrap()).collect();
    let mut uses: BTreeMap<&str, Vec<(&Shown, &Use)>> = BTreeMap::new();
    for case in &shown {
        for found in case.uses.iter().filter(|found| silent::reason(&found.name).is_none()) {
            uses.entry(&found.name).or_default().push((case, found));
        }
    }
    let unproven = Mutex::new(Vec::new());
    let (uses, next) = (Vec::from_iter(uses), AtomicUsize::new(0));
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut engine = draw::engine().unwrap();
                while let Some((name, places)) = uses.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if !places.iter().any(|(case, found)| case.proves(&mut engine, found, &listed)) {
                        let cases: BTreeSet<&str> = places.iter().map(|(case, _)| case.name.as_str()).collect();
                        unproven.lock().unwrap().push(format!("{name} in {cases:?}"));
                    }
                }
            });
        }
    });
    let mut unproven = unproven.into_inner().unwrap();
    unproven.sort();
    assert!(
        unproven.is_empty(),
        "{} properties make no difference to any picture:\n{}",
        unproven.len(),
        unproven.join("\n")
    );
}
