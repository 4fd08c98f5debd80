//! Every link leads somewhere, and every page is led to.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::{markdown_files, root};

/// Text without what stands in code.
fn prose(text: &str) -> String {
    let mut inside = false;
    let mut out = String::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            inside = !inside;
        } else if !inside {
            // What stands in code spans is every second piece.
            out.extend(line.split('`').step_by(2).chain(["\n"]));
        }
    }
    out
}

/// Where the links of a text lead: `[text](target)`, `![text](target)` and `[name]: target`.
fn targets(text: &str) -> Vec<String> {
    let text = prose(text);
    let inline = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let named = text.lines().filter_map(|line| line.strip_prefix('[')?.split_once("]: "));
    inline.chain(named.map(|(_, target)| target)).map(|target| target.trim().to_owned()).collect()
}

/// The anchors that GitHub gives the headings of a text.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut inside = false;
    let mut seen = BTreeMap::<String, u32>::new();
    let mut anchors = BTreeSet::new();
    for line in text.lines() {
        if line.starts_with("```") {
            inside = !inside;
        }
        let Some(heading) = line.strip_prefix('#').filter(|_| !inside) else { continue };
        let heading = heading.trim_start_matches('#').trim().to_lowercase();
        let kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
        let anchor: String = heading.chars().filter(kept).collect::<String>().replace(' ', "-");
        let before = seen.entry(anchor.clone()).or_default();
        anchors.insert(if *before == 0 { anchor } else { format!("{anchor}-{before}") });
        *before += 1;
    }
    anchors
}

/// The links of a page that stay in the repository: the file and the anchor.
fn local(page: &Path) -> Vec<(PathBuf, Option<String>)> {
    let text = fs::read_to_string(page).expect("a page");
    let folder = page.parent().expect("a folder");
    let inside = targets(&text).into_iter().filter(|target| !target.contains("://"));
    inside
        .map(|target| {
            let (file, anchor) = match target.split_once('#') {
                Some((file, anchor)) => (file, Some(anchor.to_owned())),
                None => (target.as_str(), None),
            };
            (if file.is_empty() { page.to_owned() } else { folder.join(file) }, anchor)
        })
        .collect()
}

#[test]
fn links_and_anchors_exist() {
    let mut links = 0;
    for page in markdown_files() {
        for (file, anchor) in local(&page) {
            let shown = format!("{} links {} {anchor:?}", page.display(), file.display());
            assert!(file.exists(), "{shown}, which does not exist");
            if let Some(anchor) = anchor {
                let text = fs::read_to_string(&file).expect("a page");
                assert!(anchors(&text).contains(&anchor), "{shown}, which has no such heading");
            }
            links += 1;
        }
    }
    assert!(links >= 50, "{links} links");
}

/// A page that the README does not name is found by nobody.
#[test]
fn the_readme_lists_every_page() {
    let linked: BTreeSet<PathBuf> = local(&root().join("README.md"))
        .into_iter()
        .filter_map(|(file, _)| file.canonicalize().ok())
        .collect();
    for page in markdown_files() {
        let listed = linked.contains(&page.canonicalize().expect("a page"));
        assert!(
            listed || page.ends_with("README.md"),
            "README.md does not link {}",
            page.display()
        );
    }
}

/// Pictures and examples that nobody shows are forgotten.
#[test]
fn pictures_and_examples_are_shown() {
    let pages: Vec<String> =
        markdown_files().iter().map(|page| fs::read_to_string(page).expect("a page")).collect();
    for folder in ["docs", "docs/examples", "docs/examples/workflows"] {
        for entry in fs::read_dir(root().join(folder)).expect("a folder") {
            let path = entry.expect("an entry").path();
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            // Pages have a test of their own, and scripts and schemas are no examples.
            let example = folder.ends_with("examples") || folder.ends_with("workflows");
            if path.is_file() && (example || name.ends_with(".png")) {
                assert!(pages.iter().any(|page| page.contains(&name)), "no page shows {name}");
            }
        }
    }
}

#[test]
fn anchors_are_made_as_github_does() {
    let text = "# The `--out` of it!\n## A_b, c\n```\n# no heading\n```\n## A_b, c\n";
    let expected = ["the---out-of-it", "a_b-c", "a_b-c-1"];
    assert_eq!(anchors(text), expected.map(str::to_owned).into());
}
