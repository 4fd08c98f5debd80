use serde::Deserialize;

use crate::github::context::{Repository, Sha};
use crate::github::{Client, Failure};

/// The newest commit of the branch of a pull request, if that has moved on from the expected one.
pub(crate) async fn moved_on(
    client: &Client,
    repository: &Repository,
    number: u64,
    expected: &Sha,
) -> Result<Option<String>, Failure> {
    #[derive(Deserialize)]
    struct Pull {
        head: Head,
    }
    #[derive(Deserialize)]
    struct Head {
        sha: String,
    }
    let pull: Pull = client.get(&repository.path(format_args!("/pulls/{number}"))).await?;
    let same = pull.head.sha.eq_ignore_ascii_case(expected.as_str());
    Ok((!same).then_some(pull.head.sha))
}
