//! Results left over from an older run.

use std::time::{Duration, SystemTime};

use crate::diag::{Code, Diagnostic, quoted};

/// The shortest pause in a directory that can separate two runs of a suite.
const PAUSE: Duration = Duration::from_secs(60 * 60);

/// Warns where some of the results are clearly older than the rest.
///
/// `results` is when each was written and its benchmark, oldest first. One run of a suite writes without long
/// pauses. So the pause must be more than an hour, and longer than the whole newer part took: a checkout or an
/// unpacked archive, where all files have one time, and a slow suite are left in peace.
pub(super) fn warning<'a>(
    root: &str,
    results: impl Iterator<Item = &'a (SystemTime, String)>,
) -> Option<Diagnostic> {
    let results: Vec<_> = results.collect();
    let newest = results.last()?.0;
    let split = results.windows(2).rposition(|pair| {
        let [(before, _), (after, _)] = pair else { return false };
        let pause = after.duration_since(*before).unwrap_or_default();
        pause > PAUSE && pause > newest.duration_since(*after).unwrap_or_default()
    })?;
    let older = results.get(..=split)?;
    let mut names: Vec<_> = older.iter().map(|(_, name)| name.as_str()).collect();
    names.sort_unstable();
    let mut list = names.iter().take(3).map(|name| quoted(name)).collect::<Vec<_>>().join(", ");
    if names.len() > 3 {
        list.push_str(" …");
    }
    let message = format!(
        "{} of {} results were written more than an hour before the rest: {list}",
        older.len(),
        results.len()
    );
    Some(Diagnostic::warning(Code::Stale, message).file(root).help(
        "criterion leaves the results of removed and filtered benchmarks behind: delete the directory before measuring",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn warned(minutes: &[u64]) -> Option<String> {
        let results: Vec<_> = minutes
            .iter()
            .map(|m| (SystemTime::UNIX_EPOCH + Duration::from_secs(m * 60), format!("b{m}")))
            .collect();
        warning("criterion", results.iter()).map(|warning| warning.message)
    }

    #[test]
    fn only_a_clear_pause_is_a_warning() {
        for quiet in [&[][..], &[5], &[5, 5, 5], &[0, 50, 100, 150, 200], &[0, 90, 150, 210]] {
            assert_eq!(warned(quiet), None, "{quiet:?}");
        }
        insta::assert_snapshot!(
            warned(&[0, 1, 300, 301, 302]).unwrap(),
            @"2 of 5 results were written more than an hour before the rest: `b0`, `b1`"
        );
        insta::assert_snapshot!(
            warned(&[0, 1, 2, 3, 300]).unwrap(),
            @"4 of 5 results were written more than an hour before the rest: `b0`, `b1`, `b2` …"
        );
    }
}
