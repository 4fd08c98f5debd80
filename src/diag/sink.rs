use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::{Code, Diagnostic, Level};

/// How many diagnostics of one kind are kept for one file; the rest is counted.
const KEPT: usize = 20;
/// How many files are kept of which one kind of diagnostic is said; the rest is counted.
const FILES: usize = 100;

/// How a diagnostic ends that stands for others of its file.
const IN_FILE: &str = " more like these in this file";
/// How a diagnostic ends that stands for others of other files.
const IN_OTHERS: &str = " more like these in other files";

/// Collects diagnostics from any thread and gives them back in a fixed order.
///
/// Of one kind the first lines of each file and the first files are kept and the rest counted, so that a gigabyte of
/// broken lines and a folder of broken files stay a page: nothing is dropped without being said.
#[derive(Debug, Default)]
pub struct Diagnostics {
    kinds: Mutex<BTreeMap<(Code, Level), Kind>>,
}

/// The diagnostics of one code and level.
#[derive(Debug, Default)]
struct Kind {
    files: BTreeMap<Option<String>, Group>,
    /// How many are of files that were not kept.
    more: u64,
    /// What another collection had counted.
    counts: Vec<Diagnostic>,
}

/// The diagnostics of one file.
#[derive(Debug, Default)]
struct Group {
    first: Vec<Diagnostic>,
    more: u64,
}

impl Diagnostics {
    /// An empty collection.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one.
    pub fn push(&self, diagnostic: Diagnostic) {
        let mut kinds = self.kinds.lock().unwrap_or_else(PoisonError::into_inner);
        let kind = kinds.entry((diagnostic.code, diagnostic.level)).or_default();
        if [IN_FILE, IN_OTHERS].iter().any(|end| diagnostic.message.ends_with(end)) {
            return kind.counts.push(diagnostic);
        }
        kind.files.entry(diagnostic.file.clone()).or_default().push(diagnostic);
        // The files that stay are the first by name, in whatever order they come.
        if kind.files.len() > FILES
            && let Some((_, last)) = kind.files.pop_last()
        {
            kind.more += last.first.len() as u64 + last.more;
        }
    }

    /// Whether any of them stops the gate.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.kinds
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .keys()
            .any(|&(_, level)| level == Level::Error)
    }

    /// Whether one of this kind is among them.
    #[must_use]
    pub fn contains(&self, code: Code) -> bool {
        self.kinds
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .keys()
            .any(|&(known, _)| known == code)
    }

    /// All of them, by file, line and column; counts stand for those that were not kept.
    #[must_use]
    pub fn into_vec(self) -> Vec<Diagnostic> {
        let kinds = self.kinds.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut all = Vec::new();
        for ((code, level), kind) in kinds {
            let more = |message| Diagnostic { level, ..Diagnostic::error(code, message) };
            for (file, group) in kind.files {
                all.extend(group.first);
                if group.more > 0 {
                    all.push(Diagnostic { file, ..more(format!("{}{IN_FILE}", group.more)) });
                }
            }
            if kind.more > 0 {
                all.push(more(format!("{}{IN_OTHERS}", kind.more)));
            }
            all.extend(kind.counts);
        }
        // A count comes behind what it counts.
        all.sort_by(|a, b| {
            let others = |d: &Diagnostic| d.message.ends_with(IN_OTHERS);
            let line =
                |d: &Diagnostic| if d.message.ends_with(IN_FILE) { Some(u32::MAX) } else { d.line };
            (others(a), &a.file, line(a), a.column, a.code).cmp(&(
                others(b),
                &b.file,
                line(b),
                b.column,
                b.code,
            ))
        });
        all
    }
}

impl Group {
    fn push(&mut self, diagnostic: Diagnostic) {
        let place = |d: &Diagnostic| (d.line, d.column, d.message.clone());
        let at = self.first.partition_point(|known| place(known) <= place(&diagnostic));
        self.first.insert(at, diagnostic);
        if self.first.len() > KEPT {
            self.first.pop();
            self.more += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_lines_are_kept_and_the_rest_counted_in_any_order_of_arrival() {
        let collect = |lines: &mut dyn Iterator<Item = u32>| {
            let sink = Diagnostics::new();
            for line in lines {
                sink.push(Diagnostic::error(Code::BadLine, "not JSON").file("a.jsonl").at(line, 1));
            }
            sink.into_vec()
        };
        let forward = collect(&mut (1..=50));
        assert_eq!(forward, collect(&mut (1..=50).rev()));
        assert_eq!(forward.len(), KEPT + 1);
        assert_eq!(forward.first().and_then(|d| d.line), Some(1));
        assert_eq!(
            forward.last().map(|d| d.message.as_str()),
            Some("30 more like these in this file")
        );
        let again = Diagnostics::new();
        forward.iter().for_each(|diagnostic| again.push(diagnostic.clone()));
        assert_eq!(again.into_vec(), forward);
    }

    #[test]
    fn the_first_files_are_kept_and_the_rest_counted_in_any_order_of_arrival() {
        let collect = |files: &mut dyn Iterator<Item = u32>| {
            let sink = Diagnostics::new();
            for file in files {
                for line in 1..=2 {
                    let error = Diagnostic::error(Code::Malformed, "no JSON");
                    sink.push(error.file(format!("{file:04}.json")).at(line, 1));
                }
            }
            sink.push(Diagnostic::warning(Code::Stale, "old"));
            sink.into_vec()
        };
        let forward = collect(&mut (0..1_000));
        assert_eq!(forward, collect(&mut (0..1_000).rev()));
        assert_eq!(forward.len(), 2 * FILES + 2);
        assert_eq!(forward.get(1).and_then(|d| d.file.as_deref()), Some("0000.json"));
        assert_eq!(
            forward.last().map(|d| d.message.as_str()),
            Some("1800 more like these in other files")
        );
        // What was counted is not counted again.
        let again = Diagnostics::new();
        forward.iter().for_each(|diagnostic| again.push(diagnostic.clone()));
        assert_eq!(again.into_vec(), forward);
    }
}
