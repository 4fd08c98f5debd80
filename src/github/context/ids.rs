//! Names that go into request paths, checked so that nothing else can.

use std::fmt;

/// A repository as `owner/name`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repository(String);

impl Repository {
    /// Takes `owner/name`: two parts of 1 to 100 letters, digits, dots, underscores and hyphens, none of them only dots.
    /// `None` for anything else, which could lead a request path astray.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let plain = |part: &str| {
            (1..=100).contains(&part.len())
                && part.chars().any(|c| c != '.')
                && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))
        };
        let (owner, name) = text.split_once('/')?;
        (plain(owner) && plain(name)).then(|| Self(text.to_owned()))
    }

    /// `owner/name`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before the slash.
    #[must_use]
    pub fn owner(&self) -> &str {
        self.0.split_once('/').map_or("", |(owner, _)| owner)
    }

    /// The part behind the slash.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.split_once('/').map_or("", |(_, name)| name)
    }

    /// A path of the API below the repository: `/repos/owner/name` and the rest, which begins with a slash.
    #[must_use]
    pub fn path(&self, rest: impl fmt::Display) -> String {
        format!("/repos/{}{rest}", self.0)
    }
}

impl fmt::Display for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A full commit id: 40 or 64 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sha(String);

impl Sha {
    /// Takes a full commit id; `None` for anything else, an abbreviation included.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let full = matches!(text.len(), 40 | 64) && text.bytes().all(|b| b.is_ascii_hexdigit());
        full.then(|| Self(text.to_ascii_lowercase()))
    }

    /// The digits, in lower case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first seven digits, for people.
    #[must_use]
    pub fn short(&self) -> &str {
        self.0.get(..7).unwrap_or(&self.0)
    }

    /// Whether it is all zeros, which GitHub writes where there is no commit.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.0.bytes().all(|b| b == b'0')
    }
}

impl fmt::Display for Sha {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One attempt of a workflow run. A later run has a larger id, and a run that is repeated a larger attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunRef {
    /// The id of the run.
    pub id: u64,
    /// The attempt, from 1.
    pub attempt: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repositories_are_two_plain_parts() {
        for good in ["octo-org/perf-demo", "a/b", "o/.github", "o_1/r.rs"] {
            let repository = Repository::parse(good).unwrap();
            assert_eq!(repository.path("/pulls/1"), format!("/repos/{good}/pulls/1"));
            assert_eq!(format!("{}/{}", repository.owner(), repository.name()), good);
        }
        let long = format!("o/{}", "a".repeat(101));
        for bad in [
            "", "o", "o/", "/r", "o/r/x", "../..", "o/..", "o/r?x", "o/r#", "o/ü", "o/%2e", "o /r",
            &long,
        ] {
            assert_eq!(Repository::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn commits_are_full_ids() {
        let id = "A1b2c3d4".repeat(5);
        assert_eq!(Sha::parse(&id).unwrap().short(), "a1b2c3d");
        assert!(Sha::parse(&"0".repeat(64)).unwrap().is_zero());
        for bad in ["", "a1b2c3d", &"g".repeat(40), &format!("{}/", "a".repeat(39))] {
            assert_eq!(Sha::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn later_runs_and_attempts_are_newer() {
        let run = |id, attempt| RunRef { id, attempt };
        assert!(run(2, 1) > run(1, 9));
        assert!(run(2, 2) > run(2, 1));
        assert!(Some(run(1, 1)) > None);
    }
}
