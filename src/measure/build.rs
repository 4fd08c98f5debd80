//! Building the bench executables of one side with cargo.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use serde::Deserialize;

use super::Halt;
use super::process::{self, Command, Output};
use crate::diag::{Code, Diagnostic, quoted};
use crate::model::Side;

/// How many lines of a failed build are shown.
const LINES: usize = 60;

/// An executable that holds benchmarks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Bench {
    /// The file.
    pub(super) file: PathBuf,
    /// The name of its bench target, or of the file.
    pub(super) target: String,
    /// The directory it runs in, as cargo would have it.
    pub(super) dir: PathBuf,
    /// What cargo sets for it at run time.
    pub(super) env: Vec<(OsString, OsString)>,
    /// How cargo names its package, where cargo built it.
    pub(super) package: Option<String>,
}

impl Bench {
    /// The name of its package, which is the same wherever that lies and whatever its version is.
    pub(super) fn package_name(&self) -> Option<&str> {
        let id = self.package.as_deref()?;
        // `name version (source)` up to cargo 1.76.
        if let Some((name, _)) = id.split_once(' ') {
            return Some(name);
        }
        let (source, fragment) = id.rsplit_once('#')?;
        match fragment.split_once('@') {
            Some((name, _)) => Some(name),
            // A package that is called as its directory.
            None => source.split('?').next()?.rsplit('/').next(),
        }
    }
}

/// A tree that is to be built, and where its build files go.
#[derive(Clone, Debug)]
pub(super) struct Tree {
    pub(super) side: Side,
    /// The package or workspace.
    pub(super) dir: PathBuf,
    /// Cargo's target directory for it.
    pub(super) target: PathBuf,
}

/// What of cargo's messages is read.
#[derive(Deserialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
enum Message {
    CompilerArtifact(Artifact),
    BuildScriptExecuted(BuildScript),
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Artifact {
    package_id: String,
    manifest_path: PathBuf,
    target: Target,
    executable: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

#[derive(Deserialize)]
struct BuildScript {
    #[serde(default)]
    linked_paths: Vec<String>,
}

/// Builds all bench targets that `cargo bench ARGUMENTS` would run; `may_be_empty`: having none is fine.
///
/// # Errors
/// The build fails, or has no bench target: the diagnostic names side, command and output.
pub(super) fn build(
    tree: &Tree,
    arguments: &[String],
    may_be_empty: bool,
    stop: &AtomicBool,
) -> Result<Vec<Bench>, Halt> {
    let command = cargo(tree, "bench")
        .args(["--no-run", "--message-format=json-render-diagnostics"])
        .args(arguments);
    let text = run(tree, &command, stop)?;
    let benches = executables(tree, &text);
    if benches.is_empty() && !may_be_empty {
        let message = format!("{} has no bench target that cargo builds", tree.side.name());
        return Err(Halt::input(
            Diagnostic::error(Code::BuildFailed, message)
                .file(tree.dir.display().to_string())
                .help(format!(
                    "{} built none; add a `[[bench]]`, or measure a command with `--cmd`",
                    quoted(&command.line())
                )),
        ));
    }
    Ok(benches)
}

/// Cargo, in a tree.
pub(super) fn cargo(tree: &Tree, subcommand: &str) -> Command {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let command = Command::new(cargo).arg(subcommand).env("CARGO_TARGET_DIR", &tree.target);
    Command { dir: Some(tree.dir.clone()), sampled: false, ..command }
}

/// The root of the workspace of a bench, where cargo runs the compiler; the tree itself where cargo does not tell.
pub(super) fn workspace(tree: &Tree, bench: &Bench, stop: &AtomicBool) -> Result<PathBuf, Halt> {
    let command = cargo(tree, "locate-project").args(["--workspace", "--message-format", "plain"]);
    let command = Command { dir: Some(bench.dir.clone()), ..command };
    let ended = process::run(&command, stop)?;
    let manifest = PathBuf::from(ended.stdout.text().trim());
    let root = manifest.parent().filter(|root| ended.status.success() && root.is_absolute());
    Ok(root.unwrap_or(&tree.dir).to_owned())
}

/// Runs cargo for a tree; all that it prints to standard output comes back.
pub(super) fn run(tree: &Tree, command: &Command, stop: &AtomicBool) -> Result<String, Halt> {
    fs::create_dir_all(&tree.target).map_err(|e| Halt::file("create", &tree.target, &e))?;
    let messages = tree.target.join(".benchgate-messages.json");
    let command = Command { stdout: Output::File(messages.clone()), ..command.clone() };
    let ended = process::run(&command, stop)?;
    let text = fs::read(&messages).map_err(|e| Halt::file("read", &messages, &e))?;
    // Nobody reads it again, and the next build empties it.
    let _ = fs::remove_file(&messages);
    if !ended.status.success() {
        let message = format!("{} does not build", tree.side.name());
        let help = format!(
            "{} in {} said:\n{}",
            quoted(&command.line()),
            quoted(&tree.dir.display().to_string()),
            ended.stderr.shown(LINES).trim_end()
        );
        return Err(Halt::input(Diagnostic::error(Code::BuildFailed, message).help(help)));
    }
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// The bench executables among cargo's messages, in the order of their targets' names.
fn executables(tree: &Tree, messages: &str) -> Vec<Bench> {
    let mut linked = Vec::new();
    let mut artifacts = Vec::new();
    for line in messages.lines() {
        // Build scripts and macros can print between the messages.
        match serde_json::from_str(line) {
            Ok(Message::CompilerArtifact(artifact))
                if artifact.target.kind.iter().any(|kind| kind == "bench") =>
            {
                artifacts.push(artifact);
            }
            Ok(Message::BuildScriptExecuted(script)) => linked.extend(script.linked_paths),
            _ => {}
        }
    }
    let libraries = libraries(tree, &linked);
    let mut benches: Vec<Bench> = artifacts
        .into_iter()
        .filter_map(|artifact| {
            let package = artifact.manifest_path.parent()?.to_owned();
            let mut env = vec![("CARGO_MANIFEST_DIR".into(), package.clone().into_os_string())];
            env.extend(libraries.clone());
            Some(Bench {
                file: artifact.executable?,
                target: artifact.target.name,
                dir: package,
                env,
                package: Some(artifact.package_id),
            })
        })
        .collect();
    benches.sort_by(|a, b| (&a.target, &a.file).cmp(&(&b.target, &b.file)));
    benches
}

/// Where the system finds shared libraries that were built along, as cargo sets it.
fn libraries(tree: &Tree, linked: &[String]) -> Option<(OsString, OsString)> {
    let variable = match () {
        () if cfg!(windows) => "PATH",
        () if cfg!(target_os = "macos") => "DYLD_FALLBACK_LIBRARY_PATH",
        () => "LD_LIBRARY_PATH",
    };
    let inside = |path: &Path| path.starts_with(&tree.target);
    let mut paths: Vec<PathBuf> = linked
        .iter()
        .map(|path| PathBuf::from(path.split_once('=').map_or(path.as_str(), |(_, path)| path)))
        .filter(|path| inside(path))
        .collect();
    if paths.is_empty() {
        return None;
    }
    paths.extend(env::split_paths(&env::var_os(variable).unwrap_or_default()));
    Some((variable.into(), env::join_paths(paths).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_has_its_name_in_every_form_of_its_id() {
        for id in [
            "path+file:///w/base/tree/core#0.1.0",
            "path+file:///w/head/tree/crates/x#core@0.2.0",
            "core 0.1.0 (path+file:///w/base/tree/core)",
            "git+https://example.org/a/core?branch=main#1.0.0",
        ] {
            let bench = Bench {
                file: "work-1".into(),
                target: "work".into(),
                dir: "w".into(),
                env: Vec::new(),
                package: Some(id.to_owned()),
            };
            assert_eq!(bench.package_name(), Some("core"), "{id}");
        }
    }
}
