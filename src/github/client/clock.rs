use std::pin::Pin;
use std::time::Duration;

use jiff::Timestamp;

/// The clock that waiting goes by. It comes from outside, so that a test need not wait.
pub trait Clock: Send + Sync {
    /// The time now.
    fn now(&self) -> Timestamp;
    /// Ends after `time`.
    fn sleep(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>>;
}
