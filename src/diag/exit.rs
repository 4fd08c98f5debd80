/// The exit codes of benchgate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum ExitCode {
    /// The gate passes.
    Pass = 0,
    /// An unwaived finding is at or above `fail-on`.
    Fail = 1,
    /// The command line or the configuration is wrong.
    Usage = 2,
    /// The inputs are wrong: an error-level diagnostic, nothing measured, an empty side.
    Input = 3,
    /// The gate is inconclusive, and `inconclusive: fail`.
    Inconclusive = 5,
    /// A bug in benchgate.
    Bug = 70,
}

impl ExitCode {
    /// The number the process ends with.
    #[must_use]
    pub fn code(self) -> u8 {
        self as u8
    }
}
