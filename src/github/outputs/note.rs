use std::path::Path;

use super::append;
use crate::diag::Diagnostic;
use crate::report::escape;

/// Appends to the summary of the job that nothing is published, and why.
///
/// # Errors
/// A warning when the file cannot be written.
pub fn append_note(path: &Path, notice: &Diagnostic) -> Result<(), Diagnostic> {
    // What another step left open would swallow the sentence.
    let text = format!("\n\n**benchgate**: {}\n", escape::prose(&notice.message));
    append(path, &text, "the summary of the job")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Code;

    #[test]
    fn a_note_is_a_paragraph_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("summary.md");
        std::fs::write(&path, "before").unwrap();
        let notice = Diagnostic::warning(Code::Skipped, "started by `x\n# y`, <b>not</b> by @all");
        append_note(&path, &notice).unwrap();
        insta::assert_snapshot!(std::fs::read_to_string(&path).unwrap());
    }
}
