use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal,)+) => {
        /// The kinds of diagnostics. The doc comment of each is what `benchgate explain CODE` prints.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Code {
            $($(#[doc = $doc])+ #[serde(rename = $name)] $variant,)+
            /// A kind that a newer version of benchgate wrote into a report.
            #[serde(other, rename = "unknown")] Unknown,
        }

        impl Code {
            /// Every kind, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The name, as it stands in brackets behind a message.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                    Self::Unknown => "unknown",
                }
            }

            /// What it means and what to do.
            #[must_use]
            pub fn explanation(self) -> &'static str {
                match self {
                    $(Self::$variant => concat!($($doc, "\n",)+),)+
                    Self::Unknown => " A kind that a newer version of benchgate wrote into a report.\n",
                }
            }
        }
    };
}

codes! {
    /// The YAML file is not YAML: a bracket, a quote or an indentation is wrong.
    ConfigSyntax = "config-syntax",
    /// A key that benchgate does not know stands in the configuration. Unknown keys are errors because a
    /// misspelt threshold that is silently ignored is a gate that is silently open.
    UnknownKey = "unknown-key",
    /// The same key stands twice in one map of the configuration; which one holds would be a guess.
    DuplicateKey = "duplicate-key",
    /// A value of the configuration is not what the key takes: a unit, a glob, a date, a number.
    InvalidValue = "invalid-value",
    /// A key that must be there is not.
    MissingKey = "missing-key",
    /// A level stands below the margin of its rule, or the levels do not rise from notice to critical. A change
    /// inside the margin is never called a regression, so such a level could never be reached as written.
    LevelOrder = "level-order",
    /// A rule or waiver names a metric that benchgate does not know. Declare it under `metrics:` with its unit
    /// and which way is better.
    UnknownMetric = "unknown-metric",
    /// The configuration file cannot be read.
    ConfigUnreadable = "config-unreadable",
    /// A template cannot be read or rendered.
    Template = "template",
    /// A waiver covered nothing in this comparison. Remove it, or correct its benchmark or metric.
    UnusedWaiver = "unused-waiver",
    /// A waiver's last day is over, so it covers nothing any more. Remove it or renew it.
    ExpiredWaiver = "expired-waiver",
    /// A rule matched no benchmark of the inputs. It guards nothing; correct its glob or its metric.
    UnusedRule = "unused-rule",
    /// None of the comparisons is covered by a regression rule, so nothing could have failed.
    NothingGated = "nothing-gated",
    /// A path cannot be read: it does not exist, or the permission is missing.
    Unreadable = "unreadable",
    /// A file that was asked for cannot be written: its folder does not exist, the disk is full, the permission is missing.
    /// What was there before is as it was, the other files are written, and the exit code is 2, so that no later step
    /// takes an old report for this one.
    Unwritable = "unwritable",
    /// No format recognises the path. `--format` forces one.
    UnknownFormat = "unknown-format",
    /// The named baseline is not in a criterion directory; as a warning, a benchmark has the baseline of one variant but
    /// not that of another.
    MissingBaseline = "missing-baseline",
    /// A file is not what its format says, or breaks off in the middle.
    Malformed = "malformed",
    /// A line of a JSONL file or of a run set cannot be read.
    BadLine = "bad-line",
    /// A field of a JSONL line is neither name, parameter, metric nor context, so it was not read.
    UnreadField = "unread-field",
    /// A timestamp of a JSONL line cannot be read, is missing between others, or goes back in time. The numbers of the
    /// line count, but nobody knows when they were taken: a growth rule cannot use them.
    BadTimestamp = "bad-timestamp",
    /// Samples of resources that name no benchmark were taken when none is known to have run, so they were left out.
    OutsideWindow = "outside-window",
    /// A criterion directory has results but no `benchmark.json`, which criterion writes last: the run was
    /// interrupted. Delete the directory and measure again.
    Interrupted = "interrupted",
    /// Files of one criterion directory are much older than the rest: left over from a benchmark that no longer
    /// runs, or that was filtered out.
    Stale = "stale",
    /// Two results of one run have the same benchmark id and metric. Two bench targets with one id overwrite each
    /// other in criterion's directory; rename one of them.
    DuplicateBenchmark = "duplicate-benchmark",
    /// A run gave zero where zero is no number (time, throughput).
    ZeroValue = "zero-value",
    /// A run gave a number that is negative, infinite or not a number.
    NonFinite = "non-finite",
    /// The two sides give a metric in units that cannot be compared.
    UnitMismatch = "unit-mismatch",
    /// One side gives a metric of one benchmark in two units that cannot be compared.
    MixedUnits = "mixed-units",
    /// A measurement has more than 1,000 runs.
    TooManyRuns = "too-many-runs",
    /// Blocks of a run set that hold only one side were left out: a pair needs both.
    IncompleteBlocks = "incomplete-blocks",
    /// The inputs hold no measurement at all. Nothing measured is never a pass.
    NothingMeasured = "nothing-measured",
    /// One side holds no measurement.
    EmptySide = "empty-side",
    /// Both sides are the same recording: the same baseline, or the same samples in every benchmark.
    SameRecording = "same-recording",
    /// A command that measuring needs could not be started, was killed, or ran past its time limit.
    CommandFailed = "command-failed",
    /// The directory for the run set is taken: it holds one already, or another benchgate writes to it.
    RunSetTaken = "run-set-taken",
    /// The run set cannot be written, or is not the one that should be resumed.
    RunSetUnusable = "run-set-unusable",
    /// The machine does other work while it measures, or lacks memory or disk: numbers scatter more than they must.
    BusyMachine = "busy-machine",
    /// The two sides were measured in different environments (another CPU, another compiler), so a difference
    /// between them need not come from the code: a regression is a suspect at most.
    EnvironmentMismatch = "environment-mismatch",
    /// Fewer blocks or links than a decision needs, so that a change is a suspect at most, or than the windows of a
    /// calibration are to have.
    TooFewBlocks = "too-few-blocks",
    /// The two sides of a recording that calibrates the gate are different commits. What the gate finds there may
    /// be a real change: calibrating needs identical code on both sides.
    DifferentCode = "different-code",
    /// A report is not a report of a version that this program reads, or holds more than a report may.
    BadReport = "bad-report",
    /// A pattern of the machine or the build, not of one benchmark: all benchmarks moved together.
    SuiteShift = "suite-shift",
    /// A git revision does not exist or cannot be checked out.
    BadRevision = "bad-revision",
    /// One side cannot be built, so there is nothing to measure.
    BuildFailed = "build-failed",
    /// A bench executable is none that benchgate can ask for one benchmark. `--cmd` measures any command.
    UnknownHarness = "unknown-harness",
    /// Only one of the two revisions has the benchmark; it is run once, so that the report can name it.
    OneSided = "one-sided",
    /// A run ended badly, took longer than its limit or left no result. The benchmark was not measured further.
    RunFailed = "run-failed",
    /// What was asked for would not give a fair or a useful measurement on this machine.
    UnfairMeasurement = "unfair-measurement",
    /// Measuring ended before its plan was done: it was interrupted, or the budget was used up.
    Unfinished = "unfinished",
    /// An address of GitHub in the environment (`GITHUB_API_URL`, `GITHUB_GRAPHQL_URL`, `GITHUB_SERVER_URL`) is not one
    /// that a token may be sent to: it is not encrypted, or the two of the API are on different hosts.
    ServerAddress = "server-address",
    /// The token for GitHub is empty, cannot be one, or GitHub does not accept it.
    BadToken = "bad-token",
    /// GitHub knows the token, but it may not do this. The job lacks a line under `permissions:`, or it runs for a
    /// pull request from a fork, where the token is read-only whatever stands there.
    MissingPermission = "missing-permission",
    /// GitHub limits the rate of requests, or answers so slowly, that waiting would take more than `--max-wait`.
    RateLimited = "rate-limited",
    /// GitHub cannot be reached, or is down.
    GithubUnreachable = "github-unreachable",
    /// GitHub understood the request and refused it: what it is about does not exist, is gone or locked, or a value
    /// is not allowed.
    GithubRefused = "github-refused",
    /// An answer is not GitHub's, not in its form, too large, or leads to a host where the token must not go.
    UnexpectedAnswer = "unexpected-answer",
    /// The environment of the job or the payload of its event is not what GitHub writes there, or lacks what publishing
    /// needs.
    BadEvent = "bad-event",
    /// The summary of the job or the outputs of the step could not be written. The verdict does not depend on them.
    NotPublished = "not-published",
    /// Something was left as it is on GitHub, on purpose: a newer run has spoken, the branch has moved on, the
    /// conversation is locked.
    Skipped = "skipped",
    /// The workflow run that measured left no report: it failed before there was one, did not upload it, or the
    /// artifact has expired. Nothing measured is never a pass.
    NoArtifact = "no-artifact",
    /// The artifact of a workflow run is not one that holds a report: it is no zip archive, does not hold the report
    /// exactly once as a plain file, or is larger than it may be. Whoever opens a pull request chooses what is in it, so
    /// nothing else of it is looked at.
    BadArtifact = "bad-artifact",
    /// The same commit is at the head of several pull requests, and the report does not say which of their base branches
    /// it was measured against.
    SeveralPullRequests = "several-pull-requests",
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
