/// The exit codes of benchgate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum ExitCode {
    /// The gate passes.
    Pass = 0,
    /// An unwaived finding is at or above `fail-on`.
    Fail = 1,
    /// The command line or the configuration is wrong, or a file that it asks for cannot be written.
    Usage = 2,
    /// The inputs are wrong: an error-level diagnostic, nothing measured, an empty side.
    Input = 3,
    /// The report could not be published, and the gate passed.
    Unpublished = 4,
    /// The gate is inconclusive, and `inconclusive: fail`.
    Inconclusive = 5,
    /// A bug in benchgate.
    Bug = 70,
    /// Interrupted by Ctrl-C or a signal to terminate, while measuring or writing.
    Interrupted = 130,
}

impl ExitCode {
    /// The number the process ends with.
    #[must_use]
    pub fn code(self) -> u8 {
        self as u8
    }

    /// Every exit code with what it means.
    pub const ALL: &'static [(Self, &'static str)] = &[
        (Self::Pass, "pass"),
        (Self::Fail, "fail: an unwaived finding is at or above `fail-on`"),
        (
            Self::Usage,
            "the command line or the configuration is wrong, or a file that was asked for cannot be written",
        ),
        (Self::Input, "the inputs are wrong: an error in a file, nothing measured, an empty side"),
        (Self::Unpublished, "the report could not be published, and the gate passed"),
        (Self::Inconclusive, "inconclusive, and the configuration says `inconclusive: fail`"),
        (Self::Bug, "a bug in benchgate"),
        (
            Self::Interrupted,
            "interrupted by Ctrl-C or a signal to terminate, while measuring or writing; at other times the signal itself ends the program",
        ),
    ];

    /// The exit code with this number.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.iter().map(|&(exit, _)| exit).find(|exit| exit.code() == code)
    }
}
