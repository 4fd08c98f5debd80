use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::{Args, Subcommand};

use super::Edge;
use super::load::Where;
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
                edge.print(&format!("{:#}\n", config::schema()))?;
                Ok(ExitCode::Pass)
            }
        }
    }
}

fn check(rules: &Where, edge: &mut Edge<'_>) -> anyhow::Result<ExitCode> {
    let diagnostics: Vec<Diagnostic> = match rules.config() {
        Ok(config) if rules.config.is_none() && config.source == BUILT_IN => {
            edge.print("no configuration found: the built-in rules hold; `benchgate config init` writes a file to start from\n")?;
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
            ))?;
            Vec::new()
        }
        Err(diagnostics) => diagnostics,
    };
    let mut diagnostics = diagnostics;
    diagnostics.extend(rules.templates().err());
    edge.say(&diagnostics)?;
    Ok(if diagnostics.is_empty() { ExitCode::Pass } else { ExitCode::Usage })
}

impl Init {
    fn run(self, edge: &mut Edge<'_>) -> anyhow::Result<ExitCode> {
        let [default, _] = CANDIDATES;
        let file = self.file.unwrap_or_else(|| PathBuf::from(default));
        let opened = if self.force {
            OpenOptions::new().write(true).create(true).truncate(true).open(&file)
        } else {
            OpenOptions::new().write(true).create_new(true).open(&file)
        };
        let mut opened = match opened {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                bail!("{} exists; `--force` overwrites it", quoted(&file.display().to_string()))
            }
            other => other.with_context(|| format!("cannot write {}", file.display()))?,
        };
        opened
            .write_all(STARTER.as_bytes())
            .with_context(|| format!("cannot write {}", file.display()))?;
        edge.print(&format!("wrote {}\n", quoted(&file.display().to_string())))?;
        Ok(ExitCode::Pass)
    }
}
