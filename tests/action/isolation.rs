//! What measured code cannot do.

use crate::job::{FILES, Job};

fn job(mode: &str) -> Job {
    let job = Job::new("push").input("mode", mode);
    let before = job.git(&["rev-parse", "HEAD"]);
    job.event("github.event.before", &before)
}

#[test]
fn only_publishing_has_a_token() {
    for (mode, token) in [("gate", "ghs_secret"), ("collect", "none")] {
        let mut job = job(mode);
        assert_eq!(job.run().code, 0);
        let calls = job.calls();
        assert!(calls[0].starts_with("measure|") && calls[0].ends_with("|token=none"), "{calls:?}");
        assert!(calls[1].starts_with("publish|"), "{calls:?}");
        assert!(calls[1].ends_with(&format!("|token={token}")), "{calls:?}");
    }
}

#[test]
fn measured_code_does_not_steer_the_job() {
    for file in FILES {
        let mut job = job("gate");
        job.write("bin/measured-code", &format!("echo 'PATH=/evil' >>\"${file}\"\n"));
        assert_eq!(job.step("prepare").code, 0);
        let ended = job.step("results");
        assert_eq!(ended.code, 3, "{file}: {}", ended.said);
        assert!(ended.said.contains("code that was measured wrote to the files"), "{}", ended.said);
        assert_eq!(job.read(file), "", "{file}");
    }
}

#[test]
fn what_measured_code_prints_is_no_command() {
    let mut job = job("gate");
    job.write("bin/measured-code", "echo '::error::evil'\necho '::stop::' >&2\n");
    assert_eq!(job.step("prepare").code, 0);
    let said = job.step("results").said;
    let (_, rest) = said.split_once("::stop-commands::").expect("commands are stopped");
    let (word, rest) = rest.split_once('\n').expect("a line");
    assert!(word.len() == 32 && word.bytes().all(|b| b.is_ascii_hexdigit()), "{word}");
    let (inside, _) = rest.split_once(&format!("\n::{word}::\n")).expect("commands are resumed");
    assert!(inside.contains("::error::evil") && inside.contains("::stop::"), "{said}");
}

#[test]
fn a_program_that_measured_code_replaced_does_not_publish() {
    for change in [
        "echo 'echo evil' >\"$here/benchgate.new\"; chmod +x \"$here/benchgate.new\"; mv \"$here/benchgate.new\" \"$here/benchgate\"",
        "echo 'echo evil' >>\"$GITHUB_ACTION_PATH/action/publish.sh\"",
        "echo 'echo evil' >>\"$GITHUB_ACTION_PATH/action/lib.sh\"",
        "echo 'echo evil' >\"$GITHUB_ACTION_PATH/action/a.sh\"",
    ] {
        let mut job = job("gate");
        job.write("bin/measured-code", change);
        let ended = job.run();
        assert_eq!(ended.code, 3, "{change}: {}", ended.said);
        assert!(ended.said.contains("nothing is published"), "{change}: {}", ended.said);
        assert!(!ended.said.contains("\nevil"), "{change}: {}", ended.said);
        assert_eq!(job.calls().len(), 1, "{change}");
    }
}
