//! What is compared with what, on which event.

use crate::job::Job;

/// A repository with a pull request: base, head, and the merge commit that GitHub makes of them.
fn pull_request() -> (Job, String, String, String) {
    let job = Job::new("pull_request");
    job.git(&["checkout", "--quiet", "-b", "change"]);
    let head = job.commit("change");
    job.git(&["checkout", "--quiet", "main"]);
    let base = job.commit("meanwhile");
    job.git(&["checkout", "--quiet", "--detach"]);
    job.git(&["merge", "--quiet", "--no-ff", "--message", "merge", "change"]);
    let merge = job.git(&["rev-parse", "HEAD"]);
    let job = job
        .variable("GITHUB_SHA", &merge)
        .variable("GITHUB_BASE_REF", "main")
        .variable("GITHUB_HEAD_REF", "change");
    (job, base, head, merge)
}

fn measured(job: &Job) -> String {
    job.calls().first().cloned().unwrap_or_default()
}

#[test]
fn a_pull_request_is_the_merge_commit_against_the_base_branch() {
    let (job, base, ..) = pull_request();
    let mut job = job.event_base("0123456789012345678901234567890123456789");
    let ended = job.run();
    assert_eq!(ended.code, 0, "{}", ended.said);
    let call = measured(&job);
    assert!(call.starts_with(&format!("measure|--base={base}|--head=HEAD|")), "{call}");
    assert!(call.contains(&format!("|--config-rev={base}|")), "{call}");
    assert!(call.contains("|--base-label=main|--head-label=change|"), "{call}");
}

#[test]
fn an_authors_own_commit_does_not_name_its_base() {
    let (job, base, ..) = pull_request();
    // A merge of the author's, which looks like GitHub's, is checked out.
    job.git(&["checkout", "--quiet", "-b", "elsewhere", "main~1"]);
    job.commit("loose rules");
    job.git(&["merge", "--quiet", "--no-ff", "--message", "merge", "change"]);
    let fork_point = job.git(&["rev-parse", "main~1"]);
    let mut job = job.event_base(&base);
    let ended = job.run();
    assert_eq!(ended.code, 0, "{}", ended.said);
    let call = measured(&job);
    assert!(call.contains(&format!("|--base={fork_point}|")), "{call}");
    assert!(call.contains(&format!("|--config-rev={base}|")), "{call}");
}

#[test]
fn a_shallow_checkout_gets_its_base_from_the_remote() {
    let (mut job, base, _, merge) = pull_request();
    job.git(&["branch", "merged", &merge]);
    let remote = format!("file://{}", job.path("workspace").display());
    let clone = job.path("shallow").display().to_string();
    job.git(&["config", "uploadpack.allowAnySHA1InWant", "true"]);
    job.git(&["clone", "--quiet", "--depth=1", "--branch=merged", &remote, &clone]);
    job = job.input("working-directory", &clone);
    let ended = job.run();
    assert_eq!(ended.code, 0, "{}", ended.said);
    assert!(measured(&job).contains(&format!("|--base={base}|")), "{}", measured(&job));

    job.git(&["-C", &clone, "remote", "set-url", "origin", "file:///nowhere"]);
    job.git(&["-C", &clone, "checkout", "--quiet", "--orphan", "other"]);
    let job = job.variable("GITHUB_SHA", "");
    let mut job = job.event_base("0123456789012345678901234567890123456789");
    let ended = job.run();
    assert_eq!(ended.code, 3, "{}", ended.said);
    assert!(ended.said.contains("fetch-depth: 0"), "{}", ended.said);
}

#[test]
fn a_merge_group_is_compared_with_what_it_is_queued_behind() {
    let job = Job::new("merge_group");
    let base = job.git(&["rev-parse", "HEAD"]);
    job.commit("two");
    let mut job = job.event("github.event.merge_group.base_sha", &base);
    let ended = job.run();
    assert_eq!(ended.code, 0, "{}", ended.said);
    let call = measured(&job);
    assert!(call.contains(&format!("|--base={base}|")), "{call}");
    assert!(call.contains(&format!("|--config-rev={base}|")), "{call}");
}

#[test]
fn a_push_is_compared_with_the_state_before() {
    let job = Job::new("push");
    let before = job.git(&["rev-parse", "HEAD"]);
    job.commit("two");
    let mut job = job.event("github.event.before", &before);
    assert_eq!(job.run().code, 0);
    let call = measured(&job);
    assert!(call.contains(&format!("|--base={before}|")), "{call}");
    assert!(!call.contains("--config-rev"), "{call}");
}

#[test]
fn a_new_branch_has_nothing_to_compare() {
    let mut job = Job::new("push").event("github.event.before", &"0".repeat(40));
    let ended = job.run();
    assert_eq!(ended.code, 0, "{}", ended.said);
    assert!(ended.said.contains("::notice title=benchgate::a new branch"), "{}", ended.said);
    assert!(job.calls().is_empty());
    assert_eq!(job.output("results.outputs.report-path"), "");
}

#[test]
fn a_forced_push_may_have_nothing_to_compare() {
    let gone = "0123456789012345678901234567890123456789";
    let mut job = Job::new("push").event("github.event.before", gone);
    let ended = job.run();
    assert_eq!(ended.code, 3, "{}", ended.said);
    let mut job = job.event("github.event.forced", "true");
    let ended = job.run();
    assert_eq!(ended.code, 0, "{}", ended.said);
    assert!(ended.said.contains("::notice title=benchgate::a forced push"), "{}", ended.said);
    assert!(job.calls().is_empty());
}

/// Nothing is asked of the checkout that a comparison does not need.
#[test]
fn results_that_exist_need_no_commit() {
    let gone = "0123456789012345678901234567890123456789";
    let mut job = Job::new("push").event("github.event.before", gone).input("run-set", "runs");
    assert_eq!(job.run().code, 0);
    assert!(measured(&job).starts_with("compare|--runs=runs|"), "{}", measured(&job));
    let job = Job::new("pull_request").event_base(gone).input("config-rev", "HEAD");
    let mut job = job.input("base-path", "a").input("head-path", "b");
    let ended = job.run();
    assert_eq!(ended.code, 0, "{}", ended.said);
}

#[test]
fn a_label_of_the_user_is_the_only_one() {
    let mut job = pull_request().0.input("args", "--base-label=trunk\n--\n--head-label");
    let ended = job.run();
    assert_eq!(ended.code, 0, "{}", ended.said);
    let call = measured(&job);
    assert_eq!(call.matches("--base-label").count(), 1, "{call}");
    assert!(call.contains("|--head-label=change|"), "{call}");
}

#[test]
fn what_git_says_is_shown() {
    let job = Job::new("push").event("github.event.before", &"1".repeat(40));
    let mut job = job.variable("GIT_DIR", "/nowhere");
    let ended = job.run();
    assert_eq!(ended.code, 3, "{}", ended.said);
    assert!(ended.said.contains("git says: fatal:"), "{}", ended.said);
}

#[test]
fn a_token_that_the_checkout_left_is_warned_of() {
    let job = Job::new("push");
    let before = job.git(&["rev-parse", "HEAD"]);
    job.git(&["config", "http.https://github.com/.extraheader", "AUTHORIZATION: basic c2VjcmV0"]);
    let mut job = job.event("github.event.before", &before);
    let ended = job.run();
    assert_eq!(ended.code, 0, "{}", ended.said);
    assert!(ended.said.contains("persist-credentials: false"), "{}", ended.said);
    assert!(!ended.said.contains("c2VjcmV0"), "{}", ended.said);
}

#[test]
fn other_events_need_a_base() {
    let mut job = Job::new("schedule");
    let ended = job.run();
    assert_eq!(ended.code, 2, "{}", ended.said);
    assert!(ended.said.contains("set the input `base`"), "{}", ended.said);
    let mut job = job.input("base", "HEAD~1");
    assert_eq!(job.run().code, 0);
    assert!(measured(&job).contains("|--base=HEAD~1|"));
}

#[test]
fn code_of_a_pull_request_does_not_run_with_the_rights_of_the_repository() {
    for (event, trigger) in [("pull_request_target", ""), ("workflow_run", "pull_request")] {
        for mode in ["gate", "collect"] {
            let job = Job::new(event).input("mode", mode);
            let mut job = job.event("github.event.workflow_run.event", trigger);
            let ended = job.run();
            assert_eq!(ended.code, 2, "{event} {mode}");
            assert!(ended.said.contains("mode: publish"), "{}", ended.said);
            assert!(job.calls().is_empty());
        }
    }
}

#[test]
fn results_that_exist_are_compared() {
    let (job, base, ..) = pull_request();
    let mut job = job
        .input("base-path", "base/run 1\nbase/run 2")
        .input("head-path", "head")
        .input("args", "--order=interleaved\n--base-name=main branch")
        .input("allow-empty-base", "true")
        .input("config", "perf.yml")
        .input("gate-name", "storage");
    let ended = job.run();
    assert_eq!(ended.code, 0, "{}", ended.said);
    let out = job.output("results.outputs.report-path");
    let out = out.rsplit('/').nth(1).expect("a directory");
    assert_eq!(
        measured(&job),
        format!(
            "compare|--base=base/run 1|--base=base/run 2|--head=head|--gate-name=storage|\
             --out=json=TEMP/{out}/benchgate-report.json|--out=markdown=TEMP/{out}/benchgate-report.md|\
             --out=junit=TEMP/{out}/benchgate-report.xml|--config=perf.yml|--config-rev={base}|\
             --allow-empty-base|--order=interleaved|--base-name=main branch|token=none"
        )
    );
}

#[test]
fn inputs_that_do_not_fit_are_refused() {
    for (inputs, said) in [
        (&[("mode", "all")][..], "gate, collect or publish, not `all`"),
        (&[("mode", "publish")], "needs the input `report`"),
        (&[("base-path", "base")], "belong together"),
        (&[("allow-empty-base", "yes")], "`allow-empty-base` is true or false, not `yes`"),
        (&[("working-directory", "nowhere")], "names no directory"),
        (&[("gate-name", "a b")], "letters, digits, dots"),
        (&[("max-wait", "1m")], "a number of seconds"),
        (&[("max-wait", "0")], "from 1 to 3600"),
        (&[("max-wait", "3601")], "from 1 to 3600"),
        (&[("max-wait", "99999999999999999999")], "from 1 to 3600"),
        (&[("labels", "regression=x\nslower=y")], "not `slower=y`"),
        (&[("labels", "regression=")], "not `regression=`"),
        (&[("request-review", "octocat\na b")], "not `a b`"),
        (&[("request-review", "org/")], "not `org/`"),
        (&[("fail", "no")], "`fail` is true or false, not `no`"),
        (&[("mode", "a\n::error::b")], "not `a ::error::b`"),
    ] {
        let mut job = pull_request().0;
        for (name, value) in inputs {
            job = job.input(name, value);
        }
        let ended = job.run();
        assert_eq!(ended.code, 2, "{inputs:?}: {}", ended.said);
        assert!(ended.said.contains(said), "{inputs:?}: {}", ended.said);
        assert!(job.calls().is_empty(), "{inputs:?}");
    }
}

#[test]
fn templates_come_from_the_base() {
    let job = Job::new("merge_group");
    std::fs::create_dir_all(job.path("workspace/ci/templates")).expect("a folder");
    let base = job.commit("ci/templates/comment.md.j2");
    job.write("workspace/ci/templates/comment.md.j2", "changed");
    job.git(&["commit", "--quiet", "--all", "--message", "change"]);
    let job = job.event("github.event.merge_group.base_sha", &base);
    let mut job = job.input("templates", "templates").input("working-directory", "ci");
    let ended = job.run();
    assert_eq!(ended.code, 0, "{}", ended.said);
    let taken = job.output("results.outputs.templates-path").to_owned();
    let text = std::fs::read_to_string(format!("{taken}/comment.md.j2")).expect("a template");
    assert_eq!(text, "ci/templates/comment.md.j2");
    let publish = job.calls().pop().unwrap_or_default();
    assert!(publish.contains("|--templates=TEMP/"), "{publish}");
}

impl Job {
    fn event_base(self, base: &str) -> Self {
        self.event("github.event.pull_request.base.sha", base)
    }
}
