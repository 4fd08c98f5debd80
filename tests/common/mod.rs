//! What the end-to-end tests share.

use assert_cmd::Command;

/// The program in the repository's root, with an environment that says nothing.
pub(crate) fn benchgate(arguments: &[&str]) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("benchgate"));
    command.args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).env_clear();
    // Git needs to be found; nothing else of the environment matters.
    if let Some(path) = std::env::var_os("PATH") {
        command.env("PATH", path);
    }
    command
}

/// Output as text.
pub(crate) fn said(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[allow(dead_code, reason = "not every test file needs it")]
/// JSON lines of benchmarks and their times in milliseconds.
pub(crate) fn jsonl(values: &[(&str, f64)]) -> String {
    values.iter().map(|(name, value)| format!("{{\"benchmark\":\"{name}\",\"metric\":\"time\",\"unit\":\"ms\",\"value\":{value}}}\n")).collect()
}
