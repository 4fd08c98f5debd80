//! Symbolic links that lead nowhere, back, or everywhere.

use crate::scene::Scene;

fn against_head(scene: &Scene, base: &str) -> String {
    let output = scene.run(&["compare", "-q", "--base", base, "--head", "head.jsonl"]);
    assert_eq!(output.status.code(), Some(3), "{base}: {}", scene.said(&output));
    scene.said(&output)
}

#[test]
fn links_that_lead_back_or_nowhere_are_said() {
    let scene = Scene::new();
    scene.criterion("criterion/a", "a");
    for (to, name) in [
        ("..", "a/up"),
        (".", "self"),
        ("nowhere", "dangling"),
        ("two", "one"),
        ("one", "two"),
        ("/", "root"),
    ] {
        scene.link(to, format!("criterion/{name}"));
    }
    let mut all = against_head(&scene, "criterion");
    scene.link("self", "self");
    all += &against_head(&scene, "self");
    scene.write("runs/note", "");
    for (to, name) in
        [("../runs", "run-1"), ("run-3", "run-2"), ("run-2", "run-3"), ("nowhere", "run-4")]
    {
        scene.link(to, format!("runs/{name}"));
    }
    all += &against_head(&scene, "runs");
    scene.write("set/note", "");
    scene.link("runset.json", "set/runset.json");
    scene.write("half/runset.json", r#"{"schema":1}"#);
    scene.link("runs.jsonl", "half/runs.jsonl");
    for set in ["set", "half"] {
        let output = scene.run(&["compare", "-q", "--runs", set]);
        assert_eq!(output.status.code(), Some(3), "{set}");
        all += &scene.said(&output);
    }
    insta::assert_snapshot!(all);
}

/// A link to results is as good as the results.
#[test]
fn links_that_lead_to_results_are_followed() {
    let scene = Scene::new();
    scene.criterion("elsewhere/a", "a");
    scene.criterion("criterion/b", "b");
    scene.link("../elsewhere/a", "criterion/a");
    scene.criterion("head/a", "a");
    scene.criterion("head/b", "b");
    let output = scene.run(&[
        "compare",
        "-q",
        "--base",
        "criterion",
        "--head",
        "head",
        "--config",
        "rules.yml",
    ]);
    assert_eq!(output.status.code(), Some(0), "{}", scene.said(&output));
}

/// Ten directories with a link to each other are three million paths.
#[test]
fn a_maze_of_links_has_an_end() {
    let scene = Scene::new();
    for room in 0..10 {
        scene.write(format!("maze/room-{room}/note"), "");
        for door in (0..10).filter(|door| *door != room) {
            scene.link(format!("../room-{door}"), format!("maze/room-{room}/to-{door}"));
        }
    }
    insta::assert_snapshot!(against_head(&scene, "maze"));
}

/// Where results lie among them, all of it would be walked. How far the walk came is chance, what is said of it is not.
#[test]
fn a_maze_with_results_is_refused_alike_every_time() {
    let scene = Scene::new();
    for room in 0..12 {
        scene.criterion(format!("maze/room-{room}/a"), "a");
        scene.link("nowhere", format!("maze/room-{room}/dangling"));
        for door in (0..12).filter(|door| *door != room) {
            scene.link(format!("../room-{door}"), format!("maze/room-{room}/to-{door}"));
        }
    }
    insta::assert_snapshot!(against_head(&scene, "maze"));
}
