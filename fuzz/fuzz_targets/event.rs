#![no_main]

use benchgate::github::context::Event;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(payload) = serde_json::from_slice(bytes) else { return };
    for name in ["pull_request", "pull_request_target", "merge_group", "push", "workflow_run", "schedule"] {
        let _ = Event::parse(name, &payload);
    }
});
