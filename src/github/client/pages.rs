use http::header::LINK;
use reqwest::Url;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::answer::{Answer, Ending, shown};
use super::call::Call;
use super::{Client, Failure};

/// How many pages of a list are read. GitHub closes a conversation at 2,500 comments.
const PAGES: usize = 100;
/// How many entries a page has, the most that GitHub gives.
const PER_PAGE: usize = 100;

impl Client {
    pub(super) async fn list<T: DeserializeOwned>(
        &self,
        path: &str,
        key: Option<&str>,
    ) -> Result<Vec<T>, Failure> {
        let separator = if path.contains('?') { '&' } else { '?' };
        let mut call = self.reading(&format!("{path}{separator}per_page={PER_PAGE}"))?;
        let mut entries = Vec::new();
        for _ in 0..PAGES {
            let read = |answer| self.page(&answer, &call, key);
            let (page, next): (Vec<T>, _) = self.repeat(&call, read).await?;
            entries.extend(page);
            match next {
                Some(next) => call.url = next,
                None => return Ok(entries),
            }
        }
        let most = format!("{} entries", PAGES * PER_PAGE);
        Err(Failure::TooLarge { what: "the list".to_owned(), most })
    }

    /// The entries of a page and the address of the next.
    fn page<T: DeserializeOwned>(
        &self,
        answer: &Answer,
        call: &Call,
        key: Option<&str>,
    ) -> Result<(Vec<T>, Option<Url>), Ending> {
        let entries = match key {
            None => answer.json(&self.token)?,
            Some(key) => {
                let mut object: Value = answer.json(&self.token)?;
                let list = object.get_mut(key).map(Value::take).unwrap_or_default();
                serde_json::from_value(list).map_err(|error| {
                    let what = format!("GitHub's list of {key} has another form: {error}");
                    Ending::Final(Failure::Unexpected { what: shown(&what, &self.token) })
                })?
            }
        };
        let links: Vec<&str> =
            answer.headers.get_all(LINK).iter().filter_map(|value| value.to_str().ok()).collect();
        let Some(next) = next_page(&links.join(", ")).map(|link| call.url.join(link)) else {
            return Ok((entries, None));
        };
        match next {
            Ok(next) if self.server.owns(&next) => Ok((entries, Some(next))),
            _ => {
                let what =
                    "the next page of a list is on another host, where the token must not go";
                Err(Ending::Final(Failure::Unexpected { what: what.to_owned() }))
            }
        }
    }
}

/// The target with `rel="next"` of a header `Link`.
fn next_page(header: &str) -> Option<&str> {
    let mut rest = header;
    while let Some((_, link)) = rest.split_once('<') {
        let (target, after) = link.split_once('>')?;
        let (mut parameters, others) = split_outside_quotes(after, ',');
        while !parameters.is_empty() {
            let (parameter, more) = split_outside_quotes(parameters, ';');
            if is_next(parameter) {
                return Some(target);
            }
            parameters = more;
        }
        rest = others;
    }
    None
}

/// What stands before and after the first `separator` that is not in quotes.
fn split_outside_quotes(text: &str, separator: char) -> (&str, &str) {
    let mut quoted = false;
    text.split_once(|c| {
        quoted ^= c == '"';
        c == separator && !quoted
    })
    .unwrap_or((text, ""))
}

fn is_next(parameter: &str) -> bool {
    parameter.split_once('=').is_some_and(|(name, value)| {
        name.trim().eq_ignore_ascii_case("rel")
            && value
                .trim()
                .trim_matches('"')
                .split_whitespace()
                .any(|relation| relation.eq_ignore_ascii_case("next"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_is_found_among_the_links() {
        let cases = [
            (
                r#"<https://a/x?page=1>; rel="prev", <https://a/x?page=3>; rel="next""#,
                Some("https://a/x?page=3"),
            ),
            (
                r#"<https://a/x?a=1,2;b>; rel="next"; title="a, b", <c>; rel="last""#,
                Some("https://a/x?a=1,2;b"),
            ),
            (r#"<a>; title="x, <evil>; rel=next", <b>; rel=next"#, Some("b")),
            ("<b>; REL=\"last Next\"", Some("b")),
            (r#"<a>; rel="last""#, None),
            (r#"<a>; rel="nextpage""#, None),
            ("<a", None),
            ("", None),
        ];
        for (header, expected) in cases {
            assert_eq!(next_page(header), expected, "{header}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_header_breaks_it(header in r#"([<>;,="a-z ]|rel|next){0,60}"#) {
            if let Some(target) = next_page(&header) {
                assert!(header.contains(&format!("<{target}>")));
            }
        }
    }
}
