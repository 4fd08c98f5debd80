use std::collections::BTreeSet;
use std::mem::ManuallyDrop;
use std::path::PathBuf;

use anyhow::bail;
use clap::builder::PossibleValuesParser;
use clap::{Args, ValueEnum};
use jiff::civil::Date;

use super::load::Where;
use super::output::{self, CommentArgs, Target, deliver};
use super::{Common, Edge};
use crate::config::{Config, OnInconclusive, OneRun};
use crate::diag::{Diagnostic, Diagnostics, ExitCode, quoted};
use crate::gate::{self, Collector, Facts};
use crate::ingest::{self, Options, Source, Variant};
use crate::model::{Action, Order, Report, SideInfo};
use crate::report::Form;

/// Compare base with head: read, decide, report, pass or fail.
#[derive(Debug, Args)]
#[command(override_usage = "benchgate compare [OPTIONS] --base <PATH>... --head <PATH>...
       benchgate compare [OPTIONS] --allow-empty-base --head <PATH>...
       benchgate compare [OPTIONS] --runs <RUNSET>")]
pub(super) struct Compare {
    /// Results before the change: a file or directory a run, in order, or a folder of numbered runs (run-1, run-2 …).
    #[arg(long, value_name = "PATH", num_args = 1.., required_unless_present_any = ["runs", "allow_empty_base"], requires = "head")]
    base: Vec<PathBuf>,
    /// Results with the change, likewise.
    #[arg(long, value_name = "PATH", num_args = 1.., required_unless_present = "runs")]
    head: Vec<PathBuf>,
    /// A run set, which holds both sides and their order.
    #[arg(long, value_name = "RUNSET", conflicts_with_all = ["base", "head", "base_name", "head_name", "variant", "order", "format"])]
    runs: Option<PathBuf>,
    /// The named criterion baseline of base; left out, `new`, else `base`.
    #[arg(long, value_name = "NAME")]
    base_name: Option<String>,
    /// The named criterion baseline of head; left out, `new`, else `base`.
    #[arg(long, value_name = "NAME")]
    head_name: Option<String>,
    /// Also read the criterion baseline BASELINE of head, as benchmarks NAME/…; can be repeated.
    #[arg(long, value_name = "NAME=BASELINE")]
    variant: Vec<Variant>,
    /// The format of the results; `auto` finds it out by content.
    #[arg(long, value_name = "FORMAT", default_value = "auto", value_parser = format_names())]
    format: String,
    /// How several runs a side were taken: all of base, then all of head; run i of base beside run i of head; or nobody knows.
    #[arg(long, value_name = "ORDER")]
    order: Option<OrderArg>,
    /// Whether one run a side, or sequential runs, may fail the build; overrides the configuration.
    #[arg(long, value_name = "WHAT")]
    one_run: Option<OneRunArg>,
    /// A base without any measurement is fine, and `--base` can be left out: the first benchmarks of a project, or rules
    /// that need no base.
    #[arg(long)]
    allow_empty_base: bool,
    /// Also write the report to a file, in a form: text, markdown, html, junit or json. Can be repeated.
    #[arg(long, value_name = "FORM=FILE")]
    out: Vec<Target<Form>>,
    /// The day on which waivers must hold; left out, today in UTC.
    #[arg(long, value_name = "YYYY-MM-DD")]
    date: Option<Date>,
    #[command(flatten)]
    rules: Where,
    #[command(flatten)]
    comment: CommentArgs,
    #[command(flatten)]
    names: Names,
    /// Whether nothing that is found may fail the build, whatever the configuration says: the quick profile.
    #[arg(skip)]
    pub(super) advisory: bool,
}

/// What the report says of the two sides, where the inputs do not.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Names in the report")]
pub(super) struct Names {
    /// The commit of base.
    #[arg(long, value_name = "SHA")]
    base_commit: Option<String>,
    /// The date of base.
    #[arg(long, value_name = "DATE")]
    base_date: Option<String>,
    /// What to call base: a branch, a tag.
    #[arg(long, value_name = "NAME")]
    base_label: Option<String>,
    /// The commit of head.
    #[arg(long, value_name = "SHA")]
    head_commit: Option<String>,
    /// The date of head.
    #[arg(long, value_name = "DATE")]
    head_date: Option<String>,
    /// What to call head: a branch, a tag.
    #[arg(long, value_name = "NAME")]
    head_label: Option<String>,
}

impl Names {
    /// What to call the two sides, and nothing else.
    pub(super) fn labels(base_label: Option<String>, head_label: Option<String>) -> Self {
        Self { base_label, head_label, ..Self::default() }
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum OrderArg {
    Sequential,
    Interleaved,
    Unknown,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum OneRunArg {
    Suspect,
    Decide,
}

pub(super) fn format_names() -> PossibleValuesParser {
    std::iter::once("auto")
        .chain(ingest::formats().iter().map(|format| format.name()))
        .collect::<Vec<_>>()
        .into()
}

impl Compare {
    /// The comparison of a run set that was measured just now.
    pub(super) fn of_run_set(
        runs: PathBuf,
        rules: Where,
        out: Vec<Target<Form>>,
        date: Option<Date>,
        comment: CommentArgs,
        names: Names,
        allow_empty_base: bool,
    ) -> Self {
        Self {
            base: Vec::new(),
            head: Vec::new(),
            runs: Some(runs),
            base_name: None,
            head_name: None,
            variant: Vec::new(),
            format: "auto".to_owned(),
            order: None,
            one_run: None,
            allow_empty_base,
            rules,
            out,
            date,
            comment,
            names,
            advisory: false,
        }
    }

    pub(super) fn run(self, common: Common, edge: &mut Edge<'_>) -> anyhow::Result<ExitCode> {
        self.check_variants()?;
        output::distinct(&self.out)?;
        let date = self.date.unwrap_or(edge.today);
        let (config, templates) = match (self.rules.config(), self.rules.templates()) {
            (Ok(config), Ok(templates)) => (config, templates),
            (config, templates) => {
                let mut diagnostics = config.err().unwrap_or_default();
                diagnostics.extend(templates.err());
                let built_in = Config::built_in();
                return Ok(self.refuse(&built_in, diagnostics, ExitCode::Usage, common, edge));
            }
        };
        let config = self.overridden(config);
        let mut report = self.decide(&config, date);
        if self.advisory
            && [ExitCode::Fail, ExitCode::Inconclusive]
                .map(ExitCode::code)
                .contains(&report.exit_code)
        {
            report = gate::decide_again(report, &lenient(config), date, self.allow_empty_base);
        }
        // The process ends with it: taking a large one apart is work for nobody.
        let report = ManuallyDrop::new(report);
        edge.say(&report.diagnostics);
        let options = self.comment.options(common, edge, date, templates);
        let decided = ExitCode::from_code(report.exit_code).unwrap_or(ExitCode::Bug);
        Ok(deliver(&report, &self.out, &options, decided, common, edge))
    }

    /// That each variant has a name and a baseline of its own: a baseline beside itself is no difference at all.
    fn check_variants(&self) -> anyhow::Result<()> {
        let (mut names, mut baselines) = (BTreeSet::new(), BTreeSet::new());
        for Variant { name, baseline } in &self.variant {
            if !names.insert(name) {
                bail!(
                    "the variant {} stands twice; give each baseline a name of its own",
                    quoted(name)
                );
            }
            if !baselines.insert(baseline) {
                bail!(
                    "the baseline {} stands twice; each variant needs a baseline of its own, else it is compared with itself",
                    quoted(baseline)
                );
            }
        }
        Ok(())
    }

    /// The configuration with what the command line says otherwise.
    fn overridden(&self, mut config: Config) -> Config {
        if let Some(one_run) = self.one_run {
            config.gate.one_run = match one_run {
                OneRunArg::Suspect => OneRun::Suspect,
                OneRunArg::Decide => OneRun::Decide,
            };
        }
        config
    }

    fn decide(&self, config: &Config, date: Date) -> Report {
        let diagnostics = Diagnostics::new();
        let collector = Collector::new(config);
        let options = Options {
            format: ingest::format(&self.format),
            jsonl: config.jsonl.clone(),
            allow_empty_base: self.allow_empty_base,
        };
        let read = ingest::read(&self.source(), &options, &|run| collector.take(run), &diagnostics);
        let measurements = collector.finish(&diagnostics);
        let order = self.order.map(|order| match order {
            OrderArg::Sequential => Order::Sequential,
            OrderArg::Interleaved => Order::Interleaved,
            OrderArg::Unknown => Order::Unknown,
        });
        let Names { base_commit, base_date, base_label, head_commit, head_date, head_label } =
            &self.names;
        gate::decide(Facts {
            measurements,
            base: named(read.base, base_label, base_commit, base_date),
            head: named(read.head, head_label, head_commit, head_date),
            order: read.order.or(order).unwrap_or_default(),
            config,
            today: date,
            allow_empty_base: self.allow_empty_base,
            diagnostics: diagnostics.into_vec(),
        })
    }

    fn source(&self) -> Source {
        match &self.runs {
            Some(runs) => Source::RunSet(runs.clone()),
            None => Source::Sides {
                base: self.base.clone(),
                head: self.head.clone(),
                base_name: self.base_name.clone(),
                head_name: self.head_name.clone(),
                variants: self.variant.clone(),
            },
        }
    }

    /// What kept it from deciding: the report says so and can be published all the same.
    pub(super) fn refuse(
        &self,
        config: &Config,
        diagnostics: Vec<Diagnostic>,
        exit: ExitCode,
        common: Common,
        edge: &mut Edge<'_>,
    ) -> ExitCode {
        edge.say(&diagnostics);
        let report = gate::refuse(config, diagnostics, exit);
        let date = self.date.unwrap_or(edge.today);
        let options = self.comment.options(common, edge, date, Default::default());
        deliver(&report, &self.out, &options, exit, common, edge)
    }
}

/// The configuration by which nothing that is found fails the build.
fn lenient(mut config: Config) -> Config {
    config.gate.fail_on = Action::Never;
    config.gate.inconclusive = OnInconclusive::Pass;
    config
}

/// What is known of a side, the command line's word first.
fn named(
    known: SideInfo,
    label: &Option<String>,
    commit: &Option<String>,
    date: &Option<String>,
) -> SideInfo {
    SideInfo {
        name: label.clone().unwrap_or(known.name),
        commit: commit.clone().or(known.commit),
        date: date.clone().or(known.date),
        ..known
    }
}
