//! The environment of a child, without what gives power over the repository or the job.

use std::collections::BTreeMap;
use std::env;
use std::ffi::{OsStr, OsString};

/// Variables of GitHub Actions that only say what is being built. All others that begin with `GITHUB_` are taken
/// away: tokens, and the files through which a job is steered.
const HARMLESS: &[&str] = &[
    "GITHUB_ACTIONS",
    "GITHUB_BASE_REF",
    "GITHUB_EVENT_NAME",
    "GITHUB_HEAD_REF",
    "GITHUB_JOB",
    "GITHUB_REF",
    "GITHUB_REF_NAME",
    "GITHUB_REPOSITORY",
    "GITHUB_RUN_ATTEMPT",
    "GITHUB_RUN_ID",
    "GITHUB_RUN_NUMBER",
    "GITHUB_SHA",
    "GITHUB_WORKSPACE",
];

/// Parts, between underscores or hyphens, by which the name of a secret is known.
const SECRET_WORDS: &[&str] = &[
    "AUTH",
    "COOKIE",
    "COOKIES",
    "CREDENTIAL",
    "CREDENTIALS",
    "DSN",
    "JWT",
    "KEY",
    "PASSPHRASE",
    "PASSWD",
    "PASSWORD",
    "PAT",
    "PWD",
    "SECRET",
    "SECRETS",
    "TOKEN",
    "TOKENS",
    "WEBHOOK",
];

/// Ends of such parts.
const SECRET_ENDS: &[&str] =
    &["AUTH", "COOKIE", "DSN", "JWT", "KEY", "PASSWORD", "SECRET", "TOKEN"];

/// Words that end so by chance.
const WORDS: &[&str] = &["DONKEY", "HOTKEY", "MONKEY", "TURKEY"];

/// Beginnings of names.
const PREFIXES: &[&str] = &[
    "ACTIONS_",
    "GITHUB_",
    "GIT_CONFIG_COUNT",
    "GIT_CONFIG_KEY_",
    "GIT_CONFIG_PARAMETERS",
    "GIT_CONFIG_VALUE_",
    "INPUT_",
];

/// Names that the words above do not find, or find by mistake.
const HIDDEN: &[&str] = &[
    "GIT_ASKPASS",
    "RUNNER_TEMP",
    "SSH_ASKPASS",
    "SSH_AUTH_SOCK",
    "SSH_AGENT_PID",
    "NETRC",
    "KUBECONFIG",
];
const KEPT: &[&str] = &["PWD", "OLDPWD"];

/// Whether a variable of this name is kept from children.
///
/// Hidden are `ACTIONS_*`, `INPUT_*`, git's settings by variable (checkouts pass credentials so), `GITHUB_*` but for the names that only say what is built
/// (`GITHUB_SHA`, `GITHUB_REF` …), and every name with a word such as `TOKEN`, `SECRET`, `PASSWORD` or `KEY`.
#[must_use]
pub fn is_hidden(name: &OsStr) -> bool {
    let name = name.to_string_lossy().to_ascii_uppercase();
    if HARMLESS.contains(&name.as_str()) || KEPT.contains(&name.as_str()) {
        return false;
    }
    PREFIXES.iter().any(|prefix| name.starts_with(prefix))
        || HIDDEN.contains(&name.as_str())
        || name.split(['_', '-', '.']).any(|word| {
            SECRET_WORDS.contains(&word)
                || (!WORDS.contains(&word) && SECRET_ENDS.iter().any(|end| word.ends_with(end)))
        })
}

/// The environment of benchgate without hidden variables and those in `hide`, with `set` over it.
pub(super) fn environment(
    hide: &[OsString],
    set: &[(OsString, OsString)],
) -> BTreeMap<OsString, OsString> {
    let mut kept: BTreeMap<_, _> =
        env::vars_os().filter(|(name, _)| !is_hidden(name) && !hide.contains(name)).collect();
    kept.extend(set.iter().cloned());
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_and_the_files_that_steer_a_job_are_hidden() {
        for name in [
            "GITHUB_TOKEN",
            "github_token",
            "GITHUB_ENV",
            "GITHUB_PATH",
            "GITHUB_OUTPUT",
            "GITHUB_STATE",
            "GITHUB_STEP_SUMMARY",
            "GITHUB_EVENT_PATH",
            "ACTIONS_RUNTIME_TOKEN",
            "ACTIONS_ID_TOKEN_REQUEST_URL",
            "ACTIONS_CACHE_URL",
            "INPUT_GITHUB-TOKEN",
            "GH_TOKEN",
            "CARGO_REGISTRIES_PRIVATE_TOKEN",
            "AWS_SECRET_ACCESS_KEY",
            "AWS_ACCESS_KEY_ID",
            "NPM_AUTHTOKEN",
            "OPENAI_API_KEY",
            "DB_PASSWORD",
            "SIGNINGKEY",
            "DEPLOY_SSHKEY",
            "NPM_CONFIG__AUTH",
            "DOCKER_AUTH_CONFIG",
            "SENTRY_DSN",
            "SESSION_COOKIE",
            "CI_JOB_JWT",
            "RUNNER_TEMP",
            "GIT_CONFIG_VALUE_0",
            "GIT_CONFIG_COUNT",
        ] {
            assert!(is_hidden(OsStr::new(name)), "{name}");
        }
    }

    #[test]
    fn what_a_build_needs_is_kept() {
        for name in [
            "PATH",
            "HOME",
            "PWD",
            "CARGO_HOME",
            "RUSTFLAGS",
            "RUSTUP_TOOLCHAIN",
            "LD_LIBRARY_PATH",
            "GITHUB_SHA",
            "GITHUB_ACTIONS",
            "RUNNER_OS",
            "RUNNER_TRACKING_ID",
            "CI",
            "TERM",
            "KEYBOARD",
            "MONKEY",
            "GIT_AUTHOR_NAME",
        ] {
            assert!(!is_hidden(OsStr::new(name)), "{name}");
        }
    }

    #[test]
    fn the_environment_is_scrubbed_and_extended() {
        let set = [("BENCH_MODE".into(), "x".into())];
        let environment = environment(&["PATH".into()], &set);
        assert!(!environment.contains_key(OsStr::new("PATH")));
        assert_eq!(environment.get(OsStr::new("BENCH_MODE")), Some(&"x".into()));
    }
}
