//! Files that no other file can stand for: with several names or lists of rights, behind links, at mount points.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};

use rustix::fs::{XattrFlags, getxattr, setxattr};

use crate::common::said;
use crate::scene::{Scene, VERDICT, compare_line};

/// The name under which the system keeps a list of who may do what with a file.
const LIST: &str = "system.posix_acl_access";

/// A list that lets user 1234 read and write, and the group nothing.
const USER_1234: &[(u16, u16, u32)] =
    &[(1, 6, u32::MAX), (2, 6, 1_234), (4, 0, u32::MAX), (16, 6, u32::MAX), (32, 0, u32::MAX)];

fn list(entries: &[(u16, u16, u32)]) -> Vec<u8> {
    let entry = |&(tag, rights, id): &(u16, u16, u32)| {
        [&tag.to_le_bytes()[..], &rights.to_le_bytes(), &id.to_le_bytes()].concat()
    };
    [2_u32.to_le_bytes().to_vec(), entries.iter().flat_map(entry).collect()].concat()
}

#[test]
fn a_list_of_who_may_read_stays() {
    let scene = Scene::new();
    scene.write("r.txt", "old");
    let path = scene.at("r.txt");
    if let Err(error) = setxattr(&path, LIST, &list(USER_1234), XattrFlags::empty()) {
        eprintln!("skipped: no such list can be set here: {error}");
        return;
    }
    assert_eq!(scene.compare(&["-q", "--out", "text=r.txt"]).status.code(), Some(1));
    assert!(scene.read("r.txt").ends_with(VERDICT));
    let mut found = [0; 1_000];
    let length = getxattr(&path, LIST, &mut found).expect("a list");
    assert_eq!(found.get(..length), Some(&*list(USER_1234)));
    assert_eq!(scene.files("."), ["base.jsonl", "head.jsonl", "r.txt", "rules.yml"]);
}

#[test]
fn a_file_with_two_names_is_written_under_both() {
    let scene = Scene::new();
    scene.write("one.txt", "old");
    fs::hard_link(scene.at("one.txt"), scene.at("two.txt")).expect("a link");
    assert_eq!(scene.compare(&["-q", "--out", "text=one.txt"]).status.code(), Some(1));
    assert!(scene.read("two.txt").ends_with(VERDICT));
    assert_eq!(fs::metadata(scene.at("one.txt")).expect("a file").nlink(), 2);
}

/// `docker run -v report.json:/out.json`.
#[test]
fn a_mount_point_is_written_where_it_is() {
    let scene = Scene::new();
    let line = format!(
        "echo old > source.txt; echo old > mounted.txt
        mount --bind source.txt mounted.txt || exit 99
        {} -q --out text=mounted.txt; echo exit $?; ls -A",
        compare_line()
    );
    let line = line.replace('\'', "'\\''");
    let output = scene.shell(&format!("unshare -rm sh -c '{line}' || unshare -m sh -c '{line}'"));
    let out = said(&output.stdout);
    if !out.contains("exit ") {
        eprintln!("skipped: nothing can be mounted here: {}", scene.said(&output));
        return;
    }
    let files = "base.jsonl\nhead.jsonl\nmounted.txt\nrules.yml\nsource.txt\n";
    assert_eq!(out, format!("{VERDICT}exit 1\n{files}"), "{}", scene.said(&output));
    assert!(scene.read("source.txt").ends_with(VERDICT));
}

/// A link is followed by the system, whose rules say whose links count; what it leads to is neither renamed nor replaced.
#[test]
fn what_a_link_leads_to_is_opened_through_the_link() {
    let scene = Scene::new();
    scene.write("deep/report.txt", "old");
    fs::set_permissions(scene.at("deep/report.txt"), fs::Permissions::from_mode(0o600))
        .expect("rights");
    scene.link("deep/report.txt", "link");
    let before = fs::metadata(scene.at("deep/report.txt")).expect("a file");
    assert_eq!(scene.compare(&["-q", "--out", "text=link"]).status.code(), Some(1));
    let after = fs::metadata(scene.at("deep/report.txt")).expect("a file");
    assert_eq!((after.ino(), after.mode()), (before.ino(), before.mode()));
    assert!(scene.read("deep/report.txt").ends_with(VERDICT));
    scene.link("nowhere/report.txt", "lost");
    let output = scene.compare(&["-q", "--out", "text=lost"]);
    assert_eq!(output.status.code(), Some(2));
    insta::assert_snapshot!(scene.said(&output));
}

/// The shell and benchgate write to one open file, one after the other.
#[test]
fn what_is_printed_and_what_is_written_follow_each_other() {
    let scene = Scene::new();
    let compare = compare_line();
    for out in ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"] {
        let output = scene.shell(&format!(
            "{{ echo first; {compare} -q --out text={out}; echo last; }} > all.txt"
        ));
        assert_eq!(output.status.code(), Some(0), "{out}: {}", scene.said(&output));
        let all = scene.read("all.txt");
        assert!(all.starts_with(&format!("first\n{VERDICT}")), "{out}: {all}");
        assert!(all.ends_with(&format!("\n{VERDICT}last\n")), "{out}: {all}");
    }
    scene.shell(&format!(
        "{{ {compare} -q --out text=/dev/stderr; echo last >&2; }} 2> said.txt > printed.txt"
    ));
    assert_eq!(scene.read("printed.txt"), VERDICT);
    assert!(scene.read("said.txt").ends_with(&format!("\n{VERDICT}last\n")));
}
