//! A job on a runner: a repository, the action, a program that only notes how it was called.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

use crate::definition::{Action, action};
use crate::root;

/// Notes its arguments and its token, lets "measured code" run, writes what it is asked for.
const PROGRAM: &str = r#"#!/bin/sh
here=$(dirname "$0")
if [ "$1" = --version ]; then echo "benchgate 0.0.0"; exit 0; fi
printf '%s|' "$@" >>"$here/calls"
printf 'token=%s\n' "${GITHUB_TOKEN-none}" >>"$here/calls"
case $1 in
  publish)
    [ ! -f "$here/publish-code" ] || code=$(cat "$here/publish-code")
    printf 'outcome=pass\n' >>"$GITHUB_OUTPUT"
    [ ! -f "$here/unpublished" ] || printf 'published=false\n' >>"$GITHUB_OUTPUT"
    exit "${code:-0}" ;;
esac
for argument in "$@"; do
  case $argument in --out=*) [ -f "$here/silent" ] || echo report >"${argument#--out=*=}" ;; esac
done
[ ! -f "$here/measured-code" ] || . "$here/measured-code"
exit "$(cat "$here/code" 2>/dev/null || echo 0)"
"#;

/// How a step ended.
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) said: String,
}

pub(crate) struct Job {
    directory: TempDir,
    action: Action,
    pub(crate) inputs: BTreeMap<String, String>,
    /// Expressions of the event and what they give.
    pub(crate) event: BTreeMap<String, String>,
    /// The environment of every step.
    pub(crate) variables: BTreeMap<String, String>,
    outputs: BTreeMap<String, String>,
}

impl Job {
    /// A job for an event, with a repository of one commit.
    pub(crate) fn new(event: &str) -> Self {
        let job = Self {
            directory: TempDir::new().expect("a directory"),
            action: action(),
            inputs: BTreeMap::new(),
            event: BTreeMap::new(),
            variables: BTreeMap::new(),
            outputs: BTreeMap::new(),
        };
        for folder in [
            "workspace",
            "temp/_runner_file_commands",
            "tools",
            "bin",
            "action/action",
            "action/src",
        ] {
            fs::create_dir_all(job.path(folder)).expect("a folder");
        }
        // Those of the step that uses the action, which the runner reads at the very end.
        for file in FILES {
            job.write(&runner_file(file, "outer"), "");
        }
        job.write("action/Cargo.toml", "version = \"0.0.0\"\n");
        for entry in fs::read_dir(root().join("action")).expect("the scripts") {
            let file = entry.expect("a file").path();
            let name = file.file_name().expect("a name").to_string_lossy().into_owned();
            fs::copy(&file, job.path(&format!("action/action/{name}"))).expect("a copy");
        }
        job.executable("bin/benchgate", PROGRAM);
        job.git(&["init", "--quiet", "--initial-branch=main"]);
        job.commit("one");
        let program = job.path("bin/benchgate").display().to_string();
        job.event("github.token", "ghs_secret")
            .input("version", &program)
            .variable("GITHUB_EVENT_NAME", event)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(crate) fn input(mut self, name: &str, value: &str) -> Self {
        assert!(self.action.inputs.0.iter().any(|(known, _)| known == name), "{name}");
        self.inputs.insert(name.to_owned(), value.to_owned());
        self
    }

    pub(crate) fn event(mut self, expression: &str, value: &str) -> Self {
        self.event.insert(expression.to_owned(), value.to_owned());
        self
    }

    pub(crate) fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("a file");
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_default()
    }

    pub(crate) fn executable(&self, name: &str, text: &str) {
        self.write(name, text);
        fs::set_permissions(self.path(name), fs::Permissions::from_mode(0o755))
            .expect("permission");
    }

    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        let output = self
            .clean(Command::new("git"))
            .args(arguments)
            .current_dir(self.path("workspace"))
            .output()
            .expect("git runs");
        assert!(output.status.success(), "git {arguments:?}: {output:?}");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// Commits a file of that name: the commit.
    pub(crate) fn commit(&self, name: &str) -> String {
        self.write(&format!("workspace/{name}"), name);
        self.git(&["add", "."]);
        self.git(&["commit", "--quiet", "--message", name]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// Runs a step, by its id, as a runner does.
    pub(crate) fn step(&mut self, id: &str) -> Ended {
        let step = self.action.runs.steps.iter().find(|step| step.id == id).expect("a step");
        let mut command = self.clean(Command::new("/bin/sh"));
        self.write("step.sh", &step.run);
        command.arg("-e").arg(self.path("step.sh")).current_dir(self.path("workspace"));
        command.envs(&self.variables);
        for (name, value) in &step.env {
            command.env(name, self.evaluate(value));
        }
        for file in FILES {
            let name = runner_file(file, id);
            self.write(&name, "");
            command.env(file, self.path(&name));
        }
        let output = command.output().expect("sh runs");
        for line in self.read(&runner_file("GITHUB_OUTPUT", id)).lines() {
            let (name, value) = line.split_once('=').expect("an output");
            self.outputs.insert(format!("steps.{id}.outputs.{name}"), value.to_owned());
        }
        let said = [output.stdout, output.stderr].concat();
        Ended {
            code: output.status.code().unwrap_or(-1),
            said: String::from_utf8_lossy(&said).into_owned(),
        }
    }

    /// Runs all steps until one fails: the code of the last.
    pub(crate) fn run(&mut self) -> Ended {
        const STEPS: [&str; 3] = ["prepare", "results", "publish"];
        let mut said = String::new();
        for name in STEPS.iter().flat_map(|id| FILES.map(|file| runner_file(file, id))) {
            // A runner gives them other names in every run.
            fs::remove_file(self.path(&name)).ok();
        }
        self.outputs.clear();
        for id in STEPS {
            let ended = self.step(id);
            said.push_str(&ended.said);
            if ended.code != 0 {
                return Ended { code: ended.code, said };
            }
        }
        Ended { code: 0, said }
    }

    /// How the program was called, an entry a call.
    pub(crate) fn calls(&self) -> Vec<String> {
        let temp = self.path("temp").display().to_string();
        self.read("bin/calls").lines().map(|call| call.replace(&temp, "TEMP")).collect()
    }

    /// An output of a step.
    pub(crate) fn output(&self, name: &str) -> &str {
        self.outputs.get(&format!("steps.{name}")).map_or("", String::as_str)
    }

    fn evaluate(&self, value: &str) -> String {
        let Some(expression) = value.strip_prefix("${{ ").and_then(|rest| rest.strip_suffix(" }}"))
        else {
            return value.to_owned();
        };
        if expression == "inputs.mode != 'collect' && inputs.github-token || ''" {
            let collect = self.evaluate("${{ inputs.mode }}") == "collect";
            return if collect {
                String::new()
            } else {
                self.evaluate("${{ inputs.github-token }}")
            };
        }
        if let Some(name) = expression.strip_prefix("inputs.") {
            let input = self.action.inputs.0.iter().find(|(known, _)| known == name);
            let (_, input) = input.expect("an input that exists");
            return self.inputs.get(name).cloned().unwrap_or_else(|| self.evaluate(&input.default));
        }
        let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        assert!(
            expression.chars().all(plain),
            "an expression that this runner does not know: {value}"
        );
        let known = self.event.get(expression).or_else(|| self.outputs.get(expression));
        known.cloned().unwrap_or_default()
    }

    /// A command that sees nothing of the machine but its tools.
    fn clean(&self, mut command: Command) -> Command {
        let path = std::env::var("PATH").unwrap_or_default();
        command.env_clear();
        command
            .env("PATH", format!("{}:{path}", self.path("bin").display()))
            .env("HOME", self.directory.path())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GITHUB_ACTION_PATH", self.path("action"))
            .env("RUNNER_TEMP", self.path("temp"))
            .env("RUNNER_TOOL_CACHE", self.path("tools"))
            .env("RUNNER_OS", "Linux")
            .env("RUNNER_ARCH", "X64");
        for role in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{role}_NAME"), "a").env(format!("GIT_{role}_EMAIL"), "a@b.c");
        }
        command
    }
}

/// Where such a file of a step is, named as the runner names it.
pub(crate) fn runner_file(variable: &str, step: &str) -> String {
    let prefix = match variable {
        "GITHUB_ENV" => "set_env",
        "GITHUB_PATH" => "add_path",
        "GITHUB_STATE" => "save_state",
        "GITHUB_OUTPUT" => "set_output",
        _ => "step_summary",
    };
    format!("temp/_runner_file_commands/{prefix}_{step}")
}

/// The files through which a step steers its job.
pub(crate) const FILES: [&str; 5] =
    ["GITHUB_ENV", "GITHUB_PATH", "GITHUB_STATE", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"];
