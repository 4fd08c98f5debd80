use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::diag::ExitCode;
use crate::report::escape;

/// Runs the program; a panic, which is always a bug, becomes exit code 70 and a sentence for `say`.
pub fn guarded(run: impl FnOnce() -> ExitCode, say: impl FnOnce(&str)) -> ExitCode {
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(code) => code,
        Err(payload) => {
            say(&format!(
                "benchgate has a bug: {}\nNothing was decided. Please report it with the command and, if you can, its inputs.",
                escape::terminal(message(&*payload))
            ));
            ExitCode::Bug
        }
    }
}

fn message(payload: &(dyn Any + Send)) -> &str {
    payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("it panicked")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_exit_70_and_is_said() {
        let mut said = String::new();
        let code = guarded(|| panic!("row {} is missing", 3), |text| said = text.to_owned());
        assert_eq!(code.code(), 70);
        assert!(said.starts_with("benchgate has a bug: row 3 is missing\n"), "{said}");
    }

    #[test]
    fn what_it_says_is_no_command() {
        let mut said = String::new();
        guarded(|| panic!("##[group]\n::debug::x\u{1b}[31m"), |text| said = text.to_owned());
        assert!(!said.contains("##[") && !said.contains('\u{1b}'), "{said}");
        assert!(said.lines().all(|line| !line.starts_with("::")), "{said}");
    }

    #[test]
    fn without_a_panic_the_code_passes_through() {
        assert_eq!(guarded(|| ExitCode::Fail, |_| unreachable!()), ExitCode::Fail);
    }
}
