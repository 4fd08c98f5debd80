//! Configuration, waivers and templates as they stand at the tip of the base branch, where a pull request cannot
//! change them.

use serde::Deserialize;

use super::{Asked, BaseFiles, told};
use crate::diag::{Code, Diagnostic, quoted};
use crate::github::context::{Repository, Sha};
use crate::github::{Client, Failure, encode};
use crate::report::Templates;

/// Bytes of the configuration, and of a template.
const MOST_BYTES: u64 = 1 << 20;
/// Templates of a directory.
const MOST_TEMPLATES: usize = 50;

/// The answer of `git/ref`.
#[derive(Deserialize)]
struct Reference {
    object: Object,
}

#[derive(Deserialize)]
struct Object {
    sha: String,
}

/// The answer of `commits`.
#[derive(Deserialize)]
struct Commit {
    sha: String,
}

/// An entry of a directory.
#[derive(Deserialize)]
struct Entry {
    name: String,
    #[serde(rename = "type", default)]
    kind: String,
}

/// Where the files are read.
pub(super) struct BaseBranch<'a> {
    pub(super) name: &'a str,
    /// A commit of the branch that GitHub vouches for, in case the branch is gone. `None` where there is none: then only
    /// the branch itself will do.
    pub(super) known: Option<&'a str>,
}

/// Fetches the files.
///
/// # Errors
/// When they cannot be read, or one that was asked for by name is not there. A configuration that nobody named may be
/// missing; then the built-in rules hold.
pub(super) async fn fetch(
    client: &Client,
    repository: &Repository,
    base: &BaseBranch<'_>,
    asked: &Asked,
) -> Result<BaseFiles, Diagnostic> {
    let revision = tip(client, repository, base).await?;
    let files = Files { client, repository, revision: &revision, branch: base.name };
    let configuration = match &asked.config {
        Some(named) => {
            let path = plain(named, "--config")?;
            let text = files.text(&path).await?.ok_or_else(|| files.absent(&path, "--config"))?;
            Some((path, text))
        }
        None => {
            let mut found = None;
            for path in &asked.candidates {
                if let Some(text) = files.text(path).await? {
                    found = Some((path.clone(), text));
                    break;
                }
            }
            found
        }
    };
    let mut templates = match &asked.templates {
        Some(directory) => files.templates(&plain(directory, "--templates")?).await?,
        None => Templates::new(),
    };
    for (name, file) in &asked.own_templates {
        let path = plain(file, "--template")?;
        let text = files.text(&path).await?.ok_or_else(|| files.absent(&path, "--template"))?;
        templates.insert(name.as_str(), path, text);
    }
    Ok(BaseFiles { configuration, revision: revision.as_str().to_owned(), templates })
}

/// The commit at the tip of the branch. Asking for it also shows that the token may read the repository: afterwards
/// "not found" means that a file is not there.
async fn tip(
    client: &Client,
    repository: &Repository,
    base: &BaseBranch<'_>,
) -> Result<Sha, Diagnostic> {
    let doing = format!("read the tip of the base branch {}", quoted(base.name));
    let path = repository.path(format!("/git/ref/{}", encode(&format!("heads/{}", base.name))));
    let sha = match client.get::<Reference>(&path).await {
        Ok(reference) => reference.object.sha,
        Err(failure) => match (&failure, base.known) {
            // The branch may be gone since; the commit that GitHub knows the pull request's base by is not.
            (Failure::NotFound { .. }, Some(known)) => {
                let path = repository.path(format!("/commits/{}", encode(known)));
                let commit = client.get::<Commit>(&path).await;
                commit.map_err(|failure| told(&failure, &doing))?.sha
            }
            _ => return Err(told(&failure, &doing)),
        },
    };
    Sha::parse(&sha).ok_or_else(|| {
        let message = format!("cannot {doing}: {} is no commit", quoted(&sha));
        Diagnostic::error(Code::UnexpectedAnswer, message)
    })
}

/// The files of one commit.
struct Files<'a> {
    client: &'a Client,
    repository: &'a Repository,
    revision: &'a Sha,
    branch: &'a str,
}

impl Files<'_> {
    fn path(&self, file: &str) -> String {
        self.repository.path(format!("/contents/{}?ref={}", encode(file), self.revision))
    }

    /// The text of a file; `None` where there is none.
    async fn text(&self, file: &str) -> Result<Option<String>, Diagnostic> {
        let bytes = match self.client.raw(&self.path(file), MOST_BYTES).await {
            Ok(bytes) => bytes,
            Err(Failure::NotFound { .. }) => return Ok(None),
            Err(failure) => return Err(told(&failure, &self.doing(file))),
        };
        String::from_utf8(bytes).map(Some).map_err(|_| {
            let message = format!("cannot {}: it is not UTF-8 text", self.doing(file));
            Diagnostic::error(Code::ConfigUnreadable, message)
        })
    }

    /// The templates of a directory by their file names.
    async fn templates(&self, directory: &str) -> Result<Templates, Diagnostic> {
        let entries: Vec<Entry> = match self.client.get(&self.path(directory)).await {
            Ok(entries) => entries,
            Err(Failure::NotFound { .. }) => return Err(self.absent(directory, "--templates")),
            Err(failure) => return Err(told(&failure, &self.doing(directory))),
        };
        let is_template = |entry: &Entry| entry.kind == "file" && entry.name.ends_with(".j2");
        let names: Vec<String> =
            entries.into_iter().filter(is_template).map(|entry| entry.name).collect();
        let wrong = |what: String| {
            Diagnostic::error(Code::Template, format!("{} {what}", quoted(directory)))
        };
        if names.is_empty() {
            return Err(wrong("holds no template".into())
                .help("templates end in `.j2`, e.g. `comment.md.j2`"));
        }
        if names.len() > MOST_TEMPLATES {
            return Err(wrong(format!("holds {} templates", names.len()))
                .help(format!("at most {MOST_TEMPLATES} are read; keep others elsewhere")));
        }
        let mut templates = Templates::new();
        for name in names {
            let path = format!("{directory}/{name}");
            let text = self.text(&path).await?.ok_or_else(|| self.absent(&path, "--templates"))?;
            templates.insert(name, path, text);
        }
        Ok(templates)
    }

    fn doing(&self, file: &str) -> String {
        format!("read {} of the base branch {}", quoted(file), quoted(self.branch))
    }

    fn absent(&self, file: &str, option: &str) -> Diagnostic {
        let message = format!("the base branch {} holds no {}", quoted(self.branch), quoted(file));
        Diagnostic::error(Code::ConfigUnreadable, message).help(format!(
            "check `{option}`: with `--from-run` it names a path in the repository, read from the tip of the base branch"
        ))
    }
}

/// A path from the root of the repository, with slashes.
fn plain(path: &str, option: &str) -> Result<String, Diagnostic> {
    let parts: Vec<&str> =
        path.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    let outside = path.starts_with('/') || path.contains('\\') || parts.contains(&"..");
    if outside || parts.is_empty() {
        let message = format!("`{option}` is {}, which is no path in the repository", quoted(path));
        return Err(Diagnostic::error(Code::ConfigUnreadable, message)
            .help("with `--from-run` write it from the root of the repository, with slashes: `.github/benchgate.yml`"));
    }
    Ok(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_in_the_repository() {
        assert_eq!(
            plain("./.github//benchgate.yml", "--config"),
            Ok(".github/benchgate.yml".into())
        );
        for bad in ["", ".", "/etc/passwd", "a/../../b", "..", "a\\b"] {
            assert!(plain(bad, "--config").is_err(), "{bad}");
        }
    }
}
