//! The README's table and the examples.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use crate::definition::action;
use crate::{root, text};

/// Every input and output, as the README shows them.
fn tables() -> String {
    let action = action();
    let mut table = String::from("| input | default | meaning |\n|---|---|---|\n");
    for (name, input) in &action.inputs.0 {
        let default =
            if input.default.is_empty() { String::new() } else { format!("`{}`", input.default) };
        table.push_str(&format!("| `{name}` | {default} | {} |\n", input.description.trim()));
    }
    table.push_str("\n| output | meaning |\n|---|---|\n");
    for (name, output) in &action.outputs.0 {
        table.push_str(&format!("| `{name}` | {} |\n", output.description.trim()));
    }
    table
}

/// `BENCHGATE_UPDATE=1` writes it.
#[test]
fn the_readme_lists_every_input_and_output() {
    const BEGIN: &str = "<!-- inputs and outputs, written from action.yml -->\n\n";
    const END: &str = "\n<!-- end of inputs and outputs -->";
    let readme = text("README.md");
    let (before, rest) = readme.split_once(BEGIN).expect("the beginning of the table");
    let (found, after) = rest.split_once(END).expect("the end of the table");
    let tables = tables();
    if std::env::var_os("BENCHGATE_UPDATE").is_some() {
        fs::write(root().join("README.md"), format!("{before}{BEGIN}{tables}{END}{after}"))
            .expect("a writable README");
    } else {
        assert!(
            found == tables,
            "README.md is not current; `BENCHGATE_UPDATE=1 cargo test --test action` writes it"
        );
    }
}

/// The YAML files below a folder.
fn files(folder: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(root().join(folder))
        .expect("a folder")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "yml"))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{folder} holds no workflow");
    files
}

#[test]
fn workflows_of_the_documentation_are_examples() {
    let examples: Vec<String> = files("docs/examples/workflows").into_iter().map(text).collect();
    let mut blocks = 0;
    for document in ["README.md", "docs/github.md"] {
        for part in text(document).split("\n```yml\n").skip(1) {
            let block = part.split("```").next().unwrap_or_default();
            blocks += 1;
            assert!(
                examples.iter().any(|example| example.contains(block)),
                "{document}: no example holds\n{block}"
            );
        }
    }
    assert!(blocks >= 1, "no workflow is shown");
    let github = text("docs/github.md");
    for file in files("docs/examples/workflows") {
        let name = file.file_name().expect("a name").to_string_lossy().into_owned();
        let link = format!("(examples/workflows/{name})");
        assert!(github.contains(&link), "docs/github.md does not link {name}");
    }
}

/// What other people's code a workflow runs is named by commit, with the release it is.
#[test]
fn actions_are_pinned_by_commit() {
    let mut uses = 0;
    for file in files(".github/workflows").into_iter().chain(files("docs/examples/workflows")) {
        for line in text(&file).lines() {
            let step = line.trim_start().trim_start_matches("- ");
            let Some(action) = step.strip_prefix("uses: ") else { continue };
            uses += 1;
            let (name, comment) = action.split_once(" # ").unwrap_or((action, ""));
            let pinned = name.split_once('@').is_some_and(|(_, commit)| {
                commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit())
            });
            let own = name == "./" || name == "benchgate/benchgate@main";
            assert!(own || (pinned && comment.starts_with('v')), "{}: {line}", file.display());
        }
    }
    assert!(uses >= 10, "{uses} uses");
}

/// The programs that the action asks for are those that a release builds, sums up and collects licences for.
#[test]
fn a_release_has_the_programs_that_the_action_downloads() {
    let targets = |path: &str| -> BTreeSet<String> {
        let is_part =
            |character: char| character.is_ascii_alphanumeric() || "_-".contains(character);
        text(path)
            .split(|character| !is_part(character))
            .map(|word| word.trim_start_matches("benchgate-"))
            .filter(|word| word.starts_with("x86_64-") || word.starts_with("aarch64-"))
            .map(str::to_owned)
            .collect()
    };
    let asked = targets("action/prepare.sh");
    assert_eq!(asked.len(), 5, "{asked:?}");
    for path in
        [".ci/checksums", ".github/workflows/ci.yml", ".github/workflows/release.yml", "about.toml"]
    {
        assert_eq!(targets(path), asked, "{path}");
    }
}
