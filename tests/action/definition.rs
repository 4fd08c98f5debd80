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
        assert_eq!(step.shell, "sh", "{}", step.id);
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

#[test]
fn only_the_last_step_has_the_token_and_not_in_mode_collect() {
    let action = action();
    let (last, others) = action.runs.steps.split_last().expect("steps");
    for step in others {
        for (name, value) in &step.env {
            assert!(!value.contains("token"), "{}: {name}", step.id);
        }
    }
    let holders: Vec<_> = last.env.iter().filter(|(_, value)| value.contains("token")).collect();
    assert_eq!(
        holders,
        [(
            &"GITHUB_TOKEN".to_owned(),
            &"${{ inputs.mode != 'collect' && inputs.github-token || '' }}".to_owned()
        )]
    );
}

#[test]
fn outputs_come_from_steps_that_exist() {
    let action = action();
    for (name, output) in &action.outputs.0 {
        let step = output
            .value
            .strip_prefix("${{ steps.")
            .and_then(|rest| rest.split_once(".outputs."))
            .map(|(step, _)| step);
        assert!(
            action.runs.steps.iter().any(|known| Some(known.id.as_str()) == step),
            "{name}: {}",
            output.value
        );
    }
}
