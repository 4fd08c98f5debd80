#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = benchgate::ingest::parsers::criterion_sample(bytes);
});
