//! The samples of one run of one benchmark and metric, with the times at which they were taken.

use super::moment::{Moment, Span, Stamp};

/// The samples so far, in the order of the lines.
#[derive(Debug)]
pub(super) struct Series {
    /// The line of the first sample.
    pub(super) line: u32,
    /// The samples.
    pub(super) values: Vec<f64>,
    /// From the earliest to the latest sample, in whatever order they stand.
    pub(super) span: Option<Span>,
    times: Times,
}

/// What is known of the times of all samples.
#[derive(Debug)]
enum Times {
    /// No line so far has one.
    Unsaid,
    /// One for each sample, none before the one in front of it.
    Known(Vec<Moment>),
    /// They are no use.
    Spoilt,
}

impl Series {
    /// No sample yet.
    pub(super) fn new(line: u32) -> Self {
        Self { line, values: Vec::new(), span: None, times: Times::Known(Vec::new()) }
    }

    /// Adds a sample. What is wrong with its time is said for the first one only.
    pub(super) fn add(&mut self, value: f64, stamp: Option<Stamp>) -> Option<&'static str> {
        let moment = stamp.and_then(|stamp| stamp.moment);
        if let Some(moment) = moment {
            let only = Span { from: moment, to: moment };
            self.span = Some(self.span.map_or(only, |span| span.with(moment)));
        }
        let first = self.values.is_empty();
        self.values.push(value);
        let flaw = match (&mut self.times, stamp, moment) {
            (Times::Spoilt, ..) | (Times::Unsaid, None, _) => return None,
            (Times::Known(_), None, _) if first => {
                self.times = Times::Unsaid;
                return None;
            }
            (Times::Known(times), _, Some(moment)) => {
                if times.last().is_none_or(|&last| last <= moment) {
                    times.push(moment);
                    return None;
                }
                "the timestamp is before that of the sample in front of it"
            }
            (_, Some(_), None) => "the timestamp cannot be read",
            (Times::Unsaid, ..) => "the samples before this one have no timestamp",
            (Times::Known(_), None, None) => "the samples before this one have a timestamp",
        };
        self.times = Times::Spoilt;
        Some(flaw)
    }

    /// The samples, and when each was taken in seconds since the first; empty where that is not known of all.
    pub(super) fn finish(self) -> (Vec<f64>, Vec<f64>) {
        let at = match self.times {
            Times::Known(times) => seconds(&times),
            Times::Unsaid | Times::Spoilt => Vec::new(),
        };
        (self.values, at)
    }
}

/// Seconds since the first moment.
pub(super) fn seconds(moments: &[Moment]) -> Vec<f64> {
    let first = moments.first().copied().unwrap_or_default();
    moments.iter().map(|moment| (moment - first) as f64 / 1e6).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(moment: Moment) -> Option<Stamp> {
        Some(Stamp { at: 0, moment: Some(moment) })
    }

    #[test]
    fn times_are_known_of_all_samples_or_of_none() {
        let unreadable = Some(Stamp { at: 0, moment: None });
        for (stamps, expected, flaws) in [
            (vec![at(5_000_000), at(5_000_000), at(6_500_000)], vec![0.0, 0.0, 1.5], 0),
            (vec![None, None], vec![], 0),
            (vec![at(2), at(1), at(0)], vec![], 1),
            (vec![at(1), None, at(2)], vec![], 1),
            (vec![None, at(1), None], vec![], 1),
            (vec![unreadable, at(1), unreadable], vec![], 1),
            (vec![at(1), unreadable], vec![], 1),
        ] {
            let mut series = Series::new(1);
            let said = stamps.iter().filter_map(|stamp| series.add(1.0, *stamp)).count();
            let (values, times) = series.finish();
            assert_eq!((values.len(), times, said), (stamps.len(), expected, flaws), "{stamps:?}");
        }
    }

    #[test]
    fn the_span_does_not_need_an_order() {
        let mut series = Series::new(1);
        for stamp in [at(5), None, at(2), at(9)] {
            series.add(1.0, stamp);
        }
        assert_eq!(series.span, Some(Span { from: 2, to: 9 }));
    }
}
