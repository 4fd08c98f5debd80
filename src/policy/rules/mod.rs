//! The kinds of rules. Adding one is a file here and a line in the list below.

mod presence;
mod regression;

pub use presence::Presence;
pub use regression::{Evidence, NamedTest, Regression};

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;

use super::{Declared, Problem};

/// A kind of rule, for `explain`, the schema and the documentation.
#[derive(Clone, Copy)]
pub struct Kind {
    /// Its key in the YAML file.
    pub name: &'static str,
    /// An example, one line of YAML under `rules:`.
    pub example: &'static str,
    /// The schema of its parameters; the description is the doc comment of the struct.
    pub schema: fn(&mut SchemaGenerator) -> Schema,
}

/// What every kind of rule has.
pub trait RuleKind: JsonSchema {
    /// An example, one line of YAML under `rules:`.
    const EXAMPLE: &'static str;

    /// What is wrong with its values.
    fn problems(&self, declared: &Declared) -> Vec<Problem>;
}

macro_rules! rules {
    ($($name:literal => $variant:ident,)+) => {
        /// One rule of the configuration, written `- kind: { … }`.
        #[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
        pub enum Rule {
            $(#[doc = concat!("A rule of the kind `", $name, "`.")] #[serde(rename = $name)] $variant($variant),)+
        }

        impl Rule {
            /// Every kind.
            pub const KINDS: &'static [Kind] = &[
                $(Kind { name: $name, example: <$variant as RuleKind>::EXAMPLE, schema: |generator| <$variant as JsonSchema>::json_schema(generator) },)+
            ];

            /// What is wrong with its values.
            #[must_use]
            pub fn problems(&self, declared: &Declared) -> Vec<Problem> {
                match self { $(Self::$variant(rule) => rule.problems(declared),)+ }
            }
        }
    };
}

rules! {
    "regression" => Regression,
    "presence" => Presence,
}
