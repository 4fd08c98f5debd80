use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use super::append;
use crate::diag::{Code, Diagnostic};
use crate::github::markdown::markdown;
use crate::model::Report;
use crate::report::Options;

/// GitHub drops a step's summary that is longer than 1 MiB; some bytes are left to what else the step may write.
const MOST_BYTES: usize = (1 << 20) - (16 << 10);
/// Less than this is not worth a report.
const LEAST_BYTES: usize = 8_192;

/// Appends the report to the summary of the job, as long as there is room in it: the whole of what a comment may have
/// to cut.
///
/// # Errors
/// A warning when there is no room or the file cannot be written; also when the user's template is wrong, so that the
/// embedded one took its place.
pub fn append_summary(path: &Path, report: &Report, options: &Options) -> Result<(), Diagnostic> {
    let there = path.metadata().map_or(0, |data| usize::try_from(data.len()).unwrap_or(usize::MAX));
    let room = MOST_BYTES.saturating_sub(there);
    if room < LEAST_BYTES {
        let message = format!("the summary of the job is full: it has {there} bytes already");
        return Err(Diagnostic::warning(Code::NotPublished, message)
            .file(path.display().to_string())
            .help("publish in a step of its own, before the one that writes so much"));
    }
    let options = Options { max_bytes: room - 3, ..options.clone() };
    let (text, warning) = markdown(report, &options).map_err(|error| error.to_diagnostic())?;
    // A table or a list that another tool left open would swallow the heading.
    let begin = match there {
        0 => "",
        _ if ends_line(path).unwrap_or(false) => "\n",
        _ => "\n\n",
    };
    let text = text.trim_end();
    append(path, &format!("{begin}{}\n", without_marker(text)), "the summary of the job")?;
    warning.map_or(Ok(()), Err)
}

/// Whether a file ends with the end of a line.
fn ends_line(path: &Path) -> io::Result<bool> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

/// The comment without its hidden first line, which means nothing in a summary.
fn without_marker(text: &str) -> &str {
    match text.split_once('\n') {
        Some((first, rest)) if first.starts_with("<!-- benchgate:report ") => rest,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;

    #[test]
    fn a_summary_is_appended_and_never_too_long() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("summary.md");
        std::fs::write(&path, "before\n").unwrap();
        append_summary(&path, &samples::small(), &Options::default()).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("before\n\n### "), "{text}");
        std::fs::write(&path, "| a table without an end |").unwrap();
        append_summary(&path, &samples::small(), &Options::default()).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("| a table without an end |\n\n### "), "{text}");
        append_summary(&path, &samples::huge(), &Options::default()).unwrap();
        let size = path.metadata().unwrap().len();
        assert!(size > 500_000 && size <= 1 << 20, "{size}");
        while append_summary(&path, &samples::huge(), &Options::default()).is_ok() {}
        assert!(path.metadata().unwrap().len() <= 1 << 20);
        let refused = append_summary(&path, &samples::huge(), &Options::default()).unwrap_err();
        assert!(refused.message.contains("is full"), "{}", refused.message);
    }
}
