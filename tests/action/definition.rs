//! `action.yml` as data.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserializer, MapAccess, Visitor};
use serde::{Deserialize, de};

use crate::text;

/// `action.yml`.
#[derive(Deserialize)]
pub(crate) struct Action {
    pub(crate) inputs: Ordered<Input>,
    pub(crate) outputs: Ordered<Output>,
    pub(crate) runs: Runs,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    pub(crate) description: String,
    pub(crate) default: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Output {
    pub(crate) description: String,
    pub(crate) value: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Runs {
    pub(crate) using: String,
    pub(crate) steps: Vec<Step>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Step {
    #[serde(rename = "name")]
    _name: String,
    pub(crate) id: String,
    #[serde(rename = "if")]
    condition: String,
    pub(crate) shell: String,
    pub(crate) run: String,
    pub(crate) env: BTreeMap<String, String>,
}

/// A map in the order of the file.
pub(crate) struct Ordered<T>(pub(crate) Vec<(String, T)>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Ordered<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries<T>(std::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Entries<T> {
            type Value = Ordered<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries: Vec<(String, T)> = Vec::new();
                while let Some((key, value)) = map.next_entry::<String, T>()? {
                    if entries.iter().any(|(known, _)| *known == key) {
                        return Err(de::Error::custom(format!("{key} is there twice")));
                    }
                    entries.push((key, value));
                }
                Ok(Ordered(entries))
            }
        }
        deserializer.deserialize_map(Entries(std::marker::PhantomData))
    }
}

/// `action.yml` of this repository.
pub(crate) fn action() -> Action {
    serde_saphyr::from_str(&text("action.yml")).expect("action.yml is an action")
}

#[test]
fn scripts_get_inputs_through_the_environment_only() {
    let action = action();
    assert_eq!(action.runs.using, "composite");
    for step in &action.runs.steps {
        assert!(!step.run.contains("${{"), "{}: an expression in a script", step.id);
    }
    for (name, _) in &action.inputs.0 {
        let used =
            action.runs.steps.iter().any(|step| {
                step.env.values().any(|value| value.contains(&format!("inputs.{name}")))
            });
        assert!(used, "nothing uses the input `{name}`");
    }
}

/// No shell is looked up in directories that measured code could write to.
#[test]
fn every_step_has_a_twin_for_windows() {
    let action = action();
    for twins in action.runs.steps.chunks(2) {
        assert_eq!(twins.len(), 2, "{} has no twin", twins[0].id);
        let (step, twin) = (&twins[0], &twins[1]);
        assert_eq!(step.condition, "runner.os != 'Windows'");
        assert_eq!(step.shell, "/bin/sh -e {0}");
        assert_eq!(twin.condition, "runner.os == 'Windows'");
        assert_eq!(twin.shell, "sh");
        assert_eq!(twin.id, format!("{}-windows", step.id));
        assert_eq!(twin.run, step.run);
        let env: BTreeMap<_, _> = twin
            .env
            .iter()
            .map(|(name, value)| (name.clone(), value.replace("-windows", "")))
            .collect();
        assert_eq!(env, step.env);
        for value in twin.env.values() {
            assert_eq!(value.contains("steps."), value.contains("-windows.outputs."), "{value}");
        }
    }
}

#[test]
fn only_the_last_step_has_the_token_and_not_in_mode_collect() {
    for step in &action().runs.steps {
        let holders: Vec<_> =
            step.env.iter().filter(|(_, value)| value.contains("token")).collect();
        if !step.id.starts_with("publish") {
            assert!(holders.is_empty(), "{}: {holders:?}", step.id);
            continue;
        }
        assert_eq!(
            holders,
            [(
                &"GITHUB_TOKEN".to_owned(),
                &"${{ inputs.mode != 'collect' && inputs.github-token || '' }}".to_owned()
            )]
        );
    }
}

#[test]
fn outputs_come_from_steps_that_exist() {
    let action = action();
    for (name, output) in &action.outputs.0 {
        let found = action.runs.steps.iter().any(|step| {
            output.value
                == format!(
                    "${{{{ steps.{id}.outputs.{name} || steps.{id}-windows.outputs.{name} }}}}",
                    id = step.id
                )
        });
        assert!(found, "{name}: {}", output.value);
    }
}
