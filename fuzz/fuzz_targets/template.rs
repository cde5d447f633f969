#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| handbill_damage::attempts::template(bytes));
