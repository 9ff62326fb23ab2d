#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| bots::fuzzing::init_data(data));
