//! What a child printed, kept in bounds.

use std::collections::VecDeque;
use std::io::Read;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use crate::diag::visible;

/// The end of what a child printed. It is text of an unknown author: show it by [`Captured::shown`] only.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Captured {
    /// The bytes that were kept: the last ones.
    pub bytes: Vec<u8>,
    /// How many bytes before them were dropped.
    pub dropped: u64,
}

impl Captured {
    /// The kept bytes as text; what is not UTF-8 is replaced.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// The last `lines` lines that are not blank, for a person: each behind `  | `, control characters made visible
    /// and cut at 300 characters, so that no line can act on a terminal or as a workflow command.
    #[must_use]
    pub fn shown(&self, lines: usize) -> String {
        const LONGEST: usize = 300;
        let text = self.text();
        let all: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
        let from = all.len().saturating_sub(lines);
        let mut out = String::new();
        if from > 0 || self.dropped > 0 {
            out.push_str("  | …\n");
        }
        for line in all.iter().skip(from) {
            let short: String = without_colour(line).chars().take(LONGEST).collect();
            // The runner reads `##[command]` anywhere in a line.
            out.push_str(&format!("  | {}\n", visible(&short).replace("##[", "##\\u{5b}")));
        }
        out
    }
}

/// A line without the escape sequences that set colours.
fn without_colour(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find("\x1b[") {
        out.push_str(&rest[..at]);
        let sequence = &rest[at + 2..];
        let end = sequence.find(|c: char| !(c.is_ascii_digit() || c == ';'));
        match end {
            Some(end) if sequence[end..].starts_with('m') => rest = &sequence[end + 1..],
            _ => {
                out.push_str("\x1b[");
                rest = sequence;
            }
        }
    }
    out.push_str(rest);
    out
}

/// Reads a pipe in a thread of its own until its last writer is gone.
#[derive(Clone)]
pub(super) struct Reader {
    shared: Arc<(Mutex<State>, Condvar)>,
}

#[derive(Default)]
struct State {
    kept: VecDeque<u8>,
    dropped: u64,
    done: bool,
}

impl Reader {
    /// Starts to read, keeping the last `limit` bytes.
    ///
    /// # Errors
    /// The thread cannot be started.
    pub(super) fn start(
        mut pipe: impl Read + Send + 'static,
        limit: usize,
    ) -> std::io::Result<Self> {
        let reader = Self { shared: Arc::default() };
        let mine = reader.clone();
        thread::Builder::new().name("output".into()).stack_size(128 * 1024).spawn(move || {
            let mut buffer = vec![0; 16 * 1024];
            loop {
                match pipe.read(&mut buffer) {
                    Ok(0) => break,
                    Ok(n) => mine.lock().push(buffer.get(..n).unwrap_or_default(), limit),
                    Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                    Err(_) => break,
                }
            }
            mine.lock().done = true;
            mine.shared.1.notify_all();
        })?;
        Ok(reader)
    }

    /// What was read. Waits for the end of the pipe, but not longer than `patience`: a process that got away may
    /// hold it open for ever.
    pub(super) fn finish(&self, patience: Duration) -> Captured {
        let (mut state, _) = self
            .shared
            .1
            .wait_timeout_while(self.lock(), patience, |state| !state.done)
            .unwrap_or_else(PoisonError::into_inner);
        Captured { bytes: std::mem::take(&mut state.kept).into(), dropped: state.dropped }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.shared.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn push(&mut self, bytes: &[u8], limit: usize) {
        self.kept.extend(bytes);
        let over = self.kept.len().saturating_sub(limit);
        self.kept.drain(..over);
        self.dropped += over as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn captured(text: &str) -> Captured {
        Captured { bytes: text.into(), dropped: 0 }
    }

    #[test]
    fn the_last_bytes_are_kept() {
        let text: Vec<u8> = (0..100_000u32).flat_map(|i| format!("{i}\n").into_bytes()).collect();
        let total = text.len();
        let reader = Reader::start(std::io::Cursor::new(text), 1000).unwrap();
        let kept = reader.finish(Duration::from_secs(5));
        assert_eq!(kept.bytes.len(), 1000);
        assert_eq!(kept.dropped, (total - 1000) as u64);
        assert!(kept.text().ends_with("99998\n99999\n"));
    }

    #[test]
    fn nothing_shown_can_be_a_workflow_command() {
        let shown = captured(
            "first\n  ::set-output name=a::b\nx ##[error]boo\n\n\x1b[31;1mred\x1b[0m \x1b[2J\rover\n::stop-commands::x",
        )
        .shown(4);
        insta::assert_snapshot!(shown, @r"
          | …
          |   ::set-output name=a::b
          | x ##\u{5b}error]boo
          | red \u{1b}[2J\rover
          | ::stop-commands::x
        ");
        for line in shown.lines() {
            assert!(line.trim_start().starts_with('|') && !line.contains("##["), "{line}");
        }
    }
}
