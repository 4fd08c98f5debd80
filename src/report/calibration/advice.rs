//! What a calibration advises, in sentences.

use crate::model::{CalibratedComparison, CalibratedRecording, Calibration, FEWEST_BLOCKS};
use crate::report::number;
use crate::report::phrase::Phrase;
use crate::report::words::counted;

/// Each sentence with whether something should be changed; `few` names at most in each.
pub(super) fn sentences(
    calibration: &Calibration,
    recording: &CalibratedRecording,
    few: usize,
) -> Vec<(bool, String)> {
    let mut all = Vec::new();
    let mut say = |change: bool, phrase: Phrase| all.push((change, phrase.plain()));
    let config = &calibration.config;
    let alarms = recording.windows();
    if alarms.windows == 1 {
        say(
            false,
            Phrase::of(
                "one window shows what the gate says of this recording, not how often: leave out `--no-swap` for rates and advice",
            ),
        );
        return all;
    }
    if recording.blocks < FEWEST_BLOCKS && !config.one_run_decides {
        say(
            true,
            Phrase::of(
                "windows of fewer than five blocks can only give suspects, so nothing is ever found: take five blocks or more, best ten",
            ),
        );
        return all;
    }
    if recording.recorded_blocks < 2 * recording.blocks {
        let text = format!(
            "the resampled windows share most of their blocks; record {} blocks or more for figures of windows of {}",
            2 * recording.blocks,
            recording.blocks
        );
        say(true, Phrase::of(text));
    }
    let regressions = alarms.failed_by_rule.get("regression").copied().unwrap_or(0);
    if regressions as f64 > config.alpha * alarms.windows as f64 {
        let text = format!(
            "more than {} of the pull requests without a change fail by a regression: raise the margin, or find out what moves these benchmarks",
            number::setting(config.alpha)
        );
        say(true, Phrase::of(text));
    }
    let gating: Vec<&CalibratedComparison> =
        recording.comparisons.iter().filter(|c| c.lowest_failing.is_some()).collect();
    if gating.is_empty() {
        say(
            true,
            Phrase::of(
                "no threshold fails the build, so nothing is gated: see `fail-on` and the levels of the rules",
            ),
        );
    } else {
        let (change, phrase) = noisy(&gating, recording, few);
        say(change, phrase);
    }
    if let Some((change, phrase)) = margins(recording, few) {
        say(change, phrase);
    }
    all
}

/// Who cannot show what fails the build, and how many blocks would.
fn noisy(
    gating: &[&CalibratedComparison],
    recording: &CalibratedRecording,
    few: usize,
) -> (bool, Phrase) {
    let enough = gating.iter().filter_map(|c| c.suggested_blocks).max();
    let noisy: Vec<&CalibratedComparison> =
        gating.iter().copied().filter(|c| c.too_noisy).collect();
    if noisy.is_empty() {
        let fewer = match enough {
            Some(enough) if enough < recording.blocks => format!("; {enough} blocks would do"),
            _ => String::new(),
        };
        let text = format!("every benchmark shows the change that fails the build{fewer}");
        return (false, Phrase::of(text));
    }
    let one = |c: &CalibratedComparison| {
        let wanted =
            c.lowest_failing.map_or(String::new(), |w| format!(" ({})", number::setting(w)));
        named(recording, c).text(wanted)
    };
    let text =
        format!("too noisy to gate, {} of {}: ", noisy.len(), counted(gating.len(), "comparison"));
    let most = noisy.iter().filter_map(|c| c.suggested_blocks).max();
    let hopeless = noisy.iter().filter(|c| c.suggested_blocks.is_none()).count();
    let help = match (most, hopeless) {
        (Some(most), 0) => format!("take about {most} blocks, or raise their levels"),
        (Some(most), _) => format!(
            "about {most} blocks would do for all but {hopeless}; raise their levels, or let them only warn"
        ),
        (None, _) => "raise their levels, or let them only warn".into(),
    };
    let why = "; what fails the build is usually not found there: ";
    (true, Phrase::of(text).then(listed(&noisy, few, one)).text(why).text(help))
}

/// Whose interval leaves the margin without a change; `None` where there is no interval at all.
fn margins(recording: &CalibratedRecording, few: usize) -> Option<(bool, Phrase)> {
    let suite = number::at_most(recording.proven?, 1.0).replace('+', "");
    let beyond = |c: &&CalibratedComparison| c.proven.is_some_and(|proven| proven > c.margin);
    let mut moving: Vec<&CalibratedComparison> =
        recording.comparisons.iter().filter(beyond).collect();
    if moving.is_empty() {
        let text = format!(
            "the margins are wide enough: without a change hardly ever more than {suite} looks proven"
        );
        return Some((false, Phrase::of(text)));
    }
    moving.sort_by(|a, b| {
        let proven = |c: &CalibratedComparison| c.proven.unwrap_or(0.0);
        proven(b).total_cmp(&proven(a))
    });
    let one = |c: &CalibratedComparison| {
        let margin = c
            .suggested_margin
            .map_or(String::new(), |m| format!(" (`margin: {}%`)", number::setting_bare(m)));
        named(recording, c).text(margin)
    };
    let text = format!(
        "{} {} by more than the margin without a change: ",
        counted(moving.len(), "comparison"),
        if moving.len() == 1 { "looks changed" } else { "look changed" }
    );
    let help = "; give a rule that margin, or find out what moves";
    Some((true, Phrase::of(text).then(listed(&moving, few, one)).text(help)))
}

/// The benchmark, with metric and statistic where there are several.
fn named(recording: &CalibratedRecording, c: &CalibratedComparison) -> Phrase {
    let name = Phrase::new().name(c.benchmark.as_str());
    if recording.detection.len() < 2 {
        return name;
    }
    name.text(", ").word(c.metric.as_str()).text(format!(" {}", c.statistic))
}

fn listed(
    all: &[&CalibratedComparison],
    few: usize,
    one: impl Fn(&CalibratedComparison) -> Phrase,
) -> Phrase {
    let names = Phrase::join(all.iter().take(few).map(|c| one(c)), ", ");
    match all.len().saturating_sub(few) {
        0 => names,
        more => names.text(format!(" and {more} more")),
    }
}
