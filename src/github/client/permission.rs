use http::Method;

/// The lines that are missing under `permissions:` of a job, as in `pull-requests: write`.
///
/// GitHub names them in the header `x-accepted-github-permissions`: sets that go together are joined with commas,
/// alternatives with semicolons. Of the alternatives the one with pull requests is taken, since `issues: write` is not
/// enough on a pull request. Where the header is missing, the path tells. Conversations, check runs and statuses are read
/// only to be written, so there the permission to write is named at once.
pub(super) fn needs(header: Option<&str>, method: &Method, path: &str) -> Vec<String> {
    let alternatives: Vec<Vec<String>> = header
        .unwrap_or_default()
        .split(';')
        .map(|set| set.split(',').filter_map(line).collect())
        .filter(|set: &Vec<String>| !set.is_empty())
        .collect();
    let pull_requests =
        alternatives.iter().find(|set| set.iter().any(|l| l.starts_with("pull-requests:")));
    let by_path = || by_path(method, path).into_iter().collect();
    let mut lines = pull_requests.or(alternatives.first()).cloned().unwrap_or_else(by_path);
    if matches!(within(path).as_deref(), Some(["issues", ..] | [.., "check-runs" | "statuses"])) {
        for line in &mut lines {
            let name = line.split(':').next();
            if matches!(name, Some("pull-requests" | "checks" | "statuses")) {
                *line = line.replace(": read", ": write");
            }
        }
    }
    lines
}

/// The segments of a path below its repository.
fn within(path: &str) -> Option<Vec<&str>> {
    let (path, _) = path.split_once('?').unwrap_or((path, ""));
    let segments: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    match segments.as_slice() {
        ["repos", _, _, rest @ ..] | ["repositories", _, rest @ ..] => Some(rest.to_vec()),
        _ => None,
    }
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
    if path == "/graphql" {
        return Some("pull-requests: write".to_owned());
    }
    let name = match within(path)?.as_slice() {
        ["issues" | "pulls" | "labels", ..] => "pull-requests",
        ["check-runs", ..] | ["commits", _, "check-runs", ..] => "checks",
        ["statuses", ..] | ["commits", _, "status" | "statuses", ..] => "statuses",
        ["actions", ..] => "actions",
        ["contents" | "commits" | "git", ..] => "contents",
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
        let reading = |header, path| needs(header, &Method::GET, path);
        assert_eq!(reading(None, "/repos/o/n/contents/a"), ["contents: read"]);
        assert_eq!(reading(None, "/repos/o/n/git/ref/heads%2Fmain"), ["contents: read"]);
        assert_eq!(reading(None, "/repos/o/n/commits/abc/statuses"), ["statuses: write"]);
        assert_eq!(reading(None, "/repos/o/n/pulls?head=a%2Fb"), ["pull-requests: read"]);
        let comments = "/repos/o/n/issues/1/comments?per_page=100";
        assert_eq!(
            reading(Some("issues=read; pull_requests=read"), comments),
            ["pull-requests: write"]
        );
        let checks = "/repos/o/n/commits/abc/check-runs?check_name=x";
        assert_eq!(reading(Some("checks=read"), checks), ["checks: write"]);
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
