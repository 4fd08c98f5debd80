use std::io::Write;

use flate2::Compression;
use flate2::write::DeflateEncoder;
use proptest::prelude::*;
use rawzip::ZipArchiveWriter;
use rawzip::path::EntryPath;

use super::*;

const NAME: &str = "benchgate-report.json";

/// How a member is written.
#[derive(Clone, Copy)]
struct How {
    method: CompressionMethod,
    mode: u32,
    encrypted: bool,
}

const PLAIN: How = How { method: CompressionMethod::DEFLATE, mode: 0o100_644, encrypted: false };

fn zip(members: &[(&str, &[u8], How)]) -> Vec<u8> {
    let mut writer = ZipArchiveWriter::new(Vec::new());
    for (name, content, how) in members {
        let (mut entry, config) = writer
            .new_file(EntryPath::verbatim(name.as_bytes()))
            .compression_method(how.method)
            .unix_permissions(how.mode)
            .encrypted(how.encrypted)
            .start()
            .unwrap();
        let descriptor = if how.method == CompressionMethod::DEFLATE {
            let mut data = config.wrap(DeflateEncoder::new(&mut entry, Compression::default()));
            data.write_all(content).unwrap();
            let (encoder, descriptor) = data.finish().unwrap();
            encoder.finish().unwrap();
            descriptor
        } else {
            let mut data = config.wrap(&mut entry);
            data.write_all(content).unwrap();
            data.finish().unwrap().1
        };
        entry.finish(descriptor).unwrap();
    }
    writer.finish().unwrap()
}

fn read(archive: &[u8]) -> Result<Vec<u8>, ArchiveError> {
    member(archive, NAME, 1000)
}

#[test]
fn the_member_is_read_stored_or_deflated() {
    let stored = How { method: CompressionMethod::STORE, ..PLAIN };
    for how in [PLAIN, stored, How { mode: 0o644, ..PLAIN }] {
        let archive = zip(&[("other.txt", b"x", PLAIN), (NAME, b"{}", how)]);
        assert_eq!(read(&archive), Ok(b"{}".to_vec()));
    }
}

/// Nothing is unpacked to a path, so other members can be called what they like; none of them is the report.
#[test]
fn members_with_paths_and_links_are_never_touched() {
    let link = How { mode: 0o120_777, ..PLAIN };
    let around: &[(&str, &[u8], How)] = &[
        ("../../../../tmp/benchgate-report.json", b"slip", PLAIN),
        ("/benchgate-report.json", b"absolute", PLAIN),
        ("./benchgate-report.json", b"dot", PLAIN),
        ("dir/benchgate-report.json", b"folder", PLAIN),
        ("dir\\..\\benchgate-report.json", b"windows", PLAIN),
        ("BENCHGATE-REPORT.JSON", b"case", PLAIN),
        ("benchgate-report.json\0.txt", b"zero", PLAIN),
        ("benchgate-report.json/", b"", PLAIN),
        ("link", b"/etc/passwd", link),
    ];
    assert_eq!(read(&zip(around)), Err(ArchiveError::Missing(NAME.into())));
    let with: Vec<_> = around.iter().copied().chain([(NAME, &b"good"[..], PLAIN)]).collect();
    assert_eq!(read(&zip(&with)), Ok(b"good".to_vec()));
}

#[test]
fn a_member_that_is_no_plain_file_is_refused() {
    for mode in [0o120_777, 0o040_755, 0o020_666, 0o010_666] {
        let archive = zip(&[(NAME, b"/etc/passwd", How { mode, ..PLAIN })]);
        assert_eq!(read(&archive), Err(ArchiveError::NotAFile(NAME.into())), "{mode:o}");
    }
    let encrypted = zip(&[(NAME, b"secret", How { encrypted: true, ..PLAIN })]);
    assert_eq!(read(&encrypted), Err(ArchiveError::Encrypted(NAME.into())));
    let odd = How { method: CompressionMethod::DEFLATE64, ..PLAIN };
    let archive = zip(&[(NAME, b"x", odd)]);
    assert!(matches!(read(&archive), Err(ArchiveError::Method { method: 9, .. })));
}

#[test]
fn two_members_of_the_name_are_refused() {
    let archive = zip(&[(NAME, b"one", PLAIN), ("x", b"", PLAIN), (NAME, b"two", PLAIN)]);
    assert_eq!(read(&archive), Err(ArchiveError::Repeated(NAME.into())));
}

#[test]
fn a_bomb_is_stopped_by_its_header_and_by_what_comes_out_of_it() {
    let content = vec![b'0'; 1_000_000];
    let mut archive = zip(&[(NAME, &content, PLAIN)]);
    assert!(archive.len() < 5_000);
    let too_large = Err(ArchiveError::TooLarge { name: NAME.into(), most: 1000 });
    assert_eq!(read(&archive), too_large);
    assert!(member(&archive, NAME, 1_000_000).is_ok());
    // The directory, and the descriptor behind the data, say that it is small.
    let said = 1_000_000_u32.to_le_bytes();
    let places: Vec<usize> =
        (0..archive.len() - 3).filter(|&at| archive[at..at + 4] == said).collect();
    assert!(!places.is_empty());
    for at in places {
        archive[at..at + 4].copy_from_slice(&10_u32.to_le_bytes());
    }
    assert!(matches!(read(&archive), Err(ArchiveError::Damaged(_))));
}

#[test]
fn content_that_was_changed_is_refused() {
    let stored = How { method: CompressionMethod::STORE, ..PLAIN };
    let mut archive = zip(&[(NAME, b"pass", stored)]);
    let at = archive.windows(4).position(|window| window == b"pass").unwrap();
    archive[at..at + 4].copy_from_slice(b"fail");
    assert!(matches!(read(&archive), Err(ArchiveError::Damaged(_))));
}

#[test]
fn headers_that_disagree_are_refused() {
    let mut archive = zip(&[(NAME, b"x", PLAIN)]);
    // The first place is the member's own header, the second one the directory.
    let at = archive.windows(NAME.len()).position(|window| window == NAME.as_bytes()).unwrap();
    archive[at] = b'B';
    assert!(matches!(read(&archive), Err(ArchiveError::Damaged(_))));
}

#[test]
fn archives_of_very_many_members_are_not_searched() {
    let names: Vec<String> = (0..10_001).map(|i| i.to_string()).collect();
    let stored = How { method: CompressionMethod::STORE, ..PLAIN };
    let members: Vec<(&str, &[u8], How)> =
        names.iter().map(|name| (name.as_str(), &b""[..], stored)).collect();
    assert_eq!(read(&zip(&members)), Err(ArchiveError::TooMany(10_001)));
}

#[test]
fn an_archive_that_counts_wrong_is_refused() {
    let mut archive = zip(&[("a", b"", PLAIN), (NAME, b"x", PLAIN)]);
    // The end record holds the number of members twice, 8 and 10 bytes in.
    let end = archive.len() - 22;
    archive[end + 8] = 1;
    archive[end + 10] = 1;
    assert!(matches!(read(&archive), Err(ArchiveError::Damaged(_))));
}

#[test]
fn an_archive_cut_anywhere_is_refused() {
    let archive = zip(&[("a", b"one", PLAIN), (NAME, b"{}", PLAIN)]);
    for end in 0..archive.len() {
        assert!(read(&archive[..end]).is_err(), "{end}");
    }
}

#[test]
fn every_refusal_says_what_to_do() {
    let name = || NAME.to_owned();
    let all = [
        read(b"<html>sign in</html>").unwrap_err(),
        ArchiveError::TooMany(20_000),
        ArchiveError::Missing(name()),
        ArchiveError::Repeated(name()),
        ArchiveError::NotAFile(name()),
        ArchiveError::Encrypted(name()),
        ArchiveError::Method { name: name(), method: 9 },
        ArchiveError::TooLarge { name: name(), most: MOST_MEMBER },
    ];
    let shown: Vec<String> = all
        .iter()
        .map(|error| crate::diag::render(&error.to_diagnostic("benchgate-report"), false))
        .collect();
    insta::assert_snapshot!(shown.join("\n\n"));
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        let _ = read(&bytes);
    }

    #[test]
    fn a_damaged_archive_is_read_or_refused(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let mut archive = zip(&[("a", b"one", PLAIN), (NAME, b"{\"schema\":1}", PLAIN)]);
        for (at, with) in changes {
            let at = at.index(archive.len());
            archive[at] = with;
        }
        if let Ok(bytes) = read(&archive) {
            prop_assert!(bytes.len() <= 1000);
        }
    }
}
