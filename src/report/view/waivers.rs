//! The YAML that accepts a change, ready to paste.

use jiff::civil::Date;

use super::View;
use super::row::{Class, Row};
use crate::model::{Metric, Statistic};
use crate::report::escape;
use crate::report::number;

/// Longer names would have to be cut, and a cut name names nothing.
const LONGEST: usize = 400;

/// One entry for each row that fails the build.
#[derive(Clone, Debug, Default)]
pub(crate) struct Waivers {
    /// Lines of YAML below `waivers:`.
    pub(crate) entries: Vec<String>,
    /// How many have a name too long to write out.
    pub(crate) too_long: usize,
}

/// Waivers for everything that fails the build; `date` is the day they are written.
pub(crate) fn waivers(view: &View<'_>, date: Option<Date>) -> Waivers {
    let fail_on = view.report.config.fail_on;
    let mut waivers = Waivers::default();
    for row in &view.rows {
        let Class::Level(std::cmp::Reverse(severity)) = row.class else { continue };
        if !fail_on.fails(severity) {
            continue;
        }
        match entry(row, date) {
            Some(entry) => waivers.entries.push(entry),
            None => waivers.too_long += 1,
        }
    }
    waivers
}

fn entry(row: &Row<'_>, date: Option<Date>) -> Option<String> {
    let comparison = row.comparison;
    let name = escape::yaml(comparison.benchmark.as_str());
    let metric = metric(&comparison.metric);
    if name.len() > LONGEST || metric.len() > LONGEST {
        return None;
    }
    let statistic = match comparison.statistic {
        Statistic::Median | Statistic::Mean => String::new(),
        statistic => format!("statistic: {statistic}, "),
    };
    let up_to = ceiling(row)?;
    let expires =
        date.and_then(in_three_months).map_or("YYYY-MM-DD".to_owned(), |date| date.to_string());
    Some(format!(
        "- {{ benchmark: {name}, metric: {metric}, {statistic}up-to: {up_to}%, reason: \"…\", issue: \"…\", expires: {expires} }}"
    ))
}

/// Metrics that benchgate knows are plain words in YAML; of any other name nobody knows.
fn metric(metric: &Metric) -> String {
    metric.info().map_or_else(|| escape::yaml(metric.as_str()), |known| known.name.to_owned())
}

/// A little above what the interval allows, in whole percent where that is fine enough.
fn ceiling(row: &Row<'_>) -> Option<String> {
    let estimate = row.magnitude()?.max(0.0);
    let end = row.at_most().filter(|end| end.is_finite()).unwrap_or(estimate * 1.25).max(estimate);
    let percent = end * 100.0 * 1.02;
    let rounded = if percent >= 2.0 {
        number::ceil(percent, 1.0)
    } else {
        number::ceil(percent, 10.0).max(0.1)
    };
    Some(number::setting_bare(rounded / 100.0))
}

fn in_three_months(date: Date) -> Option<Date> {
    date.checked_add(jiff::Span::new().try_months(3).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;

    #[test]
    fn every_entry_is_yaml_that_names_its_benchmark_and_covers_its_interval() {
        for (sample, report) in samples::all() {
            let view = View::new(&report);
            let date = Some(jiff::civil::date(2026, 11, 30));
            let yaml = waivers(&view, date).entries.join("\n") + "\n";
            let read: Option<Vec<serde_json::Value>> = serde_saphyr::from_str(&yaml).unwrap();
            for entry in read.unwrap_or_default() {
                let text =
                    |key| entry.get(key).and_then(serde_json::Value::as_str).unwrap_or_default();
                let (name, metric) = (text("benchmark"), text("metric"));
                let row = view
                    .rows
                    .iter()
                    .find(|row| {
                        row.comparison.benchmark.as_str() == name
                            && row.comparison.metric.as_str() == metric
                    })
                    .unwrap_or_else(|| panic!("{sample}: {name} {metric}"));
                let ceiling: f64 = text("up-to").trim_end_matches('%').parse().unwrap();
                assert!(ceiling / 100.0 >= row.at_most().unwrap(), "{sample}: {name} {ceiling}");
                assert_eq!(text("expires"), "2027-02-28");
            }
        }
    }

    #[test]
    fn names_too_long_to_write_out_are_counted() {
        let report = samples::all().into_iter().find(|(name, _)| *name == "hostile").unwrap().1;
        assert_eq!(waivers(&View::new(&report), None).too_long, 1);
    }
}
