//! A few thousand damaged files of each kind, the same ones every time, and every file that once broke something.

use std::cell::RefCell;
use std::panic;
use std::sync::Once;

use handbill_damage::attempts::{self, Attempt};
use handbill_damage::mutate::damaged;
use handbill_damage::seeds::{Seed, crashes, seeds};
use handbill_damage::watch::Watch;

/// Tries each good file as it is, and damaged in `count` ways.
fn try_damage(kind: &str, attempt: Attempt, count: u64) {
    let files = seeds(kind);
    assert!(!files.is_empty(), "there is no good file of the kind '{kind}'");
    let watch = Watch::start();
    for Seed { name, bytes } in &files {
        watch.on(format!("{kind} {name}"));
        attempt_named(attempt, bytes, name);
        for seed in 0..count {
            watch.on(format!("{kind} {name} with damage {seed}"));
            attempt_named(attempt, &damaged(bytes, seed), &format!("{kind} {name} with damage {seed}"));
        }
    }
}

/// Panics that are caught where damage is expected are silent; one that gets here says which file it was.
fn attempt_named(attempt: Attempt, bytes: &[u8], name: &str) {
    thread_local!(static LAST: RefCell<String> = const { RefCell::new(String::new()) });
    static QUIET: Once = Once::new();
    QUIET.call_once(|| panic::set_hook(Box::new(|info| LAST.with_borrow_mut(|last| *last = info.to_string()))));
    if panic::catch_unwind(|| attempt(bytes)).is_err() {
        eprintln!("{name}: {}", LAST.with_borrow(String::clone));
        panic!("{name} breaks a promise");
    }
}

#[test]
fn damaged_pictures_are_drawn_or_named() {
    try_damage("image", attempts::image, 300);
}

#[test]
fn damaged_drawings_are_drawn_or_named() {
    try_damage("svg", attempts::svg, 1_000);
}

#[test]
fn damaged_fonts_are_used_or_refused() {
    try_damage("font", attempts::font, 600);
}

#[test]
fn damaged_templates_are_read_or_their_faults_told() {
    try_damage("template", attempts::template, 200);
}

#[test]
fn damaged_requests_are_bound_or_their_faults_told() {
    try_damage("binding", attempts::binding, 1_000);
}

#[test]
fn what_broke_something_once_does_so_no_more() {
    let watch = Watch::start();
    for (kind, attempt) in attempts::ALL {
        for Seed { name, bytes } in crashes(kind) {
            watch.on(format!("crashes/{kind}/{name}"));
            attempt_named(attempt, &bytes, &format!("crashes/{kind}/{name}"));
        }
    }
}
