#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(report) = benchgate::report::bundle::read(text, "report.json") {
        let _ = benchgate::report::render(&report, benchgate::report::Form::Markdown, &Default::default());
    }
});
