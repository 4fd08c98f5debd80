//! A calibration for a terminal: the two figures that matter in the first line and in the last one.

use anstyle::{AnsiColor, Style};

use super::{Look, table};
use crate::model::{
    CalibratedComparison, CalibratedRecording, Calibration, Detected, FalseAlarms, MetricDetection,
    Statistic,
};
use crate::report::phrase::Phrase;
use crate::report::text::page::Page;
use crate::report::words::{counted, thousands};
use crate::report::{escape, number};

/// Benchmarks that are shown unless all are asked for.
const MOST: usize = 20;
/// The same in a sentence.
const FEW: usize = 5;

pub(super) fn render(calibration: &Calibration, look: Look) -> String {
    let mut page = Page::new(look.width, look.colour);
    for recording in &calibration.recordings {
        let view = View { calibration, recording, look };
        if look.brief {
            page.line(Style::new(), &view.headline());
        } else {
            page.gap();
            view.write(&mut page);
        }
    }
    page.finish()
}

/// One recording of a calibration.
struct View<'a> {
    calibration: &'a Calibration,
    recording: &'a CalibratedRecording,
    look: Look,
}

impl View<'_> {
    fn write(&self, page: &mut Page) {
        let headline = self.headline();
        page.wrapped(self.style(), &format!("benchgate: {headline}"), 2);
        page.gap();
        self.what(page);
        self.false_alarms(page);
        self.detection(page);
        self.benchmarks(page);
        self.advice(page);
        page.gap();
        page.line(self.style(), &headline);
    }

    fn style(&self) -> Style {
        let alarms = self.recording.windows();
        // By its own word the gate may fail this share of pull requests without a change.
        let allowed = self.calibration.config.alpha * alarms.windows as f64;
        let bad = alarms.failed as f64 > allowed;
        (if bad { AnsiColor::Red } else { AnsiColor::Green }).on_default().bold()
    }

    fn headline(&self) -> String {
        let Self { calibration, recording, .. } = self;
        let disjoint = &recording.disjoint;
        let bound =
            disjoint.failed_bound.map_or(String::new(), |b| format!(", at most {}", percent(b)));
        let alarms = match &recording.resampled {
            Some(resampled) => format!(
                "{} of {} without a change (resampled; {} of {} disjoint{bound})",
                resampled.failed,
                counted(resampled.windows as usize, "pull request"),
                disjoint.failed,
                disjoint.windows
            ),
            None => format!(
                "{} of 1 pull request without a change (the first {} as recorded)",
                disjoint.failed,
                counted(recording.blocks as usize, "block")
            ),
        };
        let sizes: Vec<String> =
            calibration.inject.iter().map(|&s| number::setting_bare(s)).collect();
        let found: Vec<String> = recording.detection.iter().map(|d| self.found(d)).collect();
        format!("false alarms: {alarms}; finds {} %: {}", sizes.join("/"), found.join(", "))
    }

    /// `46/77/92 %`, with the metric where there are several; numbers of benchmarks where there is one window.
    fn found(&self, detection: &MetricDetection) -> String {
        let name = if self.recording.detection.len() > 1 {
            format!("{} ", self.metric(detection.metric.as_str(), detection.statistic))
        } else {
            String::new()
        };
        let asked = self.asked(&detection.detected);
        if self.once() {
            let n = detection.comparisons;
            let counts: Vec<String> =
                asked.map(|d| (d.together * n as f64).round().to_string()).collect();
            return format!("{name}{} of {}", counts.join("/"), counted(n as usize, "benchmark"));
        }
        let shares: Vec<String> = asked.map(|d| bare_percent(d.together)).collect();
        format!("{name}{} %", shares.join("/"))
    }

    /// The sizes that were asked for.
    fn asked<'d>(&self, detected: &'d [Detected]) -> impl Iterator<Item = &'d Detected> {
        let inject = self.calibration.inject.clone();
        detected.iter().filter(move |d| inject.contains(&d.change))
    }

    fn metric(&self, metric: &str, statistic: Statistic) -> String {
        let metric = escape::terminal(&escape::cut(metric, escape::WORD));
        format!("{metric} {statistic}")
    }

    fn what(&self, page: &mut Page) {
        let Self { calibration, recording, .. } = self;
        let swapped = match calibration.seed {
            Some(seed) if recording.resampled.is_some() => {
                format!("sides swapped at random by seed {seed}")
            }
            _ => "sides as recorded".into(),
        };
        let rows = recording.comparisons.len();
        let what = Phrase::of("recording ").name(recording.recording.as_str()).text(format!(
            ": {}, {}; {} a window, {swapped}",
            counted(rows, "comparison"),
            counted(recording.recorded_blocks as usize, "block"),
            counted(recording.blocks as usize, "block"),
        ));
        page.wrapped(Style::new(), &what.plain(), 2);
        let config = &calibration.config;
        let rules = Phrase::of("gate ").name(config.source.as_str()).text(format!(
            ": fail-on {}, alpha {}, margin {}",
            config.fail_on.name(),
            number::setting(config.alpha),
            number::setting(config.margin)
        ));
        page.wrapped(Style::new(), &rules.plain(), 2);
        if recording.without_rule > 0 {
            let text = format!(
                "{} without a rule left out",
                counted(recording.without_rule as usize, "comparison")
            );
            page.wrapped(Style::new(), &text, 2);
        }
    }

    fn false_alarms(&self, page: &mut Page) {
        let recording = self.recording;
        page.heading("False alarms: windows without a change");
        let mut rows =
            vec![vec![String::new()], vec!["fail the build".into()], vec!["any regressed".into()]];
        let inconclusive = self.calibration.inconclusive_fails;
        if inconclusive {
            rows.push(vec!["fail as inconclusive".into()]);
        }
        let mut column = |title: &str, alarms: &FalseAlarms| {
            let cell =
                |count: u64| format!("{} of {}", thousands(count), thousands(alarms.windows));
            let mut cells = vec![title.to_owned(), cell(alarms.failed), cell(alarms.regressed)];
            if inconclusive {
                cells.push(cell(alarms.inconclusive));
            }
            rows.iter_mut().zip(cells).for_each(|(row, cell)| row.push(cell));
        };
        if let Some(resampled) = &recording.resampled {
            column("resampled", resampled);
        }
        column("disjoint", &recording.disjoint);
        let bounds = [recording.disjoint.failed_bound, recording.disjoint.regressed_bound];
        let bounds = bounds.map(|b| b.map_or(String::new(), percent));
        let cells = std::iter::once("at most (95 %)".to_owned()).chain(bounds);
        rows.iter_mut().zip(cells).for_each(|(row, cell)| row.push(cell));
        for line in table::lines(&rows, self.look.width, 2) {
            page.line(Style::new(), &line);
        }
        let alarms = recording.windows();
        for (rule, &windows) in
            alarms.failed_by_rule.iter().filter(|(rule, _)| *rule != "regression")
        {
            let text = format!(
                "{} of {} windows fail by a {} finding, which is no noise: `benchgate compare --runs` tells more",
                thousands(windows),
                thousands(alarms.windows),
                escape::terminal(rule)
            );
            page.wrapped(AnsiColor::Yellow.on_default(), &text, 2);
        }
    }

    fn detection(&self, page: &mut Page) {
        page.heading("Detection: comparisons called regressed");
        let mut rows = vec![self.titles("")];
        for detection in &self.recording.detection {
            let name = if self.recording.detection.len() > 1 {
                format!("{}, ", self.metric(detection.metric.as_str(), detection.statistic))
            } else {
                String::new()
            };
            let (once, n) = (self.once(), detection.comparisons);
            let shares = |of: fn(&Detected) -> f64| {
                self.asked(&detection.detected).map(move |d| match once {
                    true => format!("{} of {n}", (of(d) * n as f64).round()),
                    false => percent(of(d)),
                })
            };
            let row = |title: &str, of| {
                std::iter::once(format!("{name}{title}")).chain(shares(of)).collect()
            };
            rows.push(row("everything worse at once", |d| d.together));
            rows.push(row("one benchmark worse alone", |d| d.alone));
        }
        for line in table::lines(&rows, self.look.width, 2) {
            page.line(Style::new(), &line);
        }
    }

    /// A title, then each size asked for.
    fn titles(&self, first: &str) -> Vec<String> {
        let sizes =
            self.calibration.inject.iter().map(|&size| format!("+{}", number::setting(size)));
        std::iter::once(first.to_owned()).chain(sizes).collect()
    }

    fn benchmarks(&self, page: &mut Page) {
        let once = self.once();
        page.heading("Benchmarks, each worse alone; the noisiest first");
        let mut sorted: Vec<&CalibratedComparison> = self.recording.comparisons.iter().collect();
        let key = |c: &CalibratedComparison| c.smallest.unwrap_or(f64::INFINITY);
        sorted.sort_by(|a, b| {
            let noise = |c: &CalibratedComparison| c.noise.unwrap_or(0.0);
            key(b).total_cmp(&key(a)).then(noise(b).total_cmp(&noise(a)))
        });
        let most = if self.look.verbose { usize::MAX } else { MOST };
        let left_out = sorted.len().saturating_sub(most);
        sorted.truncate(most);

        let mut titles = self.titles("benchmark");
        let rates = ["by itself", "shows", "margin", "blocks", "alarms"];
        titles.extend(rates.iter().take(if once { 1 } else { 5 }).map(|&title| title.to_owned()));
        let rows: Vec<Vec<String>> =
            std::iter::once(titles).chain(sorted.iter().map(|c| self.row(c))).collect();
        for (i, line) in table::lines(&rows, self.look.width, 2).iter().enumerate() {
            let noisy = i > 0 && sorted.get(i - 1).is_some_and(|c| c.too_noisy);
            let style = match (i, noisy) {
                (0, _) => Style::new().dimmed(),
                (_, true) => AnsiColor::Yellow.on_default(),
                (_, false) => Style::new(),
            };
            page.line(style, line);
        }
        if left_out > 0 {
            let text = format!("… and {left_out} more, which show smaller changes; -v lists all");
            page.wrapped(Style::new(), &text, 2);
        }
        let legend = if once {
            "by itself: how far the estimate is off without a change"
        } else {
            "by itself: how far the estimate moves without a change; shows: the smallest change found in 80 % of the windows; margin, blocks: suggested"
        };
        page.wrapped(Style::new().dimmed(), legend, 2);
    }

    /// Whether there is only one window, which makes counts and no rates.
    fn once(&self) -> bool {
        self.recording.windows().windows == 1
    }

    fn row(&self, c: &CalibratedComparison) -> Vec<String> {
        let several = self.recording.detection.len() > 1;
        let name = if several {
            format!("{} ({})", c.benchmark, self.metric(c.metric.as_str(), c.statistic))
        } else {
            c.benchmark.to_string()
        };
        let mut row = vec![name];
        row.extend(self.asked(&c.detected).map(|d| match (self.once(), d.alone > 0.5) {
            (true, true) => "found".into(),
            (true, false) => "–".into(),
            (false, _) => percent(d.alone),
        }));
        row.push(c.noise.map_or("–".into(), |noise| number::change(noise).replace('+', "±")));
        if self.once() {
            return row;
        }
        let largest = c.detected.last().map_or(0.0, |d| d.change);
        row.push(c.smallest.map_or(format!("> {}", number::setting(largest)), number::change));
        row.push(c.suggested_margin.map_or("–".into(), number::setting));
        row.push(c.suggested_blocks.map_or("–".into(), |blocks| thousands(blocks.into())));
        row.push(thousands(c.false_alarms));
        row
    }

    fn advice(&self, page: &mut Page) {
        page.heading("Advice");
        for (yellow, text) in super::advice::sentences(self.calibration, self.recording, FEW) {
            let style = if yellow { AnsiColor::Yellow.on_default() } else { Style::new() };
            page.wrapped(style, &format!("- {text}"), 2);
        }
    }
}

fn percent(fraction: f64) -> String {
    format!("{} %", bare_percent(fraction))
}

/// Whole percent; `< 1` and `> 99` where rounding would say never or always.
fn bare_percent(fraction: f64) -> String {
    match (fraction * 100.0).round() {
        0.0 if fraction > 0.0 => "< 1".into(),
        100.0 if fraction < 1.0 => "> 99".into(),
        whole => whole.to_string(),
    }
}
