use reqwest::Url;

use crate::diag::{Code, Diagnostic, quoted};

/// The addresses of one GitHub: github.com, a GitHub Enterprise Server, or an enterprise with a host of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// Without a slash at the end.
    api: String,
    graphql: Url,
    /// Whether the API is on this machine and not encrypted: where a test listens.
    loopback: bool,
    /// Scheme, host and port that the token may be sent to.
    origin: String,
}

impl Server {
    /// Reads the addresses from `GITHUB_API_URL` and `GITHUB_GRAPHQL_URL`, as a runner sets them.
    /// Those of github.com stand for the ones that are missing.
    ///
    /// # Errors
    /// An address that is not `https` (`http` is taken for this machine only), that holds a user, a query or a
    /// fragment; a GraphQL address on another host than the API.
    pub fn read(variable: &dyn Fn(&str) -> Option<String>) -> Result<Self, Diagnostic> {
        let set = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
        let api_text = set("GITHUB_API_URL").unwrap_or_else(|| "https://api.github.com".to_owned());
        let api = address("GITHUB_API_URL", &api_text)?;
        let api_text = without_slash(&api);
        let graphql_text =
            set("GITHUB_GRAPHQL_URL").unwrap_or_else(|| match api_text.strip_suffix("/api/v3") {
                Some(host) => format!("{host}/api/graphql"),
                None => format!("{api_text}/graphql"),
            });
        let graphql = address("GITHUB_GRAPHQL_URL", &graphql_text)?;
        if graphql.origin() != api.origin() {
            let message = format!(
                "GITHUB_GRAPHQL_URL is on another host than GITHUB_API_URL: {} and {}",
                quoted(graphql.as_str()),
                quoted(api.as_str())
            );
            return Err(Diagnostic::error(Code::ServerAddress, message).help(
                "the token is sent to one host only; set both variables as the runner sets them",
            ));
        }
        Ok(Self {
            loopback: is_loopback(&api) && api.scheme() == "http",
            origin: api.origin().ascii_serialization(),
            api: api_text,
            graphql,
        })
    }

    /// The address of a path of the API, which begins with a slash. `None` if the path is none: if it would leave
    /// the API, or if it holds characters that have to be encoded.
    pub(super) fn api(&self, path: &str) -> Option<Url> {
        let text = format!("{}{path}", self.api);
        let url = Url::parse(&text).ok()?;
        // What the parser changed (`..`, a tab, a blank, a backslash) is not the path that was meant.
        (path.starts_with('/') && url.as_str() == text && url.fragment().is_none()).then_some(url)
    }

    /// The address of GraphQL, on the same host.
    pub(super) fn graphql(&self) -> &Url {
        &self.graphql
    }

    /// Scheme, host and port of the API.
    pub(super) fn origin(&self) -> &str {
        &self.origin
    }

    /// Whether an address is on the host of the API, where the token may go.
    pub(super) fn owns(&self, url: &Url) -> bool {
        url.origin().ascii_serialization() == self.origin && url.username().is_empty()
    }

    /// Whether a file may be fetched from an address on another host, without the token.
    pub(super) fn may_lead_to(&self, url: &Url) -> bool {
        url.scheme() == "https" || (self.loopback && is_loopback(url) && url.scheme() == "http")
    }

    /// Whether the API is on this machine and not encrypted.
    pub(super) fn is_loopback(&self) -> bool {
        self.loopback
    }
}

fn without_slash(url: &Url) -> String {
    url.as_str().trim_end_matches('/').to_owned()
}

fn address(name: &str, text: &str) -> Result<Url, Diagnostic> {
    let refused = |why: &str| {
        // What stands before an `@` may be a password.
        let shown = text.rsplit('@').next().unwrap_or_default();
        Diagnostic::error(Code::ServerAddress, format!("{name} is {}: {why}", quoted(shown)))
            .help("set it as the runner of GitHub Actions sets it, like `https://github.example.com/api/v3`")
    };
    let url = Url::parse(text.trim()).map_err(|error| refused(&error.to_string()))?;
    let plain = url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    match url.scheme() {
        _ if !plain => Err(refused("a user, a query or a fragment has no place in it")),
        "https" => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        "http" => Err(refused("the token would be sent without encryption")),
        _ => Err(refused("not an `https` address")),
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host_str() {
        Some("localhost") => true,
        Some(host) => host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .parse::<std::net::IpAddr>()
            .is_ok_and(|ip| ip.is_loopback()),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Server, Diagnostic> {
        Server::read(&|name| {
            pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn github_com_is_the_default_and_other_servers_come_from_the_environment() {
        let url = |server: &Server| server.api("/repos/o/n").map(String::from);
        let public = read(&[]).unwrap();
        assert_eq!(url(&public).as_deref(), Some("https://api.github.com/repos/o/n"));
        assert_eq!(public.graphql().as_str(), "https://api.github.com/graphql");

        let enterprise = read(&[("GITHUB_API_URL", "https://git.example.com/api/v3/")]).unwrap();
        assert_eq!(url(&enterprise).as_deref(), Some("https://git.example.com/api/v3/repos/o/n"));
        assert_eq!(enterprise.graphql().as_str(), "https://git.example.com/api/graphql");

        let local = read(&[("GITHUB_API_URL", "http://127.0.0.1:8080")]).unwrap();
        assert!(local.is_loopback());
        let tunnel = read(&[("GITHUB_API_URL", "https://localhost:8443/api/v3")]).unwrap();
        assert!(!tunnel.is_loopback());
        assert_eq!(local.graphql().as_str(), "http://127.0.0.1:8080/graphql");
    }

    #[test]
    fn addresses_that_a_token_may_not_go_to_are_refused() {
        let refused: Vec<String> = [
            ("GITHUB_API_URL", "http://api.github.com"),
            ("GITHUB_API_URL", "http://localhost.example.com"),
            ("GITHUB_API_URL", "https://me:secret@api.github.com"),
            ("GITHUB_API_URL", "https://api.github.com/?q"),
            ("GITHUB_API_URL", "file:///etc/passwd"),
            ("GITHUB_API_URL", "api.github.com"),
            ("GITHUB_GRAPHQL_URL", "https://evil.example/graphql"),
            ("GITHUB_API_URL", "javascript:alert(1)"),
        ]
        .into_iter()
        .map(|pair| read(&[pair]).unwrap_err().message)
        .collect();
        insta::assert_snapshot!(refused.join("\n"));
    }

    #[test]
    fn a_path_cannot_leave_the_api() {
        let server = read(&[("GITHUB_API_URL", "https://git.example.com/api/v3")]).unwrap();
        for path in [
            "/../graphql",
            "/repos/o/n/contents/../../../user",
            "/repos/o/n/contents/%2e%2e/%2E./user",
            "/repos/o/n/labels/a b",
            "/repos/o/n/labels/ä",
            "/repos\\o",
            "/repos/o\n/n",
            "/user#x",
            "repos/o/n",
            "@evil.example/",
            ".evil.example/",
            "",
        ] {
            assert_eq!(server.api(path), None, "{path:?}");
        }
        assert!(server.api("/repos/o/n/contents/a%20b.yml?ref=main").is_some());
    }
}
