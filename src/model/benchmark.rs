use std::fmt;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The name of a benchmark: `group/function/parameter`, as the harness prints it.
///
/// It comes from files that anybody may have written: it can hold any character and any length, so
/// every output form escapes it.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
// Everything that is said of a benchmark holds its name, so copies share it.
pub struct BenchmarkId(Arc<str>);

impl BenchmarkId {
    /// Takes a name as it is.
    pub fn new(name: impl Into<Arc<str>>) -> Self {
        Self(name.into())
    }

    /// The name, unescaped.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for BenchmarkId {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}

impl fmt::Display for BenchmarkId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
