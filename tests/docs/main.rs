//! The documentation: every block that calls benchgate runs, what is generated is current.

#![expect(clippy::expect_used, reason = "what cannot be read is a failed test")]

mod commands;
mod generated;
mod links;
mod report;

use std::fs;
use std::path::PathBuf;

use benchgate::config::Config;
use benchgate::diag::ExitCode;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every `console` block of README and docs gives the output and the exit code that stand in it.
#[test]
fn console_blocks_run_as_they_stand() {
    trycmd::TestCases::new().case("README.md").case("docs/*.md");
}

/// The pages: those at the root and those in `docs`.
fn markdown_files() -> Vec<PathBuf> {
    let docs = fs::read_dir(root().join("docs")).expect("docs");
    let mut files: Vec<PathBuf> = docs
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|e| e == "md"))
        .collect();
    files.extend(["README.md", "CONTRIBUTING.md", "CHANGELOG.md"].map(|name| root().join(name)));
    files.sort();
    files
}

/// The blocks of a language, each with the file it stands in.
fn blocks(language: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for file in markdown_files() {
        let text = fs::read_to_string(&file).expect("a readable file");
        for part in text.split(&format!("\n```{language}\n")).skip(1) {
            let block = part.split("\n```").next().unwrap_or_default();
            found.push((file.display().to_string(), block.to_owned()));
        }
    }
    found
}

#[test]
fn configurations_of_the_documentation_are_valid() {
    let blocks = blocks("yaml");
    assert!(!blocks.is_empty());
    for (file, block) in blocks {
        assert!(Config::parse("block", &block, None).is_ok(), "{file}:\n{block}");
    }
}

/// Shell blocks name only options that exist: each line that calls benchgate gets past the command line.
#[test]
fn shell_blocks_use_options_that_exist() {
    let mut calls = 0;
    for (file, block) in blocks("sh") {
        for line in block.replace("\\\n", " ").lines() {
            let Some(arguments) = line
                .trim()
                .strip_prefix("benchgate ")
                .or_else(|| line.trim().strip_prefix("cargo run -q -- "))
            else {
                continue;
            };
            calls += 1;
            let folder = tempfile::tempdir().expect("a folder");
            let words = arguments.split_whitespace().map(|word| word.trim_matches('"'));
            let output = assert_cmd::Command::new(assert_cmd::cargo::cargo_bin!("benchgate"))
                .args(words)
                .current_dir(folder.path())
                .output()
                .expect("a run");
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(!said.contains("try '--help'"), "{file}: {line}\n{said}");
        }
    }
    assert!(calls >= 3, "{calls} calls");
}

#[test]
fn the_configuration_of_the_readme_is_the_example() {
    let example =
        fs::read_to_string(root().join("docs/examples/benchgate.yml")).expect("the example");
    let readme = fs::read_to_string(root().join("README.md")).expect("README.md");
    assert!(
        readme.contains(&format!("```yaml\n{example}```")),
        "README.md does not show docs/examples/benchgate.yml"
    );
}

#[test]
fn the_readme_lists_every_exit_code() {
    let readme = fs::read_to_string(root().join("README.md")).expect("README.md");
    for (exit, meaning) in ExitCode::ALL {
        let row = format!("| {} | {meaning} |", exit.code());
        assert!(readme.contains(&row), "README.md lacks `{row}`");
    }
}
