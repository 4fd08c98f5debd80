use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::{Code, Diagnostic, Level};

/// How many diagnostics of one kind are kept for one file; the rest is counted.
const KEPT: usize = 20;

/// Collects diagnostics from any thread and gives them back in a fixed order.
///
/// Of one kind in one file the first lines are kept and the rest counted, so that a gigabyte of broken lines
/// stays a page: nothing is dropped without being said.
#[derive(Debug, Default)]
pub struct Diagnostics {
    groups: Mutex<BTreeMap<Kind, Group>>,
}

/// File, code and level.
type Kind = (Option<String>, Code, Level);

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
        let mut groups = self.groups.lock().unwrap_or_else(PoisonError::into_inner);
        let group =
            groups.entry((diagnostic.file.clone(), diagnostic.code, diagnostic.level)).or_default();
        let place = |d: &Diagnostic| (d.line, d.column, d.message.clone());
        let at = group.first.partition_point(|known| place(known) <= place(&diagnostic));
        group.first.insert(at, diagnostic);
        if group.first.len() > KEPT {
            group.first.pop();
            group.more += 1;
        }
    }

    /// Whether any of them stops the gate.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.groups
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .keys()
            .any(|&(_, _, level)| level == Level::Error)
    }

    /// Whether one of this kind is among them.
    #[must_use]
    pub fn contains(&self, code: Code) -> bool {
        self.groups
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .keys()
            .any(|&(_, known, _)| known == code)
    }

    /// All of them, by file, line and column; a count stands for those that were not kept.
    #[must_use]
    pub fn into_vec(self) -> Vec<Diagnostic> {
        let groups = self.groups.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut all = Vec::new();
        for ((file, code, level), group) in groups {
            all.extend(group.first);
            if group.more > 0 {
                let message = format!("{} more like these in this file", group.more);
                all.push(Diagnostic {
                    level,
                    file,
                    line: Some(u32::MAX),
                    ..Diagnostic::error(code, message)
                });
            }
        }
        all.sort_by(|a, b| {
            (&a.file, a.line, a.column, a.code).cmp(&(&b.file, b.line, b.column, b.code))
        });
        for diagnostic in &mut all {
            diagnostic.line = diagnostic.line.filter(|&line| line != u32::MAX);
        }
        all
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
    }
}
