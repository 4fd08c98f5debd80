use std::collections::BTreeSet;
use std::io::Write;
use std::path::{self, PathBuf};
use std::str::FromStr;

use anyhow::bail;
use clap::Args;
use rayon::prelude::*;

use super::files::{self, Written};
use super::whole::Whole;
use super::{Common, Edge};
use crate::diag::{ExitCode, quoted};
use crate::model::Report;
use crate::report::{self, Form, Options, Templates, calibration};

/// The forms of something that can be written, each with its name.
pub(super) trait Forms: Copy + 'static {
    /// Every form with its name on the command line.
    const ALL: &'static [(Self, &'static str)];
}

impl Forms for Form {
    const ALL: &'static [(Self, &'static str)] = Self::ALL;
}

impl Forms for calibration::Form {
    const ALL: &'static [(Self, &'static str)] = Self::ALL;
}

/// A form and the file it goes to, written `markdown=comment.md`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target<F> {
    pub(super) form: F,
    pub(super) file: PathBuf,
}

impl<F: Forms> FromStr for Target<F> {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let names: Vec<&str> = F::ALL.iter().map(|(_, name)| *name).collect();
        let names = names.join(", ");
        let (name, file) = text
            .split_once('=')
            .filter(|(_, file)| !file.is_empty())
            .ok_or_else(|| format!("write it as FORM=FILE; forms are {names}"))?;
        let form = F::ALL.iter().find(|(_, known)| *known == name);
        let &(form, _) =
            form.ok_or_else(|| format!("there is no form `{name}`; forms are {names}"))?;
        Ok(Self { form, file: file.into() })
    }
}

/// That no file is named twice: the second form would take the place of the first.
pub(super) fn distinct<F>(targets: &[Target<F>]) -> anyhow::Result<()> {
    let mut named = BTreeSet::new();
    for Target { file, .. } in targets.iter().filter(|target| !files::is_stream(&target.file)) {
        if !named.insert(path::absolute(file).unwrap_or_else(|_| file.clone())) {
            let file = quoted(&file.display().to_string());
            bail!("`--out` names {file} twice; give each form a file of its own");
        }
    }
    Ok(())
}

/// What the comment on a pull request says beside the report.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Comment")]
pub(super) struct CommentArgs {
    /// The gate's name, for a repository with several: 1 to 64 letters, digits, dots, underscores, hyphens.
    #[arg(long, value_name = "NAME", default_value = "default")]
    gate_name: String,
    /// Where the comment links for the full report.
    #[arg(long, value_name = "URL")]
    report_url: Option<String>,
    /// Where the comment links for how to read it.
    #[arg(long, value_name = "URL")]
    docs_url: Option<String>,
}

impl CommentArgs {
    /// The gate's name, as it stands on the command line.
    pub(super) fn gate_name(&self) -> &str {
        &self.gate_name
    }

    /// How to render.
    pub(super) fn options(
        &self,
        common: Common,
        edge: &Edge<'_>,
        date: jiff::civil::Date,
        templates: Templates,
    ) -> Options {
        Options {
            width: edge.width,
            colour: edge.colour_out,
            verbose: common.verbose,
            templates,
            gate_name: self.gate_name.clone(),
            date: Some(date),
            report_url: self.report_url.clone(),
            docs_url: self.docs_url.clone(),
            ..Options::default()
        }
    }
}

/// Prints the report and writes its files: how the command ends that would else end with `exit`. Whatever of it cannot be
/// done, the rest is.
pub(super) fn deliver(
    report: &Report,
    targets: &[Target<Form>],
    options: &Options,
    exit: ExitCode,
    common: Common,
    edge: &mut Edge<'_>,
) -> ExitCode {
    let plain = Options { colour: false, ..options.clone() };
    let printed = Options { quiet: common.quiet, ..options.clone() };
    let (streams, files): (Vec<_>, Vec<_>) =
        targets.iter().partition(|target| files::is_stream(&target.file));
    let (text, mut written) = rayon::join(
        || report::render(report, Form::Text, &printed),
        || {
            let filled = files.par_iter().map(|target| {
                Whole::fill(&target.file, |out| {
                    Ok(report::write(report, target.form, &plain, out)?)
                })
            });
            Written::held(|| filled.collect::<Vec<_>>().into_iter().map(|file| file?.put()))
        },
    );
    match text {
        Ok(text) => edge.print(&text),
        Err(error) => written.problems.push(error.to_diagnostic()),
    }
    for target in streams {
        let write = |out: &mut dyn Write| Ok(report::write(report, target.form, &plain, out)?);
        written.problems.extend(files::stream(&target.file, write).err());
    }
    written.settle(exit, edge)
}
