use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use crate::scene::{Scene, counts, said};

/// A bench that behaves like criterion, without its dependencies.
const BENCH: &str = include_str!("fake_bench.rs");

const MANIFEST: &str = r#"
[package]
name = "scratch"
version = "0.0.0"
edition = "2021"
[workspace]
[lib]
path = "lib.rs"
bench = false
[[bench]]
name = "work"
path = "work.rs"
harness = false
"#;

fn git(dir: &Path, arguments: &[&str]) -> String {
    let identity =
        ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"];
    let output =
        Command::new("git").current_dir(dir).args(identity).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// A repository with a suite, a commit of documentation, one that makes a function slower, and one that is broken.
fn repository() -> Scene {
    let scene = Scene::new("", "");
    let dir = scene.path();
    git(dir, &["init", "-q", "-b", "main"]);
    let commit = |name: &str, files: &[(&str, &str)]| {
        for (file, text) in files {
            fs::write(dir.join(file), text).unwrap();
        }
        git(dir, &["add", "-A"]);
        git(dir, &["commit", "-q", "-m", name]);
        git(dir, &["tag", name]);
    };
    let lib = |nanoseconds: u32| {
        format!("pub const PARSE: f64 = {nanoseconds}.0;\npub const PRINT: f64 = 70.0;\n")
    };
    let ignore = "target\nruns\nwork\n*-fake*\n";
    commit(
        "suite",
        &[
            ("Cargo.toml", MANIFEST),
            ("lib.rs", &lib(500)),
            ("work.rs", BENCH),
            (".gitignore", ignore),
        ],
    );
    commit("docs", &[("README.md", "words\n")]);
    commit("slower", &[("lib.rs", &lib(800))]);
    commit("broken", &[("lib.rs", "pub const PARSE: f64 = ;\n")]);
    scene
}

/// `benchgate measure` of two sides into `runs`, without the network.
fn command(scene: &Scene, sides: &str, more: &str) -> Command {
    let places = "--out-dir runs --work-dir work -q";
    let mut command = scene.benchgate(&format!("measure {sides} {places} {more} -- --offline"));
    command.env_remove("CARGO_TARGET_DIR");
    command
}

/// The same of two commits.
fn measure(scene: &Scene, base: &str, head: &str, more: &str) -> Output {
    // How this machine links is what its own test is about.
    let relink = if more.contains("--relink") { "" } else { "--relink 0" };
    let sides = format!("--base {base} --head {head}");
    command(scene, &sides, &format!("{relink} {more}")).output().unwrap()
}

/// The main path: two commits are built and compared; the user's tree is as it was, and git knows no further tree.
#[test]
fn commits_are_built_and_compared_and_nothing_is_left_behind() {
    let scene = repository();
    fs::write(scene.path().join("README.md"), "not committed").unwrap();
    let before = git(scene.path(), &["status", "--porcelain"]);

    let output = measure(&scene, "suite", "docs", "--then-compare");
    insta::assert_snapshot!("docs", said(&output, &scene));
    assert_eq!(output.status.code(), Some(0));
    fs::remove_dir_all(scene.runs()).unwrap();

    let output = measure(&scene, "docs", "slower", "--then-compare");
    insta::assert_snapshot!("slower", said(&output, &scene));
    assert_eq!(output.status.code(), Some(1));
    insta::assert_debug_snapshot!(counts(&scene.lines()), @r#"
    {
        "base parse": 5,
        "base parse again": 10,
        "base print": 5,
        "head parse": 5,
        "head parse again": 10,
        "head print": 5,
    }
    "#);
    fs::remove_dir_all(scene.runs()).unwrap();

    let output = measure(&scene, "slower", "broken", "--then-compare --out json=report.json");
    let said = said(&output, &scene);
    assert_eq!(output.status.code(), Some(3));
    for part in ["head does not build", "cargo bench --no-run", "expected expression"] {
        assert!(said.contains(part), "{said}");
    }
    // A pull request gets an answer all the same.
    let report = fs::read_to_string(scene.path().join("report.json")).unwrap();
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    assert_eq!((&report["outcome"], &report["exit_code"]), (&"error".into(), &3.into()));
    fs::remove_file(scene.path().join("report.json")).unwrap();

    assert_eq!(git(scene.path(), &["status", "--porcelain"]), before);
    assert_eq!(git(scene.path(), &["worktree", "list"]).lines().count(), 1);
    assert!(
        !scene.path().join("work/base/tree").exists()
            && !scene.path().join("work/head/tree").exists()
    );
}

/// Part 5: blocks take turns through links with functions in an order of their own, the same on both sides.
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
#[test]
fn every_block_has_its_own_order_of_functions() {
    let scene = repository();
    git(scene.path(), &["checkout", "-q", "docs"]);
    // The linker is given a path from the root of the workspace.
    fs::write(scene.path().join("flags.txt"), "-Wl,-O1").unwrap();
    git(scene.path(), &["add", "flags.txt"]);
    git(scene.path(), &["commit", "-q", "-m", "flags"]);
    let output = command(&scene, "--base HEAD --head HEAD", "--relink 5 --blocks 6")
        .env("RUSTFLAGS", "-Clink-arg=@flags.txt")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", said(&output, &scene));
    let mut seeds: Vec<BTreeSet<u64>> = vec![BTreeSet::new(); 6];
    for line in scene.lines() {
        let block = line["block"].as_u64().unwrap() as usize;
        seeds[block].insert(line["extra"]["link_seed"].as_u64().unwrap());
    }
    assert!(seeds.iter().all(|of_block| of_block.len() == 1), "{seeds:?}");
    assert_eq!(seeds[0], seeds[5], "the sixth block begins anew");
    assert_eq!(seeds.iter().flatten().collect::<BTreeSet<_>>().len(), 5);
}

const MEMBER: &str = r#"
[package]
name = "NAME"
version = "0.0.0"
edition = "2021"
[lib]
name = "scratch"
path = "lib.rs"
bench = false
[[bench]]
name = "work"
path = "work.rs"
harness = false
"#;

/// A bench is told from another by its package as well, where it is linked and where it is run whole.
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
#[test]
fn packages_of_a_workspace_may_have_benches_of_one_name() {
    let scene = repository();
    let dir = scene.path();
    git(dir, &["checkout", "-q", "docs"]);
    fs::write(
        dir.join("Cargo.toml"),
        "[workspace]\nresolver = \"2\"\nmembers = [\"one\", \"two\"]\n",
    )
    .unwrap();
    for package in ["one", "two"] {
        fs::create_dir(dir.join(package)).unwrap();
        let file = |name: &str| dir.join(package).join(name);
        fs::write(file("Cargo.toml"), MEMBER.replace("NAME", package)).unwrap();
        fs::copy(dir.join("lib.rs"), file("lib.rs")).unwrap();
        let bench = ["parse", "print"].iter().fold(BENCH.to_owned(), |bench, name| {
            bench.replace(&format!("{name:?}"), &format!("\"{package}/{name}\""))
        });
        fs::write(file("work.rs"), bench).unwrap();
    }
    git(dir, &["add", "-A"]);
    git(dir, &["commit", "-q", "-m", "workspace"]);
    for mode in ["interleaved", "suite"] {
        let output =
            measure(&scene, "HEAD", "HEAD", &format!("--relink 5 --blocks 5 --mode {mode}"));
        assert_eq!(output.status.code(), Some(0), "{}", said(&output, &scene));
        let lines = scene.lines();
        let counts = counts(&lines);
        assert_eq!(counts.len(), 8, "{counts:?}");
        assert!(counts.values().all(|&n| n == 5), "{counts:?}");
        let seeds: BTreeSet<_> =
            lines.iter().map(|line| line["extra"]["link_seed"].as_u64()).collect();
        assert_eq!((seeds.len(), seeds.contains(&None)), (5, false));
        fs::remove_dir_all(scene.runs()).unwrap();
    }
    // Ten links later there is what there was before.
    for side in ["base", "head"] {
        let left = fs::read_dir(dir.join("work").join(side).join("target/release/deps")).unwrap();
        let left = left.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let left: Vec<String> = left.filter(|name| name.starts_with("work-")).collect();
        let objects = left.iter().any(|name| name.contains(".rcgu."));
        assert!(
            !objects && left.len() == 4,
            "an executable and a list of its sources each: {left:?}"
        );
    }
}

/// Where the linker cannot order functions, that is said, and the rest goes on.
#[test]
fn without_a_linker_that_orders_functions_layout_is_not_sampled() {
    let scene = repository();
    let linker = scene.path().join("linker-fake");
    let script = "#!/bin/sh\ncase \"$*\" in *shuffle-sections*) echo 'unknown option' >&2; exit 1;; esac\nexec cc \"$@\"\n";
    fs::write(&linker, script).unwrap();
    fs::set_permissions(&linker, fs::Permissions::from_mode(0o755)).unwrap();
    let output = command(&scene, "--base suite --head docs", "--relink 5 --blocks 5")
        .env("RUSTFLAGS", format!("-Clinker={}", linker.display()))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", said(&output, &scene));
    let said = said(&output, &scene);
    if cfg!(target_os = "linux") {
        insta::assert_snapshot!("no_layout", said);
    }
    assert!(said.contains("code layout is not sampled"), "{said}");
    assert!(scene.lines().iter().all(|line| line["extra"]["link_seed"].is_null()));
}

#[test]
fn a_tree_that_exists_is_measured_against_a_commit() {
    let scene = repository();
    fs::write(
        scene.path().join("lib.rs"),
        "pub const PARSE: f64 = 900.0;\npub const PRINT: f64 = 70.0;\n",
    )
    .unwrap();
    let output =
        command(&scene, "--base docs --head-dir .", "--blocks 5 --then-compare").output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", said(&output, &scene));
    assert!(!scene.path().join("target").exists(), "builds go to a directory of their own");
}

#[test]
fn a_head_without_benches_is_an_error() {
    let scene = repository();
    git(scene.path(), &["checkout", "-q", "docs"]);
    fs::write(scene.path().join("work.rs"), "fn main() {}").unwrap();
    let output = command(&scene, "--base docs --head-dir .", "").output().unwrap();
    let said = said(&output, &scene);
    assert_eq!(output.status.code(), Some(3));
    for part in ["`work` cannot be measured: it lists no benchmark", "head has no benchmark"] {
        assert!(said.contains(part), "{said}");
    }
}
