use std::io::Write;
use std::path::PathBuf;

use anyhow::bail;
use clap::{Args, Subcommand};

use super::Edge;
use super::files::{self, Written};
use super::load::Where;
use super::whole::Whole;
use crate::config::{self, BUILT_IN, CANDIDATES, STARTER};
use crate::diag::{Diagnostic, ExitCode, quoted};

/// Check the configuration, write one to start from, print its schema.
#[derive(Debug, Subcommand)]
pub(super) enum Config {
    /// Say everything that is wrong with the configuration, each with its place.
    Check(Where),
    /// Write a commented configuration to start from.
    Init(Init),
    /// Print the JSON Schema of the configuration, for editors.
    Schema,
}

/// Write a commented configuration to start from.
#[derive(Debug, Args)]
pub(super) struct Init {
    /// Where to; left out, benchgate.yml.
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// Overwrite a file that exists.
    #[arg(long)]
    force: bool,
}

impl Config {
    pub(super) fn run(self, edge: &mut Edge<'_>) -> anyhow::Result<ExitCode> {
        match self {
            Self::Check(rules) => check(&rules, edge),
            Self::Init(init) => init.run(edge),
            Self::Schema => {
                edge.print(&format!("{:#}\n", config::schema()));
                Ok(ExitCode::Pass)
            }
        }
    }
}

fn check(rules: &Where, edge: &mut Edge<'_>) -> anyhow::Result<ExitCode> {
    let diagnostics: Vec<Diagnostic> = match rules.config() {
        Ok(config) if rules.config.is_none() && config.source == BUILT_IN => {
            edge.print("no configuration found: the built-in rules hold; `benchgate config init` writes a file to start from\n");
            Vec::new()
        }
        Ok(config) => {
            let counted =
                |n: usize, one: &str| format!("{n} {one}{}", if n == 1 { "" } else { "s" });
            // The first rule is the built-in one for presence.
            let (rules, waivers) = (
                config.rules.iter().filter(|rule| rule.place.is_some()).count(),
                config.waivers.len(),
            );
            edge.print(&format!(
                "{}: fine, {} and {}\n",
                quoted(&config.source),
                counted(rules, "rule"),
                counted(waivers, "waiver")
            ));
            Vec::new()
        }
        Err(diagnostics) => diagnostics,
    };
    let mut diagnostics = diagnostics;
    diagnostics.extend(rules.templates().err());
    edge.say(&diagnostics);
    Ok(if diagnostics.is_empty() { ExitCode::Pass } else { ExitCode::Usage })
}

impl Init {
    fn run(self, edge: &mut Edge<'_>) -> anyhow::Result<ExitCode> {
        let [default, _] = CANDIDATES;
        let file = self.file.unwrap_or_else(|| PathBuf::from(default));
        let shown = quoted(&file.display().to_string());
        let fill = |out: &mut dyn Write| Ok(out.write_all(STARTER.as_bytes())?);
        let written = if self.force {
            files::write(&file, fill)
        } else if file.symlink_metadata().is_ok() {
            bail!("{shown} exists; `--force` overwrites it")
        } else {
            Written::held(|| [Whole::fill(&file, fill).and_then(Whole::put_new)])
        };
        let exit = written.settle(ExitCode::Pass, edge);
        if exit == ExitCode::Pass {
            edge.print(&format!("wrote {shown}\n"));
        }
        Ok(exit)
    }
}
