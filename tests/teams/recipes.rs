//! `docs/recipes.md` shows the configurations of the teams, word for word.

use std::fs;
use std::path::Path;

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect("a readable file")
}

#[test]
fn every_recipe_is_the_configuration_of_a_case() {
    let recipes = read("docs/recipes.md");
    let files = [
        "messaging/benchgate.yml",
        "messaging/smoke.yml",
        "streaming/benchgate.yml",
        "containers/benchgate.yml",
        "platform/benchgate.yml",
        "marketplace/benchgate.yml",
    ];
    for file in files {
        let config = read(&format!("fixtures/pairs/{file}"));
        assert!(
            recipes.contains(&format!("```yaml\n{config}```")),
            "docs/recipes.md does not show fixtures/pairs/{file} as it stands"
        );
    }
    assert_eq!(recipes.matches("\n```yaml\n").count(), files.len(), "a block that is no case");
}
