//! A template's file: faults in words, or a template that is written the same after it was read again, and can be filled.

use handbill_template::bind::BindOptions;
use handbill_template::bind::native::{self, NativeData};
use handbill_template::resolve::{ResolveLimits, ResolveOptions};
use handbill_template::{Compiled, Template, lint, read, resolve, write};

pub fn template(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match read(text) {
        Ok(template) => fill(template),
        Err(faults) => {
            assert!(!faults.0.is_empty(), "refused without a fault");
            assert!(faults.0.iter().all(|fault| !fault.message.is_empty()), "a fault without words: {faults:?}");
        }
    }
}

fn fill(template: Template) {
    lint(&template);
    let written = write(&template);
    let again = read(&written).unwrap_or_else(|faults| panic!("what was written is refused: {faults}\n{written}"));
    assert_eq!(write(&again), written, "writing changes what was written");
    let Ok(compiled) = Compiled::new(template) else { return };
    let sample = BindOptions { preview: true, ..BindOptions::default() };
    let Ok(bound) = native::bind(&compiled, &NativeData::default(), &sample) else { return };
    if let Err(error) = resolve(&compiled, &bound, &options()) {
        assert!(!error.to_string().is_empty());
    }
}

/// Small, so that many can be tried.
pub(super) fn options() -> ResolveOptions {
    let limits =
        ResolveLimits { max_slides: 20, max_nodes: 2_000, max_text_chars: 100_000, ..ResolveLimits::default() };
    ResolveOptions { limits, ..ResolveOptions::default() }
}
