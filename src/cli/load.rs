use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::str::FromStr;

use clap::Args;

use super::files;
use crate::config::{self, Config};
use crate::diag::{Code, Diagnostic, quoted, visible};
use crate::model::Report;
use crate::report::{Form, Templates, bundle};

/// Far more than any configuration or template may have, in bytes.
const MOST_BYTES: usize = 64 << 20;

/// Templates of the user's.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct TemplateArgs {
    /// A directory of templates that replace the embedded ones, such as comment.md.j2.
    #[arg(long, value_name = "DIR")]
    pub(super) templates: Option<PathBuf>,
    /// A template in place of the embedded one of a form; it goes before one in --templates. Can be repeated.
    #[arg(long, value_name = "FORM=FILE")]
    pub(super) template: Vec<OwnTemplate>,
}

/// A template and the form it is for, written `markdown=comment.md.j2`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OwnTemplate {
    /// The name of the embedded template that it replaces.
    pub(super) name: &'static str,
    pub(super) file: PathBuf,
}

impl FromStr for OwnTemplate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let forms: Vec<(&str, &str)> =
            Form::ALL.iter().filter_map(|(form, name)| Some((*name, form.template()?))).collect();
        let names = forms.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
        let (form, file) = text
            .split_once('=')
            .filter(|(_, file)| !file.is_empty())
            .ok_or_else(|| format!("write it as FORM=FILE; forms with a template are {names}"))?;
        let known = forms.iter().find(|(name, _)| *name == form);
        let &(_, name) = known.ok_or_else(|| {
            format!("no form {} has a template; those with one are {names}", quoted(form))
        })?;
        Ok(Self { name, file: file.into() })
    }
}

/// Where rules and templates come from.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Rules")]
pub(super) struct Where {
    /// The configuration; left out, benchgate.yml, .github/benchgate.yml, or the built-in rules.
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// Read configuration, waivers and templates from this git revision, so that a change cannot loosen its own rules.
    #[arg(long, value_name = "REV")]
    pub(super) config_rev: Option<String>,
    #[command(flatten)]
    pub(super) templates: TemplateArgs,
}

impl Where {
    /// The configuration.
    ///
    /// # Errors
    /// Every mistake in it, or why it cannot be read.
    pub(super) fn config(&self) -> Result<Config, Vec<Diagnostic>> {
        let revision = self.config_rev.as_deref();
        if let Some(revision) = revision {
            check_revision(revision).map_err(|d| vec![d])?;
        }
        let named = self.config.iter().cloned();
        let candidates: Vec<PathBuf> = if self.config.is_some() {
            named.collect()
        } else {
            config::CANDIDATES.iter().map(PathBuf::from).collect()
        };
        for path in &candidates {
            if let Some(text) = read(path, revision).map_err(|d| vec![d])? {
                return Config::parse(&path.display().to_string(), &text, revision);
            }
        }
        match &self.config {
            Some(path) => {
                let place =
                    revision.map_or(String::new(), |revision| format!(" at {}", quoted(revision)));
                let message = format!("there is no {}{place}", quoted(&path.display().to_string()));
                Err(vec![Diagnostic::error(Code::ConfigUnreadable, message).help("check `--config`; `benchgate config init` writes a configuration to start from")])
            }
            None => Ok(Config { revision: revision.map(str::to_owned), ..Config::built_in() }),
        }
    }

    /// The templates of the directory by file name, and those for single forms.
    ///
    /// # Errors
    /// Why one cannot be read.
    pub(super) fn templates(&self) -> Result<Templates, Diagnostic> {
        let mut templates = match &self.templates.templates {
            Some(directory) => self.template_directory(directory)?,
            None => Templates::new(),
        };
        for OwnTemplate { name, file } in &self.templates.template {
            if let Some(revision) = &self.config_rev {
                check_revision(revision)?;
            }
            let text = self.template(file)?.ok_or_else(|| {
                let place = match &self.config_rev {
                    Some(revision) => format!(" at {}", quoted(revision)),
                    None => String::new(),
                };
                let file = quoted(&file.display().to_string());
                Diagnostic::error(Code::Template, format!("there is no template {file}{place}"))
                    .help("check `--template`; `benchgate render --format markdown --template markdown=FILE` tries one out")
            })?;
            templates.insert(*name, file.display().to_string(), text);
        }
        Ok(templates)
    }

    fn template(&self, path: &Path) -> Result<Option<String>, Diagnostic> {
        if self.config_rev.is_none() && path.symlink_metadata().is_ok() {
            check_template(path)?;
        }
        read(path, self.config_rev.as_deref())
    }

    fn template_directory(&self, directory: &Path) -> Result<Templates, Diagnostic> {
        let mut templates = Templates::new();
        for name in self.template_names(directory)? {
            let path = directory.join(&name);
            if let Some(text) = self.template(&path)? {
                templates.insert(name, path.display().to_string(), text);
            }
        }
        if templates.is_empty() {
            let message = format!("{} holds no template", quoted(&directory.display().to_string()));
            return Err(Diagnostic::error(Code::Template, message)
                .help("templates end in `.j2`, e.g. `comment.md.j2`"));
        }
        Ok(templates)
    }

    fn template_names(&self, directory: &Path) -> Result<Vec<String>, Diagnostic> {
        let names: Vec<String> = match self.config_rev.as_deref() {
            Some(revision) => {
                check_revision(revision)?;
                let listed = git(&[
                    "ls-tree",
                    "--name-only",
                    "--end-of-options",
                    revision,
                    &format!("./{}/", slashes(directory)),
                ])?;
                listed
                    .unwrap_or_default()
                    .lines()
                    .filter_map(|line| line.rsplit('/').next())
                    .map(str::to_owned)
                    .collect()
            }
            None => {
                let entries = fs::read_dir(directory)
                    .map_err(|error| unreadable(directory, &error.to_string()))?;
                entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect()
            }
        };
        Ok(names.into_iter().filter(|name| name.ends_with(".j2")).collect())
    }
}

/// A template ends up in public, and whoever puts it there may hold secrets: a link could show one of their files.
fn check_template(path: &Path) -> Result<(), Diagnostic> {
    const MOST: u64 = 1 << 20;
    let data = fs::symlink_metadata(path).map_err(|error| unreadable(path, &error.to_string()))?;
    let why = if !data.is_file() {
        "it is a link or no file"
    } else if data.len() > MOST {
        "it is larger than 1 MiB"
    } else {
        return Ok(());
    };
    let message =
        format!("cannot take {} as a template: {why}", quoted(&path.display().to_string()));
    Err(Diagnostic::error(Code::Template, message)
        .help("put the template itself into the directory, a text of at most 1 MiB"))
}

/// The report of a file, whoever wrote it.
///
/// # Errors
/// It cannot be read, or is no report.
pub(super) fn report(file: &Path) -> Result<Report, Diagnostic> {
    let name = file.display().to_string();
    let unreadable = |error: String| {
        Diagnostic::error(Code::Unreadable, format!("cannot read the report: {error}"))
            .file(name.as_str())
            .help("the step that compares writes it with `--out json=FILE`; look at why it did not")
    };
    let bytes =
        bytes(file, bundle::MOST_BYTES).map_err(|error| unreadable(visible(&error.to_string())))?;
    let text = String::from_utf8(bytes).map_err(|_| unreadable("it is not UTF-8 text".into()))?;
    bundle::read(&text, &name)
}

/// What is in a file, and no more than a byte beyond `most`: a device may never end.
fn bytes(path: &Path, most: usize) -> io::Result<Vec<u8>> {
    refuse_named_pipe(path)?;
    let mut bytes = Vec::new();
    File::open(path)?.take(most as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Refuses a pipe that has a name in a folder: opening it waits until somebody writes, which may be never. One that the
/// process has open already, as `<(…)` of a shell gives it, has its writer.
#[cfg(unix)]
fn refuse_named_pipe(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::FileTypeExt;
    let is_open = path == Path::new("/dev/stdin") || files::is_descriptor(path);
    if is_open || !path.metadata()?.file_type().is_fifo() {
        return Ok(());
    }
    let message = "it is a named pipe, for which one could wait for ever; name a file, or write `<(…)` in a shell";
    Err(io::Error::new(io::ErrorKind::InvalidInput, message))
}

/// Elsewhere pipes have no names among files.
#[cfg(not(unix))]
fn refuse_named_pipe(_: &Path) -> io::Result<()> {
    Ok(())
}

/// The text of a file of the working tree or of a revision; `None` where there is no such file.
fn read(path: &Path, revision: Option<&str>) -> Result<Option<String>, Diagnostic> {
    if let Some(revision) = revision {
        return git(&["show", "--end-of-options", &format!("{revision}:./{}", slashes(path))]);
    }
    match bytes(path, MOST_BYTES) {
        Ok(bytes) if bytes.len() > MOST_BYTES => Err(unreadable(path, "it is larger than 64 MiB")),
        Ok(bytes) => {
            String::from_utf8(bytes).map(Some).map_err(|_| unreadable(path, "it is not UTF-8 text"))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unreadable(path, &error.to_string())),
    }
}

fn unreadable(path: &Path, why: &str) -> Diagnostic {
    Diagnostic::error(
        Code::ConfigUnreadable,
        format!("cannot read {}: {why}", quoted(&path.display().to_string())),
    )
    .help("check the path and its permissions")
}

fn slashes(path: &Path) -> String {
    path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// That the revision is one.
fn check_revision(revision: &str) -> Result<(), Diagnostic> {
    match git(&[
        "rev-parse",
        "--quiet",
        "--verify",
        "--end-of-options",
        &format!("{revision}^{{commit}}"),
    ])? {
        Some(_) => Ok(()),
        None => Err(Diagnostic::error(
            Code::ConfigUnreadable,
            format!("git knows no revision {}", quoted(revision)),
        )
        .help("check `--config-rev`; on a shallow checkout, fetch the base commit first")),
    }
}

/// What git prints; `None` where it fails.
fn git(arguments: &[&str]) -> Result<Option<String>, Diagnostic> {
    let output = Command::new("git").args(arguments).output().map_err(|error| {
        Diagnostic::error(Code::ConfigUnreadable, format!("cannot run git: {error}")).help("`--config-rev` reads the configuration through git; install it or leave the option out")
    })?;
    let text = String::from_utf8(output.stdout).map_err(|_| {
        Diagnostic::error(Code::ConfigUnreadable, "the file of that revision is not UTF-8 text")
    })?;
    Ok(output.status.success().then_some(text))
}
