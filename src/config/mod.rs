//! The configuration file: YAML text into a [`Config`], or into every mistake in it with its place.
//!
//! The text becomes a tree that knows where everything stands; the tree is read into the types of `policy` and
//! of this room, leaving out what is wrong, until all mistakes are found; then the values are checked.

mod access;
mod check;
mod de;
mod error;
mod fields;
mod file;
mod hints;
mod node;
mod reference;
mod schema;
mod settings;
mod source;
mod syntax;
mod yaml;

pub use reference::reference;
pub use schema::schema;
pub use settings::{Gate, OnInconclusive, OneRun};

use crate::diag::{Code, Diagnostic, Located};
use crate::model::{ConfigInfo, JsonlSettings, Levels, MeasureSettings, Metric, Threshold};
use crate::policy::rules::{Presence, Regression};
use crate::policy::{Declared, Rule, Waiver};
use check::Check;
use de::Found;
use error::Fault;
use file::File;
use node::Node;
use source::Source;

/// Where a configuration is looked for, relative to the root of the repository, in this order.
pub const CANDIDATES: [&str; 2] = ["benchgate.yml", ".github/benchgate.yml"];

/// What [`Config::source`] says of the rules that hold without a file.
pub const BUILT_IN: &str = "built-in";

/// Of a longer line only so many bytes are shown.
const LONGEST_LINE: usize = 1_000;

/// A commented file to start from, which `config init` writes.
pub const STARTER: &str = include_str!("../../templates/benchgate.yml");

/// A configuration without mistakes.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// The file it was read from, as the user named it, or [`BUILT_IN`].
    pub source: String,
    /// The git revision it was read from; `None` for the working tree.
    pub revision: Option<String>,
    /// How the gate decides.
    pub gate: Gate,
    /// How JSONL fields are read.
    pub jsonl: JsonlSettings,
    /// How `benchgate measure` measures.
    pub measure: MeasureSettings,
    /// The margin and the declared metrics, as rules need them.
    pub declared: Declared,
    /// The rules in the order in which they hold: of those that match, the last one of a kind. The first is the
    /// built-in presence rule.
    pub rules: Vec<Located<Rule>>,
    /// The waivers in the order of the file, each benchmark, metric and statistic once.
    pub waivers: Vec<Located<Waiver>>,
}

impl Config {
    /// What holds without a file.
    #[must_use]
    pub fn built_in() -> Self {
        let levels = |notice, warning, critical| Levels { notice, warning, critical };
        let regression =
            |metric: &str, levels| Rule::Regression(Regression::new(Metric::new(metric), levels));
        let gate = Gate::default();
        Self {
            source: BUILT_IN.to_owned(),
            revision: None,
            jsonl: JsonlSettings::default(),
            measure: MeasureSettings::default(),
            declared: Declared { margin: gate.margin.fraction(), ..Declared::default() },
            gate,
            rules: [
                Rule::Presence(Presence::default()),
                regression("time", levels(Some(0.05), Some(0.10), Some(0.20))),
                regression("throughput", levels(None, Some(0.05), Some(0.15))),
                regression("error-rate", levels(None, Some(0.50), Some(1.00))),
                regression("cpu", levels(None, Some(0.10), None)),
            ]
            .into_iter()
            .map(|value| Located { value, place: None })
            .collect(),
            waivers: Vec::new(),
        }
    }

    /// Reads a configuration. `source_name` is the file as the user named it, `revision` the git revision it was
    /// read from.
    ///
    /// # Errors
    /// Every mistake of the file, with its place, in the order of the file.
    pub fn parse(
        source_name: &str,
        text: &str,
        revision: Option<&str>,
    ) -> Result<Self, Vec<Diagnostic>> {
        let source = Source::new(source_name, text.strip_prefix('\u{feff}').unwrap_or(text));
        let (config, mut faults) = parse(&source);
        if faults.is_empty() {
            return Ok(Self {
                source: source_name.to_owned(),
                revision: revision.map(str::to_owned),
                ..config
            });
        }
        faults.sort_by_key(|fault| (fault.span.start, fault.code));
        faults.dedup();
        Err(faults.into_iter().map(|fault| diagnostic(fault, &source)).collect())
    }

    /// The regression rules for people, in the order in which they hold.
    #[must_use]
    pub fn thresholds(&self) -> Vec<Threshold> {
        let regressions = self.rules.iter().filter_map(|rule| match &rule.value {
            Rule::Regression(rule) => Some(rule),
            _ => None,
        });
        regressions
            .map(|rule| Threshold {
                benchmarks: rule.benchmarks.as_ref().map(|glob| glob.as_str().to_owned()),
                metric: rule.metric.clone(),
                statistic: rule.statistic,
                levels: rule.levels(),
            })
            .collect()
    }

    /// What the report says of the configuration.
    #[must_use]
    pub fn info(&self) -> ConfigInfo {
        ConfigInfo {
            source: self.source.clone(),
            revision: self.revision.clone(),
            fail_on: self.gate.fail_on,
            alpha: self.gate.alpha.fraction(),
            margin: self.gate.margin.fraction(),
            display: self.gate.display.clone(),
            one_run_decides: self.gate.one_run == OneRun::Decide,
            thresholds: self.thresholds(),
        }
    }
}

/// Reads a file as far as it can be read, with all its mistakes in no order.
fn parse(source: &Source<'_>) -> (Config, Vec<Fault>) {
    let root = match yaml::load(source) {
        Ok(root) => root,
        Err(fault) => return (Config::built_in(), vec![fault]),
    };
    if root.kind == node::Kind::Empty {
        let fault = Fault {
            code: Code::MissingKey,
            message: "the configuration is empty".into(),
            help: Some("`benchgate config init` writes one to start from; without a file the built-in rules hold".into()),
            span: 0..0,
        };
        return (Config::built_in(), vec![fault]);
    }
    let mut found = Found::default();
    for (key, first) in root.repeated().into_iter().take(de::MOST_FAULTS) {
        found.left_out.insert(key.id);
        found.faults.push(Fault {
            code: Code::DuplicateKey,
            message: format!(
                "key {} stands twice in this map",
                crate::diag::quoted(key.text().unwrap_or_default())
            ),
            help: Some(format!(
                "it stands on line {} already; keep one of the two",
                source.line(first.span.start)
            )),
            span: key.span.clone(),
        });
    }
    let file = read(&root, &mut found);
    let (config, mut faults) = match &file {
        Some(file) => Check::new(source, &root, file, found).run(),
        None => (Config::built_in(), found.faults),
    };
    if faults.len() >= de::MOST_FAULTS {
        faults.push(Fault {
            code: Code::InvalidValue,
            message: "there may be more mistakes, which were not searched for".into(),
            help: Some("correct those above and check again".into()),
            span: source.text().len()..source.text().len(),
        });
    }
    (config, faults)
}

/// Reads the sections of a file, the long lists element by element, so that a mistake in one element costs
/// nothing to the others.
fn read(root: &Node, found: &mut Found) -> Option<File> {
    let lists = ["rules", "waivers"].map(|name| root.entry(name));
    let set_aside: Vec<u32> = lists.iter().flatten().map(|(key, _)| key.id).collect();
    found.left_out.extend(&set_aside);
    de::read::<File>(root, found)?;
    for id in &set_aside {
        found.left_out.remove(id);
    }
    let [rules, waivers] = lists.map(|entry| entry.map_or(&[][..], |(_, list)| list.elements()));
    for node in rules {
        element::<Rule>(node, found);
    }
    for node in waivers {
        element::<Waiver>(node, found);
    }
    de::read(root, found)
}

fn element<T: serde::de::DeserializeOwned>(node: &Node, found: &mut Found) {
    let is_empty = node.kind == node::Kind::Empty;
    if !is_empty && !found.enough() && de::read::<T>(node, found).is_none() {
        found.left_out.insert(node.id);
    }
}

fn diagnostic(fault: Fault, source: &Source<'_>) -> Diagnostic {
    let mut place = source.place(&fault.span);
    if place.text.len() > LONGEST_LINE {
        let cut = source::floor(&place.text, LONGEST_LINE);
        place.text = place.text.get(..cut).unwrap_or_default().into();
        place.span.end = place.span.end.min(cut);
    }
    let mut diagnostic = Diagnostic::error(fault.code, fault.message).place(Some(&place));
    if place.span.start >= LONGEST_LINE {
        diagnostic.excerpt = None;
    }
    match fault.help {
        Some(help) => diagnostic.help(help),
        None => diagnostic,
    }
}
