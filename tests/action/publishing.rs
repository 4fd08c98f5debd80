//! How publishing is called, and how the job ends.

use crate::job::Job;

fn job(mode: &str) -> Job {
    let job = Job::new("push").input("mode", mode);
    let before = job.git(&["rev-parse", "HEAD"]);
    job.event("github.event.before", &before)
}

fn published(job: &Job) -> String {
    job.calls().pop().unwrap_or_default()
}

#[test]
fn every_wish_is_passed_on() {
    let mut job = job("gate")
        .input("status", "true")
        .input("check-run", "true")
        .input("labels", "regression=performance: regression\n\ninconclusive=unclear")
        .input("request-review", "octocat\nocto-org/performance")
        .input("report-url", "https://example.org/r")
        .input("docs-url", "https://example.org/d")
        .input("max-wait", "30");
    assert_eq!(job.run().code, 0);
    let call = published(&job);
    let (before, after) = call.split_once("|--report=TEMP/").expect("a report");
    let after = after.split_once('|').expect("more").1;
    assert_eq!(before, "publish|--gate-name=default|--max-wait=30");
    assert_eq!(
        after,
        "--report-url=https://example.org/r|--docs-url=https://example.org/d|--status|--check-run|\
         --labels=regression=performance: regression|--labels=inconclusive=unclear|\
         --request-review=octocat|--request-review=octo-org/performance|token=ghs_secret"
    );
}

#[test]
fn collect_has_no_wishes() {
    let mut job = job("collect").input("status", "true").input("labels", "regression=x");
    assert_eq!(job.run().code, 0);
    let call = published(&job);
    assert!(call.ends_with("|--no-comment|token=none"), "{call}");
    assert!(!call.contains("--status") && !call.contains("--labels"), "{call}");
}

#[test]
fn a_finished_report_is_published_on_any_event() {
    let mut job = Job::new("pull_request_target")
        .input("mode", "publish")
        .input("report", "report.json")
        .input("comment", "false");
    assert_eq!(job.run().code, 0);
    assert_eq!(
        job.calls(),
        [
            "publish|--gate-name=default|--max-wait=90|--report=report.json|--no-comment|token=ghs_secret"
        ]
    );
}

#[test]
fn a_triggered_workflow_fetches_the_report() {
    let mut job = Job::new("workflow_run")
        .input("mode", "publish")
        .input("config", "perf.yml")
        .input("templates", "ci/templates")
        .input("allow-empty-base", "true")
        .input("status", "false")
        .event("github.event.workflow_run.event", "pull_request");
    assert_eq!(job.run().code, 0);
    assert_eq!(
        job.calls(),
        ["publish|--gate-name=default|--max-wait=90|--from-run|--artifact=benchgate-report|\
          --config=perf.yml|--allow-empty-base|--templates=ci/templates|--no-status|token=ghs_secret"]
    );
}

#[test]
fn how_the_job_ends() {
    // What measuring ended with, what publishing ended with, the input `fail`, what the job ends with.
    for (measured, published, fail, expected) in [
        (0, 0, "true", 0),
        (0, 4, "true", 0),
        (1, 1, "true", 1),
        (3, 3, "true", 3),
        (5, 5, "true", 5),
        // The quick profile fails no build.
        (0, 1, "true", 0),
        // Measuring overrides a mere fail of the report, and nothing else.
        (0, 3, "true", 3),
        (1, 0, "true", 1),
        // Killed: the verdict stands.
        (1, 137, "true", 1),
        (0, 137, "true", 0),
        // The command line of publishing is wrong, or it breaks.
        (0, 2, "true", 2),
        (1, 70, "true", 70),
        (1, 1, "false", 0),
        (5, 5, "false", 0),
        (3, 3, "false", 3),
        (2, 2, "false", 2),
    ] {
        let mut job = job("gate").input("fail", fail);
        job.write("bin/code", &measured.to_string());
        job.write("bin/publish-code", &published.to_string());
        let ended = job.run();
        assert_eq!(ended.code, expected, "{measured} {published} {fail}: {}", ended.said);
        assert_eq!(
            ended.said.contains("::warning"),
            [4, 137].contains(&published),
            "{}",
            ended.said
        );
        assert_eq!(job.output("results.outputs.exit-code"), measured.to_string());
        assert_eq!(job.output("publish.outputs.outcome"), "pass");
    }
}

#[test]
fn a_measurement_without_a_report_fails() {
    for (code, expected) in [(0, 70), (2, 2), (70, 70)] {
        let mut job = job("gate");
        job.write("bin/silent", "");
        job.write("bin/code", &code.to_string());
        let ended = job.run();
        assert_eq!(ended.code, expected, "{}", ended.said);
        assert!(ended.said.contains("there is no report"), "{}", ended.said);
        assert_eq!(job.calls().len(), 1);
    }
}

/// A finished report that says exit code 2 was made by a wrong configuration: it is an error as any other.
#[test]
fn mode_publish_may_pass_all_the_same() {
    for (published, complete, expected) in
        [(1, true, 0), (2, true, 0), (3, true, 0), (1, false, 1), (3, false, 3)]
    {
        let mut job = Job::new("workflow_run").input("mode", "publish").input("fail", "false");
        job.write("bin/publish-code", &published.to_string());
        if !complete {
            job.write("bin/unpublished", "");
        }
        let ended = job.run();
        assert_eq!(ended.code, expected, "{published} {complete}: {}", ended.said);
    }
}

#[test]
fn a_lost_report_is_no_pass() {
    let mut job = job("gate");
    assert_eq!(job.step("prepare").code, 0);
    let ended = job.step("publish");
    assert_eq!(ended.code, 3, "{}", ended.said);
    assert!(ended.said.contains("left no report"), "{}", ended.said);
}
