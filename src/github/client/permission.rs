use http::Method;

/// The lines that are missing under `permissions:` of a job, as in `pull-requests: write`.
///
/// GitHub names them in the header `x-accepted-github-permissions`: sets that go together are joined with commas,
/// alternatives with semicolons. Of the alternatives the one with pull requests is taken, since `issues: write` is not
/// enough on a pull request. Where the header is missing, the path tells.
pub(super) fn needs(header: Option<&str>, method: &Method, path: &str) -> Vec<String> {
    let alternatives: Vec<Vec<String>> = header
        .unwrap_or_default()
        .split(';')
        .map(|set| set.split(',').filter_map(line).collect())
        .filter(|set: &Vec<String>| !set.is_empty())
        .collect();
    let pull_requests =
        alternatives.iter().find(|set| set.iter().any(|l| l.starts_with("pull-requests:")));
    pull_requests
        .or(alternatives.first())
        .cloned()
        .unwrap_or_else(|| by_path(method, path).into_iter().collect())
}

/// `pull_requests=write` as a line of a workflow.
fn line(pair: &str) -> Option<String> {
    let (name, level) = pair.trim().split_once('=')?;
    let named = (1..=40).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    // Every token may read the metadata; a workflow cannot even ask for it.
    (named && name != "metadata" && matches!(level, "read" | "write"))
        .then(|| format!("{}: {level}", name.replace('_', "-")))
}

fn by_path(method: &Method, path: &str) -> Option<String> {
    let segments: Vec<&str> = path.split(['/', '?']).filter(|part| !part.is_empty()).collect();
    let within = match segments.as_slice() {
        ["repos", _, _, rest @ ..] | ["repositories", _, rest @ ..] => rest,
        ["graphql"] => return Some("pull-requests: write".to_owned()),
        _ => return None,
    };
    let name = match within {
        ["issues" | "pulls" | "labels", ..] => "pull-requests",
        ["check-runs", ..] | ["commits", _, "check-runs", ..] => "checks",
        ["statuses", ..] | ["commits", _, "status" | "statuses", ..] => "statuses",
        ["actions", ..] => "actions",
        ["contents" | "commits", ..] => "contents",
        _ => return None,
    };
    let level = if method == Method::GET { "read" } else { "write" };
    Some(format!("{name}: {level}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_missing_lines_come_from_the_header_else_from_the_path() {
        let cases = [
            (Some("issues=write; pull_requests=write"), "/repos/o/n/issues/1/comments"),
            (Some("pull_requests=read,contents=read; issues=read,contents=read"), "/x"),
            (Some("checks=write"), "/repos/o/n/check-runs"),
            (Some("metadata=read"), "/repos/o/n/statuses/abc"),
            (Some("::error::=write, Evil=write, a=\u{1b}[31m"), "/repos/o/n/check-runs"),
            (None, "/repos/o/n/issues/1/comments?per_page=100"),
            (None, "/repositories/7/commits/abc/check-runs"),
            (None, "/repos/o/n/actions/runs/1/artifacts"),
            (None, "/graphql"),
            (None, "/user"),
        ];
        let shown: Vec<String> = cases
            .iter()
            .map(|(header, path)| format!("{path}: {:?}", needs(*header, &Method::POST, path)))
            .collect();
        insta::assert_snapshot!(shown.join("\n"));
        assert_eq!(needs(None, &Method::GET, "/repos/o/n/contents/a"), ["contents: read"]);
    }

    proptest::proptest! {
        #[test]
        fn no_header_gets_anything_but_lines_through(header in ".*") {
            for line in needs(Some(&header), &Method::GET, "/user") {
                let (name, level) = line.split_once(": ").unwrap();
                assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'));
                assert!(matches!(level, "read" | "write"));
            }
        }
    }
}
