//! Detection against size of change, as SVG: what a template needs, in coordinates.

use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value, context, value::Serde};
use serde::Serialize;

use crate::model::{
    CalibratedComparison, CalibratedRecording, Calibration, Detected, MetricDetection,
};
use crate::report::words::counted;
use crate::report::{RenderError, escape, number};

const TEMPLATE: &str = include_str!("../../../templates/calibration.svg.j2");
const NAME: &str = "calibration.svg.j2";

/// The whole picture, and the part of a panel in which curves are drawn.
const WIDTH: f64 = 760.0;
const PANEL: f64 = 480.0;
const LEFT: f64 = 60.0;
const RIGHT: f64 = 736.0;
const TOP: f64 = 92.0;
const BOTTOM: f64 = 366.0;

/// One metric of one recording.
#[derive(Serialize)]
struct Panel {
    offset: f64,
    title: String,
    subtitle: String,
    across: Vec<Tick>,
    up: Vec<Tick>,
    marks: Vec<Mark>,
    singles: Vec<Single>,
    alone: String,
    together: String,
    dots: Vec<Dot>,
    /// What a reader who does not see the picture is told.
    words: String,
}

/// A line across the panel with its label.
#[derive(Serialize)]
struct Tick {
    at: f64,
    label: String,
}

/// A threshold: a line with its label beside its upper end, on the side that has room.
#[derive(Serialize)]
struct Mark {
    at: f64,
    label: String,
    /// Where the label stands; two thresholds may be close.
    height: f64,
    left: bool,
}

/// The curve of one benchmark.
#[derive(Serialize)]
struct Single {
    name: String,
    points: String,
    noisy: bool,
}

/// A size that was asked for.
#[derive(Serialize)]
struct Dot {
    x: f64,
    y: f64,
    /// Where its label stands: below it, unless the axis is there.
    text: f64,
    label: String,
}

pub(super) fn render(calibration: &Calibration) -> Result<String, RenderError> {
    let mut panels = Vec::new();
    for recording in &calibration.recordings {
        for detection in &recording.detection {
            let offset = PANEL * panels.len() as f64;
            panels.push(Draw::new(calibration, recording).panel(detection, offset));
        }
    }
    let height = PANEL * panels.len() as f64;
    let error = |error: minijinja::Error| RenderError::Template {
        name: NAME.into(),
        line: error.line().and_then(|line| u32::try_from(line).ok()),
        message: error.to_string(),
        help: None,
    };
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.add_template(NAME, TEMPLATE).map_err(error)?;
    let template = environment.get_template(NAME).map_err(error)?;
    let page = context! {
        panels => Value::from(Serde(&panels)), height, width => WIDTH, left => LEFT, right => RIGHT, top => TOP, bottom => BOTTOM,
    };
    template.render(page).map_err(error)
}

/// The scale of a recording's panels.
struct Draw<'a> {
    calibration: &'a Calibration,
    recording: &'a CalibratedRecording,
    largest: f64,
}

impl<'a> Draw<'a> {
    /// The axis ends at the first size tried that leaves room beyond those asked for.
    fn new(calibration: &'a Calibration, recording: &'a CalibratedRecording) -> Self {
        let asked = calibration.inject.last().copied().unwrap_or(0.2);
        let sizes = || recording.detection.iter().flat_map(|d| &d.detected).map(|d| d.change);
        let room = sizes().filter(|&size| size >= 1.2 * asked).fold(f64::INFINITY, f64::min);
        let largest = if room.is_finite() { room } else { sizes().fold(asked, f64::max) };
        Self { calibration, recording, largest: largest.max(0.01) }
    }

    fn x(&self, change: f64) -> f64 {
        tenth(LEFT + (RIGHT - LEFT) * change / self.largest)
    }

    fn panel(&self, detection: &MetricDetection, offset: f64) -> Panel {
        let rows: Vec<&CalibratedComparison> = self
            .recording
            .comparisons
            .iter()
            .filter(|c| c.metric == detection.metric && c.statistic == detection.statistic)
            .collect();
        let windows = self.recording.windows();
        let start = rows.iter().map(|c| c.false_alarms).sum::<u64>() as f64
            / (windows.windows * detection.comparisons).max(1) as f64;
        let alone = |d: &Detected| d.alone;
        let metric = escape::xml(&escape::cut(
            &format!("{} {}", detection.metric, detection.statistic),
            escape::WORD,
        ));
        let asked: Vec<&Detected> = detection
            .detected
            .iter()
            .filter(|d| self.calibration.inject.contains(&d.change))
            .collect();
        Panel {
            offset,
            title: format!(
                "{metric} of {}, {} a window",
                counted(rows.len(), "benchmark"),
                counted(self.recording.blocks as usize, "block")
            ),
            subtitle: format!(
                "{}: {} of {} without a change fail",
                escape::xml(&escape::terminal_cut(&self.recording.recording, 60)),
                windows.failed,
                counted(windows.windows as usize, "pull request")
            ),
            across: self.across(),
            up: [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
                .map(|part| Tick { at: y(part), label: percent(part) })
                .into(),
            marks: self.marks(&rows),
            singles: rows
                .iter()
                .map(|c| Single {
                    name: escape::xml(&escape::cut(c.benchmark.as_str(), escape::NAME)),
                    points: self.points(
                        c.false_alarms as f64 / windows.windows.max(1) as f64,
                        &c.detected,
                        alone,
                    ),
                    noisy: c.too_noisy,
                })
                .collect(),
            alone: self.points(start, &detection.detected, alone),
            together: self.points(start, &detection.detected, |d| d.together),
            dots: asked
                .iter()
                .map(|d| {
                    let at = y(d.alone);
                    let text = if at > BOTTOM - 24.0 { at - 9.0 } else { at + 15.0 };
                    Dot { x: self.x(d.change), y: at, text: tenth(text), label: percent(d.alone) }
                })
                .collect(),
            words: asked
                .iter()
                .map(|d| {
                    format!(
                        "a change of {} is found in {}",
                        number::setting(d.change),
                        percent(d.alone)
                    )
                })
                .collect::<Vec<_>>()
                .join(", "),
        }
    }

    /// Round sizes along the axis: at most ten.
    fn across(&self) -> Vec<Tick> {
        let step =
            [0.005, 0.01, 0.02, 0.05, 0.1, 0.2].into_iter().find(|s| self.largest / s <= 10.0);
        let step = step.unwrap_or(0.5);
        let count = (self.largest / step + 1e-9).floor() as u32;
        let at = |i: u32| f64::from(i) * step;
        (0..=count).map(|i| Tick { at: self.x(at(i)), label: number::setting(at(i)) }).collect()
    }

    /// Margin and lowest failing level, where all benchmarks share them.
    fn marks(&self, rows: &[&CalibratedComparison]) -> Vec<Mark> {
        let shared = |of: &dyn Fn(&CalibratedComparison) -> Option<f64>| {
            let first = of(rows.first()?)?;
            let same = rows.iter().all(|row| of(row) == Some(first));
            (same && first > 0.0 && first <= self.largest).then_some(first)
        };
        let margin = shared(&|c| Some(c.margin));
        let fails = shared(&|c| c.lowest_failing);
        [(margin, "margin", TOP - 24.0), (fails, "fails the build from", TOP - 10.0)]
            .into_iter()
            .filter_map(|(at, what, height)| Some((at?, what, height)))
            .map(|(at, what, height)| Mark {
                at: self.x(at),
                label: format!("{what} {}", number::setting(at)),
                height,
                left: at > 0.5 * self.largest,
            })
            .collect()
    }

    /// A curve from no change on.
    fn points(&self, start: f64, detected: &[Detected], of: impl Fn(&Detected) -> f64) -> String {
        let drawn = detected.iter().filter(|d| d.change <= self.largest);
        let all = std::iter::once((0.0, start)).chain(drawn.map(|d| (d.change, of(d))));
        all.map(|(change, part)| format!("{},{}", self.x(change), y(part)))
            .collect::<Vec<_>>()
            .join(" ")
    }
}

fn y(part: f64) -> f64 {
    tenth(BOTTOM - (BOTTOM - TOP) * part)
}

/// Coordinates with one decimal are finer than any screen.
fn tenth(at: f64) -> f64 {
    (at * 10.0).round() / 10.0
}

fn percent(part: f64) -> String {
    format!("{:.0} %", part * 100.0)
}
