use crate::github::context::RunRef;

/// How the first line of a comment begins.
pub(super) const BEGINS: &str = "<!-- benchgate:report ";
/// A longer first line is none of ours.
const LONGEST: usize = 300;

/// The hidden first line of a comment: which gate wrote it, in which run.
///
/// Anybody can write one: it counts only in a comment of our own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Marker<'a> {
    /// The name of the gate.
    pub(crate) gate: &'a str,
    /// The run that wrote the comment; `None` where it was not written in one.
    pub(crate) run: Option<RunRef>,
}

impl<'a> Marker<'a> {
    /// The marker that a comment begins with; one anywhere else in it does not count.
    pub(crate) fn of(body: &'a str) -> Option<Self> {
        let line = body.lines().next().filter(|line| line.len() <= LONGEST)?;
        let words =
            line.strip_prefix(BEGINS)?.trim_end().strip_suffix("-->")?.split_ascii_whitespace();
        let (mut gate, mut id, mut attempt) = (None, None, None);
        for word in words {
            match word.split_once('=')? {
                ("gate", name) => gate = Some(name),
                ("run", number) => id = Some(number.parse().ok()?),
                ("attempt", number) => attempt = Some(number.parse().ok()?),
                _ => {}
            }
        }
        let run = id.map(|id| RunRef { id, attempt: attempt.unwrap_or(1) });
        Some(Self { gate: gate?, run })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Form, Options, render, samples};
    use proptest::prelude::*;

    #[test]
    fn what_the_report_writes_is_read() {
        let run = Some(RunRef { id: 123, attempt: 2 });
        for run in [None, run] {
            let options = Options {
                gate_name: "n-1.x_Y".into(),
                run: run.map(|run| run.id),
                attempt: run.map(|run| run.attempt),
                ..Options::default()
            };
            let body = render(&samples::small(), Form::Markdown, &options).unwrap();
            assert_eq!(Marker::of(&body), Some(Marker { gate: "n-1.x_Y", run }));
        }
    }

    #[test]
    fn a_marker_stands_at_the_start_and_is_whole() {
        let whole = "<!-- benchgate:report gate=a run=1 attempt=1 -->";
        assert!(Marker::of(whole).is_some());
        assert!(Marker::of(&format!("{whole}\r\nrest")).is_some());
        let newer = "<!-- benchgate:report gate=a run=1 attempt=1 colour=red -->";
        assert_eq!(Marker::of(newer), Marker::of(whole));
        for other in [
            "",
            &format!("> {whole}"),
            &format!(" {whole}"),
            &format!("\n{whole}"),
            "<!-- benchgate:report gate=a run=1",
            "<!-- benchgate:report run=1 attempt=1 -->",
            "<!-- benchgate:report gate=a run=x -->",
            "<!-- benchgate:report gate=a run=-1 -->",
            "<!-- benchgate:report gate=a run -->",
            "<!-- benchgate:reporter gate=a -->",
            &format!("<!-- benchgate:report gate={} -->", "a".repeat(300)),
        ] {
            assert_eq!(Marker::of(other), None, "{other}");
        }
    }

    proptest! {
        #[test]
        fn any_comment_can_be_asked(body in any::<String>(), rest in any::<String>()) {
            let _ = Marker::of(&body);
            let _ = Marker::of(&format!("{BEGINS}{rest}"));
        }
    }
}
