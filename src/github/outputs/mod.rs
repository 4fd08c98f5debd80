//! What a job says without asking the API: its summary, annotations, the outputs of the step, its log. All of it works
//! in a job whose token can only read.

mod annotations;
mod log;
mod note;
mod step;
mod summary;

pub use annotations::{annotations, unpublished};
pub use log::unheard;
pub use note::append_note;
pub use step::{Outputs, append_outputs};
pub use summary::append_summary;

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;

use crate::diag::{Code, Diagnostic};

/// Appends to a file of the runner; what other steps wrote there stays. All of it or nothing: the runner refuses a step
/// whose outputs break off in the middle of one.
fn append(path: &Path, text: &str, what: &str) -> Result<(), Diagnostic> {
    let append = || {
        let mut file = OpenOptions::new().append(true).create(true).open(path)?;
        let before = file.metadata()?.len();
        file.write_all(text.as_bytes()).inspect_err(|_| {
            // What cannot be taken back either is no regular file, or lost with its disk.
            let _ = file.set_len(before);
        })
    };
    append().map_err(|error: io::Error| {
        Diagnostic::warning(Code::NotPublished, format!("cannot write {what}: {error}"))
            .file(path.display().to_string())
            .help("the runner makes this file; leave its variable as it is")
    })
}
