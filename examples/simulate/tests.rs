//! That docs/statistics.md shows what the simulation prints.

use std::fs;
use std::path::Path;

use super::{PULL_REQUESTS, recording, simulate, tables, wander};
use crate::world::WORLDS;

const BEGIN: &str = "<!-- printed by examples/simulate -->\n\n";
const END: &str = "\n<!-- end of what examples/simulate prints -->";

fn page() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/statistics.md");
    fs::read_to_string(path).expect("docs/statistics.md")
}

/// The part of the page that the simulation prints.
fn printed(page: &str) -> &str {
    let (_, rest) = page.split_once(BEGIN).expect("a beginning");
    rest.split_once(END).expect("an end").0
}

/// All of it, which takes a few minutes in release and most of an hour without:
/// `cargo test --release --example simulate -- --ignored`, with `BENCHGATE_UPDATE=1` to write it.
#[test]
#[ignore = "long"]
fn the_tables_of_the_page_are_current() {
    let tables = tables(WORLDS, PULL_REQUESTS, wander::RUNS, 1);
    let page = page();
    if std::env::var_os("BENCHGATE_UPDATE").is_some() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/statistics.md");
        fs::write(path, page.replace(printed(&page), &tables)).expect("a writable file");
        return;
    }
    assert_eq!(printed(&page), tables);
}

/// The page has every row, and what takes no time as it is.
#[test]
fn the_page_has_every_row() {
    let page = page();
    let names = |text: &str| -> Vec<String> {
        let cells = text.lines().filter_map(|line| line.strip_prefix("| ")?.split(" |").next());
        cells.map(str::to_owned).collect()
    };
    assert_eq!(names(printed(&page)), names(&tables(WORLDS, 0, 0, 1)));
    assert!(printed(&page).contains(&recording::table()));
}

/// A few pull requests of a few kinds. Where this changes, the decision did, and the page needs its tables anew.
#[test]
fn the_gate_decides_as_when_the_page_was_written() {
    let kinds = ["noisy: 3 %", "one run in ten disturbed, by up to 50 %", "noisy, two looks"];
    let worlds: Vec<_> =
        WORLDS.iter().filter(|world| kinds.contains(&world.name)).copied().collect();
    let text = format!("{}\n{}", simulate(&worlds, 4, 1), wander::table(20, 1));
    insta::assert_snapshot!(text);
}
