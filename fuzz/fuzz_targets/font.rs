#![no_main]

libfuzzer_sys::fuzz_target!(
    // The fuzzer ends at any panic; the damage in fonts makes the reading code panic where that is expected and caught.
    init: drop(std::panic::take_hook()),
    |bytes: &[u8]| handbill_damage::attempts::font(bytes)
);
