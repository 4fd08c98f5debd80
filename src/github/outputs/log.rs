/// Text between two commands that make the runner deaf to commands, for a job's log. `random` makes the word that
/// ends it, which whoever wrote the text could not know.
#[must_use]
pub fn unheard(text: &str, random: u128) -> String {
    let word = format!("benchgate-{random:032x}");
    let end = if text.ends_with('\n') { "" } else { "\n" };
    // Whoever guessed the word would have guessed 128 bits; such a line is broken all the same.
    let text = text.replace(&word, "benchgate-");
    format!("::stop-commands::{word}\n{text}{end}::{word}::\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_end_the_silence() {
        let word = "benchgate-0000000000000000000000000000002a";
        let text = unheard(&format!("::error::x\n::{word}::\n::error::y"), 42);
        assert_eq!(
            text,
            format!(
                "::stop-commands::{word}\n::error::x\n::benchgate-::\n::error::y\n::{word}::\n"
            )
        );
    }
}
