//! What measured code cannot do.

use crate::job::{FILES, Job, runner_file};

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
        assert_eq!(job.read(&runner_file(file, "results")), "", "{file}");
    }
}

/// Whether a file of the runner is there, plain and empty.
fn is_plain_and_empty(job: &Job, name: &str) -> bool {
    std::fs::symlink_metadata(job.path(name)).is_ok_and(|data| data.is_file() && data.len() == 0)
}

/// The runner reads the files of the step that uses the action when all steps in it have ended.
#[test]
fn measured_code_does_not_steer_the_step_that_uses_the_action() {
    for change in [
        "echo 'PATH=/evil' >>\"$folder/set_env_outer\"",
        "echo /evil >\"$folder/add_path_outer\"",
        "rm \"$folder/set_env_outer\"",
        "ln -sf /proc/self/environ \"$folder/set_env_outer\"",
        "ln -sf /dev/null \"$GITHUB_OUTPUT\"",
        "rm \"$GITHUB_OUTPUT\"; mkfifo \"$GITHUB_OUTPUT\"",
        "rm \"$folder/set_env_outer\"; mkdir \"$folder/set_env_outer\"",
        "rm \"$folder/set_env_outer\"; mkfifo \"$folder/set_env_outer\"",
        "echo 'PATH=/evil' >\"$folder/set_env_other\"",
        "echo 'PATH=/evil' >\"$folder/.set_env\"",
        "ln -s nowhere \"$folder/a b\"",
        "mv \"$folder\" \"$folder.old\"; ln -s \"$folder.old\" \"$folder\"",
        "echo 'PATH=/evil' >\"$folder/set_env_outer\"; chmod a-w \"$folder\"",
    ] {
        let mut job = job("gate");
        job.write("bin/measured-code", &format!("folder=${{GITHUB_ENV%/*}}\n{change}\n"));
        let ended = job.run();
        assert_eq!(ended.code, 3, "{change}: {}", ended.said);
        assert!(ended.said.contains("code that was measured wrote to the files"), "{}", ended.said);
        for file in FILES {
            for step in ["outer", "results"] {
                let name = runner_file(file, step);
                assert!(is_plain_and_empty(&job, &name), "{change}: {name}");
            }
        }
        let left = std::fs::read_dir(job.path("temp/_runner_file_commands")).expect("the folder");
        assert_eq!(left.count(), 3 * FILES.len(), "{change}: those of outer, prepare, results");
        assert_eq!(job.calls().len(), 1, "{change}");
    }
}

/// A process that outlives the measurement writes when the step that measured has checked already.
#[test]
fn what_is_written_after_measuring_does_not_steer_the_job_either() {
    let mut job = job("gate");
    assert_eq!(job.step("prepare").code, 0);
    assert_eq!(job.step("results").code, 0);
    job.write(&runner_file("GITHUB_ENV", "outer"), "PATH=/evil\n");
    let ended = job.step("publish");
    assert_eq!(ended.code, 3, "{}", ended.said);
    assert!(ended.said.contains("nothing is published"), "{}", ended.said);
    assert!(is_plain_and_empty(&job, &runner_file("GITHUB_ENV", "outer")));
    assert_eq!(job.calls().len(), 1);
}

#[test]
fn a_process_left_behind_does_not_write_the_outputs() {
    let mut job = job("gate");
    // It holds the file of the outputs open and writes when the step has written its own.
    job.write(
        "bin/measured-code",
        "(exec 3>>\"$GITHUB_OUTPUT\"; sleep 1; echo 'exit-code=evil' >&3) >/dev/null 2>&1 &\n",
    );
    assert_eq!(job.step("prepare").code, 0);
    let ended = job.step("results");
    assert_eq!(ended.code, 0, "{}", ended.said);
    std::thread::sleep(std::time::Duration::from_millis(1500));
    assert!(!job.read(&runner_file("GITHUB_OUTPUT", "results")).contains("evil"));
}

#[test]
fn a_template_that_was_changed_is_not_published() {
    for change in ["ln -sf /proc/self/environ \"$file\"", "echo evil >\"$file\""] {
        for during in [true, false] {
            let mut job = job("gate").input("templates", "templates");
            std::fs::create_dir_all(job.path("workspace/templates")).expect("a folder");
            job.write("workspace/templates/comment.md.j2", "mine");
            let script = format!(
                "for file in '{}'/benchgate.*/templates/comment.md.j2; do {change}; done\n",
                job.path("temp").display()
            );
            if during {
                job.write("bin/measured-code", &script);
            }
            assert_eq!(job.step("prepare").code, 0);
            let mut ended = job.step("results");
            if !during {
                assert_eq!(ended.code, 0, "{}", ended.said);
                let done = std::process::Command::new("/bin/sh").args(["-c", &script]).status();
                assert!(done.is_ok_and(|status| status.success()));
                ended = job.step("publish");
            }
            assert_eq!(ended.code, 3, "{change} {during}: {}", ended.said);
            assert!(ended.said.contains("templates"), "{}", ended.said);
            assert_eq!(job.calls().len(), 1);
        }
    }
}

#[test]
fn a_report_that_was_changed_is_not_published() {
    let mut job = job("gate");
    assert_eq!(job.step("prepare").code, 0);
    assert_eq!(job.step("results").code, 0);
    std::fs::write(job.output("results.outputs.report-path"), "evil").expect("a report");
    let ended = job.step("publish");
    assert_eq!(ended.code, 3, "{}", ended.said);
    assert!(ended.said.contains("the report was changed"), "{}", ended.said);
    assert_eq!(job.calls().len(), 1);
}

/// `bin` stands for ~/.local/bin and the like, which precede /usr/bin on a runner.
#[test]
fn programs_that_measured_code_planted_are_not_called() {
    let mut job = job("gate");
    job.write(
        "bin/measured-code",
        "for name in sh rm cut sha256sum shasum awk sed tr cat; do\n\
         printf '#!/bin/sh\\necho planted\\n' >\"$here/$name\"; /bin/chmod +x \"$here/$name\"\ndone\nPATH=/usr/bin:/bin\n",
    );
    let ended = job.run();
    assert_eq!(ended.code, 0, "{}", ended.said);
    assert!(!ended.said.contains("planted"), "{}", ended.said);
    assert_eq!(job.calls().len(), 2);
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
        assert!(job.read(&runner_file("GITHUB_ENV", "outer")).is_empty(), "{change}");
        assert!(!ended.said.contains("\nevil"), "{change}: {}", ended.said);
        assert_eq!(job.calls().len(), 1, "{change}");
    }
}
