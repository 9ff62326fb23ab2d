#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| onecouch::fuzzing::watch2gether_fields(data));
