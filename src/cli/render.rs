use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use clap::builder::PossibleValuesParser;
use jiff::civil::Date;

use super::load::{self, TemplateArgs, Where};
use super::output::CommentArgs;
use super::{Common, Edge, files};
use crate::diag::ExitCode;
use crate::report::{self, Form};

/// Write a finished report in another form.
#[derive(Debug, Args)]
pub(super) struct Render {
    /// The report, as `--out json=FILE` wrote it.
    #[arg(long, value_name = "FILE")]
    report: PathBuf,
    /// The form.
    #[arg(long, value_name = "FORM", default_value = "text", value_parser = form_names())]
    format: String,
    /// Where to; left out, standard output.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    templates: TemplateArgs,
    /// The day from which a proposed waiver counts; left out, today in UTC.
    #[arg(long, value_name = "YYYY-MM-DD")]
    date: Option<Date>,
    #[command(flatten)]
    comment: CommentArgs,
}

fn form_names() -> PossibleValuesParser {
    Form::ALL.iter().map(|(_, name)| *name).collect::<Vec<_>>().into()
}

impl Render {
    pub(super) fn run(self, common: Common, edge: &mut Edge<'_>) -> anyhow::Result<ExitCode> {
        let report = match load::report(&self.report) {
            Ok(report) => report,
            Err(diagnostic) => {
                edge.say(&[diagnostic]);
                return Ok(ExitCode::Input);
            }
        };
        let templates = Where { templates: self.templates, ..Where::default() }.templates();
        let templates = match templates {
            Ok(templates) => templates,
            Err(diagnostic) => {
                edge.say(&[diagnostic]);
                return Ok(ExitCode::Usage);
            }
        };
        let mut options =
            self.comment.options(common, edge, self.date.unwrap_or(edge.today), templates);
        options.colour &= self.out.is_none();
        let form = Form::from_name(&self.format).unwrap_or(Form::Text);
        let Some(file) = &self.out else {
            return Ok(match report::render(&report, form, &options) {
                Ok(rendered) => {
                    edge.print(&rendered);
                    ExitCode::Pass
                }
                Err(error) => {
                    edge.say(&[error.to_diagnostic()]);
                    ExitCode::Usage
                }
            });
        };
        let write = |out: &mut dyn Write| Ok(report::write(&report, form, &options, out)?);
        Ok(files::write(file, write).settle(ExitCode::Pass, edge))
    }
}
