//! The words of benchgate as plain data: no files, no network, no clock.
//!
//! Ingest fills [`Run`]s, the gate reduces them to [`Measurement`]s, decides [`Comparison`]s and
//! writes it all into one [`Report`], which is what every output form reads.

mod benchmark;
mod calibration;
mod comparison;
mod environment;
mod finding;
mod inputs;
mod measurement;
mod measuring;
mod metric;
mod natural;
pub mod number;
mod report;
mod run;
mod severity;
mod statistic;
mod table;
mod timespan;
mod unit;

pub use benchmark::BenchmarkId;
pub use calibration::{
    CalibratedComparison, CalibratedRecording, Calibration, Detected, FalseAlarms, MetricDetection,
};
pub use comparison::{Change, Comparison, FEWEST_BLOCKS, Levels, SideEstimate, TestKind, Verdict};
pub use environment::{environment_changes, environment_mismatches};
pub use finding::{Finding, Waived};
pub use inputs::{JsonlMetric, JsonlSettings, JsonlSummary};
pub use measurement::Measurement;
pub use measuring::{MeasureSettings, Mode, Profile, ProfileName, Unusable};
pub use metric::{Better, Metric, MetricInfo};
pub use natural::{Natural, natural};
pub use report::{ConfigInfo, Outcome, Report, SCHEMA, SideInfo, SuiteShift, Threshold, Tool};
pub use run::{Data, Origin, Run, Side, Stage, Summary, SummaryOf, Throughput};
pub use severity::{Action, Display, Order, Severity};
pub use statistic::Statistic;
pub use table::{Cell, Column, Curve, Fit, Number, NumberKind, Point, Status, Table, TableRow};
pub use timespan::Timespan;
pub use unit::Unit;
