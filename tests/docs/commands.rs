//! docs/commands.md: what each command takes, what it ends with, what it reads from the environment.

use std::fs;
use std::path::Path;

use benchgate::diag::ExitCode;
use benchgate::report::Form;

use crate::generated::current;
use crate::root;

const COMMANDS: &[&[&str]] = &[
    &["compare"],
    &["measure"],
    &["publish"],
    &["render"],
    &["calibrate"],
    &["config", "check"],
    &["config", "init"],
    &["config", "schema"],
    &["explain"],
];

/// What each form of the report is for.
const FORMS: &[(&str, &str)] = &[
    ("text", "The terminal, coloured where there is one. What `compare` prints."),
    (
        "markdown",
        "The comment on a pull request ([reading](reading.md)); cut to GitHub's size, the least important first. [A template](templates.md) can replace it.",
    ),
    (
        "html",
        "[One page](page.md) that loads nothing, with plots of every benchmark. A template can replace it.",
    ),
    (
        "junit",
        "Test reporters of CI systems: a suite for each metric with a case for each comparison, a suite for each table of a rule. What fails the build is a failure; what is suspect, inconclusive or missing is skipped, with the reason.",
    ),
    (
        "json",
        "Programs, and benchgate itself: [every number](report.md), from which `render` makes the other forms and `publish` decides again.",
    ),
];

/// Variables that benchgate reads itself, with what for.
const READ: &[(&[&str], &str)] = &[
    (
        &["GITHUB_TOKEN"],
        "`publish`: the token, or the variable that `--token-env` names. Never an argument, never printed, never seen by what is measured.",
    ),
    (
        &["GITHUB_ACTIONS"],
        "`publish`: whether it runs in a job on GitHub, where annotations are printed.",
    ),
    (
        &["GITHUB_EVENT_NAME", "GITHUB_EVENT_PATH"],
        "`publish`: what it runs for, and the payload of the event.",
    ),
    (
        &["GITHUB_REPOSITORY", "GITHUB_REPOSITORY_ID"],
        "`publish`: the repository, as `owner/name` and as number.",
    ),
    (
        &["GITHUB_RUN_ID", "GITHUB_RUN_ATTEMPT"],
        "`publish`: which run of the workflow this is, so that an older one never writes over a newer one.",
    ),
    (&["GITHUB_SHA"], "`publish`: the commit of events that name none."),
    (
        &["GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT"],
        "`publish`: the files for the summary of the job and the outputs of the step.",
    ),
    (
        &["GITHUB_API_URL", "GITHUB_GRAPHQL_URL", "GITHUB_SERVER_URL"],
        "`publish`: the addresses of GitHub; those of github.com where they are not set.",
    ),
    (
        &["ImageOS", "ImageVersion", "RUNNER_NAME"],
        "`measure`: what to call the machine: the image of a hosted runner, else the runner's name.",
    ),
    (
        &["CARGO", "RUSTC"],
        "`measure`: the programs to build with, and to ask for the compiler's version; `cargo` and `rustc` where they are not set.",
    ),
    (
        &["XDG_CACHE_HOME", "HOME", "LOCALAPPDATA"],
        "`measure`: where the user's cache is, which holds trees and builds unless `--work-dir` says otherwise.",
    ),
    (&["RUST_BACKTRACE"], "Whether a bug (exit code 70) prints where it was."),
];

/// Variables that libraries read for benchgate.
const READ_BY_LIBRARIES: &[(&str, &str)] = &[
    ("`NO_COLOR`, `CLICOLOR`, `CLICOLOR_FORCE`, `TERM`", "Colour, where `--color` is `auto`."),
    ("`HTTPS_PROXY`, `NO_PROXY`", "`publish`: the way to GitHub."),
];

/// Variables that benchgate sets for what it measures.
const SET: &[(&str, &str)] = &[
    ("BENCHGATE_SIDE", "`base` or `head`, for `--prepare` and `--cmd`."),
    (
        "BENCHGATE_SCRATCH",
        "A directory that is empty before each run of `--cmd` and removed after it.",
    ),
    (
        "CARGO_TARGET_DIR",
        "Where the build of a side lies, for cargo and `--prepare`; for bench executables a directory of the run.",
    ),
    ("CRITERION_HOME", "Where a bench executable writes its results."),
];

#[test]
fn the_reference_of_the_command_line_is_current() {
    let mut text = String::from(
        "# Commands\n\nMade from the program itself: `benchgate COMMAND --help` prints the same. [Forms of the report](#forms-of-the-report),\n[exit codes](#exit-codes) and [variables of the environment](#environment) stand at the end.\n",
    );
    for words in COMMANDS {
        text.push_str(&format!("\n## `{}`\n\n```text\n{}```\n", words.join(" "), help(words)));
    }
    text.push_str("\n## Forms of the report\n\n| form | for |\n|---|---|\n");
    for (name, meaning) in FORMS {
        text.push_str(&format!("| `{name}` | {meaning} |\n"));
    }
    text.push_str("\n## Exit codes\n\n| code | meaning |\n|---|---|\n");
    for (exit, meaning) in ExitCode::ALL {
        text.push_str(&format!("| {} | {meaning} |\n", exit.code()));
    }
    text.push_str("\nWhere several hold, the first of 70, 2, 3, 1, 5, 4, 0 counts. `publish` ends with the exit code of the report, or with 4\nwhere that is 0 and publishing failed; `render` with 0. With an error the report is still written, with `outcome: error`.\n");
    text.push_str("\n## Environment\n\nNo setting of the gate comes from the environment, so that the same inputs give the same report everywhere.\n\n| read | for |\n|---|---|\n");
    for (names, meaning) in READ {
        let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        text.push_str(&format!("| {} | {meaning} |\n", names.join(", ")));
    }
    for (names, meaning) in READ_BY_LIBRARIES {
        text.push_str(&format!("| {names} | {meaning} |\n"));
    }
    text.push_str("\n| set for what is measured | to |\n|---|---|\n");
    for (name, meaning) in SET {
        text.push_str(&format!("| `{name}` | {meaning} |\n"));
    }
    text.push_str("\n[What else a measured process sees](measuring.md#what-runs-sees-nothing), and what not.\n");
    current("docs/commands.md", &text);
}

/// What `--help` prints; the options that every command has only with the first.
fn help(words: &[&str]) -> String {
    let output = assert_cmd::Command::new(assert_cmd::cargo::cargo_bin!("benchgate"))
        .args(words)
        .arg("--help")
        .env_remove("COLUMNS")
        .output()
        .expect("a run");
    let text = String::from_utf8(output.stdout).expect("text");
    let text: String = text.lines().flat_map(|line| [line.trim_end(), "\n"]).collect();
    match text.split_once("\nPrinting:") {
        Some((own, _)) if words != ["compare"] => own.to_owned(),
        _ => text,
    }
}

/// Subcommands that the help names and the reference does not, and the other way round.
#[test]
fn the_reference_has_every_command() {
    let names = |words: &[&str]| -> Vec<String> {
        let text = help(words);
        let list = text.split("Commands:\n").nth(1).unwrap_or_default();
        let list = list.lines().take_while(|line| !line.is_empty());
        // Lines that go on are indented further.
        let own = list.filter_map(|line| line.strip_prefix("  ").filter(|l| !l.starts_with(' ')));
        own.filter_map(|line| line.split(' ').next())
            .filter(|name| *name != "help")
            .map(str::to_owned)
            .collect()
    };
    let mut found = names(&[]);
    found.retain(|name| name != "config");
    found.extend(names(&["config"]).into_iter().map(|name| format!("config {name}")));
    let mut listed: Vec<String> = COMMANDS.iter().map(|words| words.join(" ")).collect();
    found.sort();
    listed.sort();
    assert_eq!(found, listed);
}

#[test]
fn the_reference_has_every_form() {
    let forms: Vec<&str> = Form::ALL.iter().map(|(_, name)| *name).collect();
    let listed: Vec<&str> = FORMS.iter().map(|(name, _)| *name).collect();
    assert_eq!(listed, forms);
}

/// Whatever the source asks the environment for, or sets for a child, is in the tables.
#[test]
fn the_reference_has_every_variable() {
    let reads: Vec<&str> = READ.iter().flat_map(|(names, _)| names.iter().copied()).collect();
    let sets: Vec<&str> = SET.iter().map(|(name, _)| *name).collect();
    let mut found = 0;
    for entry in walkdir::WalkDir::new(root().join("src")) {
        let path = entry.expect("a readable tree").into_path();
        if !path.is_file() || is_test(&path) {
            continue;
        }
        let text = fs::read_to_string(&path).expect("a source");
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        for (begin, known) in [
            ("variable(\"", &reads),
            ("var(\"", &reads),
            ("var_os(\"", &reads),
            ("set(\"", &reads),
            ("file(\"", &reads),
            ("from(\"", &reads),
            (".env(\"", &sets),
        ] {
            for rest in code.split(begin).skip(1) {
                let name = rest.split('"').next().unwrap_or_default();
                // The tests' own, and what git is told.
                let own = matches!(name, "INSTA_UPDATE" | "GIT_TERMINAL_PROMPT" | "LC_ALL");
                if is_variable(name) && !own {
                    assert!(
                        known.contains(&name),
                        "{}: docs/commands.md lacks {name}",
                        path.display()
                    );
                    found += 1;
                }
            }
        }
    }
    assert!(found >= 15, "{found} variables");
}

fn is_test(path: &Path) -> bool {
    let text = path.to_string_lossy();
    text.ends_with("tests.rs")
        || text.ends_with("testing.rs")
        || text.contains("/tests/")
        || !text.ends_with(".rs")
}

fn is_variable(name: &str) -> bool {
    name.len() > 2 && name.chars().all(|c| c.is_ascii_uppercase() || c == '_')
}
