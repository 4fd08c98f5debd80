#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let _ = benchgate::config::Config::parse("benchgate.yml", text, None);
});
