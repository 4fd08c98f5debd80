//! How benchgate decides, as pure functions of numbers: no files, no clock, no randomness, no formatting.
//!
//! Everything works on natural logarithms of one number a run, so that a change is a ratio and scaling both
//! sides changes nothing; for metrics where more is better the caller flips the sign first, so that positive
//! means worse everywhere. All of it is closed form: the same input gives the same bits.
//!
//! The way of a comparison: [`reduce`] turns a run into a number and a spread; [`paired`], [`trend`] or [`few`]
//! turn the runs into an [`Estimate`] with a variance; [`moderate`] steadies that variance with what the suite
//! knows; [`decide`] gives interval and p values and Holm's correction. [`exact`], [`counts`], [`quantile`],
//! [`summaries`] are the ways for other kinds of data, [`named`] and [`rank`] the textbook tests for those who
//! ask for one, [`shift`] sees a whole suite move, [`ratio`] sets benchmarks of one side against each other.
//! [`scaling`] is how a cost grows with a size, [`growth`] how a value grows over time.

pub mod counts;
pub mod decide;
pub mod exact;
pub mod few;
pub mod growth;
pub mod moderate;
pub mod named;
pub mod paired;
pub mod quantile;
pub mod rank;
pub mod ratio;
pub mod reduce;
pub mod scaling;
pub mod shift;
pub mod special;
pub mod summaries;
pub mod trend;

/// A log change with the variance that its own runs show.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// ln(head/base).
    pub change: f64,
    /// Variance of one block (or run); the squared standard error is this divided by `runs`.
    pub variance: f64,
    /// Degrees of freedom of `variance`.
    pub df: f64,
    /// How many blocks (or runs, as a harmonic mean of both sides) it stands on.
    pub runs: f64,
    /// The typical spread inside the runs, where the runs tell; what [`moderate`] regresses on.
    pub spread: Option<f64>,
}

/// A log change with everything a decision needs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evidence {
    /// ln(head/base).
    pub change: f64,
    /// Standard error towards the lower end.
    pub se_low: f64,
    /// Standard error towards the upper end.
    pub se_high: f64,
    /// Degrees of freedom.
    pub df: f64,
}

impl From<Estimate> for Evidence {
    fn from(estimate: Estimate) -> Self {
        let se = (estimate.variance / estimate.runs).sqrt();
        Self { change: estimate.change, se_low: se, se_high: se, df: estimate.df }
    }
}

/// What a test says of a log change.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Decision {
    /// ln(head/base); infinite where base is zero and head is not.
    pub change: f64,
    /// Lower end of the two-sided interval of confidence 1 - 2 alpha; may be infinite.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// One-sided p value for "head is larger than base by more than the margin".
    pub p_larger: f64,
    /// One-sided p value for "head is smaller than base by more than the margin".
    pub p_smaller: f64,
}

/// The mean; 0 for nothing.
pub(crate) fn mean(values: &[f64]) -> f64 {
    if values.is_empty() { 0.0 } else { values.iter().sum::<f64>() / values.len() as f64 }
}

/// The sample variance (n - 1); 0 for fewer than two.
pub(crate) fn variance(values: &[f64]) -> f64 {
    if values.len() < 2 {
        return 0.0;
    }
    let centre = mean(values);
    values.iter().map(|v| (v - centre).powi(2)).sum::<f64>() / (values.len() - 1) as f64
}

/// The plain median of a sorted slice; NaN for nothing.
pub(crate) fn median_of_sorted(sorted: &[f64]) -> f64 {
    let n = sorted.len();
    match (sorted.get(n / 2), n % 2) {
        (None, _) => f64::NAN,
        (Some(&upper), 1) => upper,
        (Some(&upper), _) => f64::midpoint(sorted.get(n / 2 - 1).copied().unwrap_or(upper), upper),
    }
}

/// The plain median; NaN for nothing.
pub(crate) fn median(values: &[f64]) -> f64 {
    median_of_sorted(&sorted(values))
}

/// A sorted copy.
pub(crate) fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted
}
