use std::path::{Path, PathBuf};

use clap::Args;

use super::files::{self, Written};
use super::load::Where;
use super::output::{self, Target};
use super::{Common, Edge};
use crate::calibrate::{self, Blocks, Method, Origin, Recording, SEED};
use crate::config::{Config, OnInconclusive};
use crate::diag::{Diagnostic, Diagnostics, ExitCode, Level};
use crate::gate::Collector;
use crate::ingest::{self, Options, Source};
use crate::model::{CalibratedRecording, Calibration, SCHEMA, Tool};
use crate::policy::Percent;
use crate::report::calibration::{Form, Look, render};

/// Tell how often the configured gate alarms without a change, and what it finds, from runs of identical code.
#[derive(Debug, Args)]
pub(super) struct Calibrate {
    /// Run sets of identical code: `benchgate measure` of a revision against itself.
    #[arg(long, value_name = "RUNSET", num_args = 1.., required = true)]
    runs: Vec<PathBuf>,
    /// How many blocks a pull request is measured in, or `all` of the recording.
    #[arg(long, value_name = "N", default_value_t = Blocks::Of(10))]
    blocks: Blocks,
    /// By how much head is made worse, to see whether it is found.
    #[arg(long, value_name = "CHANGE", value_delimiter = ',', default_value = "5%,10%,20%", value_parser = size)]
    inject: Vec<Percent>,
    /// Keep the sides as recorded: decide one window, the first blocks.
    #[arg(long)]
    no_swap: bool,
    /// How many pull requests are drawn from the recording.
    #[arg(long, value_name = "N", default_value_t = 400, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    windows: u32,
    /// What swaps and draws follow from: the same seed draws the same pull requests.
    #[arg(long, value_name = "NUMBER", default_value_t = SEED)]
    seed: u64,
    /// The configuration; left out, benchgate.yml, .github/benchgate.yml, or the built-in rules.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Read the configuration from this git revision.
    #[arg(long, value_name = "REV")]
    config_rev: Option<String>,
    /// Also write the calibration to a file, in a form: text, json or svg. Can be repeated.
    #[arg(long, value_name = "FORM=FILE")]
    out: Vec<Target<Form>>,
}

/// A size of change to inject.
fn size(text: &str) -> Result<Percent, String> {
    let size: Percent = text.parse()?;
    if size.fraction() > 0.0 && size.fraction() < 1.0 {
        Ok(size)
    } else {
        Err("a change to inject lies between 0% and 100%".into())
    }
}

impl Calibrate {
    pub(super) fn run(self, common: Common, edge: &mut Edge<'_>) -> anyhow::Result<ExitCode> {
        output::distinct(&self.out)?;
        let rules = Where {
            config: self.config.clone(),
            config_rev: self.config_rev.clone(),
            ..Where::default()
        };
        let config = match rules.config() {
            Ok(config) => config,
            Err(diagnostics) => {
                edge.say(&diagnostics);
                return Ok(ExitCode::Usage);
            }
        };
        let method = self.method();
        let mut recordings = Vec::new();
        let mut complete = true;
        for path in &self.runs {
            match recorded(path, &method, &config) {
                Ok(recording) => {
                    edge.say(&recording.diagnostics);
                    recordings.push(recording);
                }
                Err(diagnostics) => {
                    edge.say(&diagnostics);
                    complete = false;
                }
            }
        }
        if !complete {
            return Ok(ExitCode::Input);
        }
        let calibration = Calibration {
            schema: SCHEMA,
            tool: Tool {
                name: env!("CARGO_PKG_NAME").into(),
                version: env!("CARGO_PKG_VERSION").into(),
            },
            config: config.info(),
            inconclusive_fails: config.gate.inconclusive == OnInconclusive::Fail,
            seed: method.swap.then_some(method.seed),
            inject: method.inject,
            recordings,
        };
        self.deliver(&calibration, common, edge)
    }

    fn method(&self) -> Method {
        let mut inject: Vec<f64> = self.inject.iter().map(|size| size.fraction()).collect();
        inject.sort_by(f64::total_cmp);
        inject.dedup();
        Method {
            blocks: self.blocks,
            swap: !self.no_swap,
            windows: self.windows,
            seed: self.seed,
            inject,
        }
    }

    /// Prints the text and writes the files.
    fn deliver(
        &self,
        calibration: &Calibration,
        common: Common,
        edge: &mut Edge<'_>,
    ) -> anyhow::Result<ExitCode> {
        let look = Look {
            width: edge.width,
            colour: edge.colour_out,
            verbose: common.verbose,
            brief: common.quiet,
        };
        edge.print(&render(calibration, Form::Text, look)?);
        let plain = Look { colour: false, brief: false, ..look };
        let mut written = Written::default();
        for target in &self.out {
            written.add(files::write(&target.file, |out| {
                Ok(out.write_all(render(calibration, target.form, plain)?.as_bytes())?)
            }));
        }
        Ok(written.settle(ExitCode::Pass, edge))
    }
}

/// Reads a run set and calibrates the gate on it.
fn recorded(
    path: &Path,
    method: &Method,
    config: &Config,
) -> Result<CalibratedRecording, Vec<Diagnostic>> {
    let sink = Diagnostics::new();
    let collector = Collector::new(config);
    let source = Source::RunSet(path.to_owned());
    let options = Options { jsonl: config.jsonl.clone(), ..Options::default() };
    let read = ingest::read(&source, &options, &|run| collector.take(run), &sink);
    let measurements = collector.finish(&sink);
    let recording = Recording::new(measurements, |metric| config.declared.better(metric), &sink);
    let diagnostics = sink.into_vec();
    if diagnostics.iter().any(|d| d.level == Level::Error) {
        return Err(diagnostics);
    }
    let name = path.display().to_string();
    let origin = Origin { name, base: read.base, head: read.head, diagnostics };
    calibrate::calibrate(origin, &recording, method, config)
}
