//! Asking people to look at a change that became slower.

use std::collections::BTreeSet;
use std::str::FromStr;

use serde::Deserialize;
use serde_json::json;

use super::context::Repository;
use super::{Client, Failure};
use crate::diag::quoted;

/// Somebody to ask: a person, or a team written `organisation/team`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reviewer {
    /// The login of a person.
    Person(String),
    /// A team.
    Team {
        /// The organisation it belongs to.
        organisation: String,
        /// Its short name there.
        slug: String,
    },
}

impl Reviewer {
    /// The login, or the short name of the team.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Person(name) | Self::Team { slug: name, .. } => name,
        }
    }

    /// Whether this can be asked in a repository: GitHub asks the teams of its owner and no others.
    pub(super) fn can_be_asked(&self, repository: &Repository) -> bool {
        match self {
            Self::Person(_) => true,
            Self::Team { organisation, .. } => {
                organisation.eq_ignore_ascii_case(repository.owner())
            }
        }
    }
}

impl FromStr for Reviewer {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let plain = |part: &str| {
            (1..=100).contains(&part.len())
                && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
        };
        let text = text.trim().trim_start_matches('@');
        match text.split_once('/') {
            None if plain(text) => Ok(Self::Person(text.to_owned())),
            Some((organisation, team)) if plain(organisation) && plain(team) => {
                Ok(Self::Team { organisation: organisation.to_owned(), slug: team.to_owned() })
            }
            _ => Err(format!("{} is neither a login nor `organisation/team`", quoted(text))),
        }
    }
}

/// Something that happened to the pull request.
#[derive(Deserialize)]
struct Happened {
    #[serde(default)]
    event: String,
    #[serde(default)]
    requested_reviewer: Option<Account>,
    #[serde(default)]
    requested_team: Option<Team>,
}

#[derive(Deserialize)]
struct Account {
    login: String,
}

#[derive(Deserialize)]
struct Team {
    slug: String,
}

#[derive(Deserialize)]
struct Review {
    #[serde(default)]
    user: Option<Account>,
}

/// Asks those who were never asked before, so that nobody is asked with every push; the author of a pull request cannot
/// review it. Whom it asked.
pub(crate) async fn request(
    client: &Client,
    repository: &Repository,
    number: u64,
    reviewers: &[Reviewer],
    author: Option<&str>,
) -> Result<Vec<String>, Failure> {
    let asked = missing(client, repository, number, reviewers, author).await?;
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let (mut people, mut teams) = (Vec::new(), Vec::new());
    for reviewer in &asked {
        match reviewer {
            Reviewer::Person(login) => people.push(login),
            Reviewer::Team { slug, .. } => teams.push(slug),
        }
    }
    let path = repository.path(format_args!("/pulls/{number}/requested_reviewers"));
    let already = async || {
        let left = missing(client, repository, number, &asked, author).await?;
        Ok(left.is_empty().then_some(serde_json::Value::Null))
    };
    let body = json!({ "reviewers": people, "team_reviewers": teams });
    client.post::<serde_json::Value>(&path, &body, already).await?;
    Ok(asked.iter().map(|reviewer| reviewer.name().to_owned()).collect())
}

/// Those who have never been asked, by whomever, and have not reviewed unasked.
async fn missing(
    client: &Client,
    repository: &Repository,
    number: u64,
    reviewers: &[Reviewer],
    author: Option<&str>,
) -> Result<Vec<Reviewer>, Failure> {
    let events: Vec<Happened> =
        client.all(&repository.path(format_args!("/issues/{number}/events"))).await?;
    let reviews: Vec<Review> =
        client.all(&repository.path(format_args!("/pulls/{number}/reviews"))).await?;
    let (mut people, mut teams) = (BTreeSet::new(), BTreeSet::new());
    let lower = |name: &str| name.to_ascii_lowercase();
    for event in events.into_iter().filter(|event| event.event == "review_requested") {
        people.extend(event.requested_reviewer.map(|user| lower(&user.login)));
        teams.extend(event.requested_team.map(|team| lower(&team.slug)));
    }
    people.extend(reviews.into_iter().filter_map(|review| Some(lower(&review.user?.login))));
    people.extend(author.map(lower));
    let is_missing = |reviewer: &&Reviewer| match reviewer {
        Reviewer::Person(login) => !people.contains(&lower(login)),
        Reviewer::Team { slug, .. } => !teams.contains(&lower(slug)),
    };
    Ok(reviewers.iter().filter(is_missing).cloned().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_and_teams() {
        assert_eq!("@alice".parse(), Ok(Reviewer::Person("alice".into())));
        let team: Reviewer = "octo-org/perf".parse().unwrap();
        assert_eq!(team, Reviewer::Team { organisation: "octo-org".into(), slug: "perf".into() });
        let asked = |owner: &str| team.can_be_asked(&Repository::parse(owner).unwrap());
        assert_eq!((asked("Octo-Org/demo"), asked("other/demo")), (true, false));
        for wrong in ["", "@", "a/b/c", "a b", "/x", "ä"] {
            assert!(wrong.parse::<Reviewer>().is_err(), "{wrong}");
        }
    }
}
