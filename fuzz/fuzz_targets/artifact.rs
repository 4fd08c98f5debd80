#![no_main]

use benchgate::github::from_run::{archive, strict};
use benchgate::{config::Config, gate, report};
use libfuzzer_sys::fuzz_target;

const NAME: &str = "benchgate-report.json";

/// All that a stranger's report goes through on its way to a comment.
fn publish(bytes: Vec<u8>) {
    if let Ok(report) = strict::report(bytes, NAME) {
        let today = jiff::civil::date(2026, 11, 21);
        let decided = gate::decide_again(report, &Config::built_in(), today, false);
        for (form, _) in report::Form::ALL {
            let _ = report::render(&decided, *form, &Default::default());
        }
    }
}

fuzz_target!(|bytes: &[u8]| {
    if let Ok(member) = archive::member(bytes, NAME, 1 << 20) {
        publish(member);
    }
    // The checksum of an archive keeps most of what is tried out of the report.
    publish(bytes.to_vec());
});
