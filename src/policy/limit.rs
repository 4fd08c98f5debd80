use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::{Deserialize, Deserializer, de};

use super::Problem;
use crate::diag::Code;
use crate::model::{Better, Levels, Severity};

/// A limit: one value, which is taken at the severity of its rule, or one for each of some levels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Limit<T> {
    /// One value.
    One(T),
    /// A value for each level that is set.
    ByLevel(ByLevel<T>),
}

/// A value for each of some levels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ByLevel<T> {
    /// Beyond this it is a notice.
    pub notice: Option<T>,
    /// Beyond this it is a warning.
    pub warning: Option<T>,
    /// Beyond this it is critical.
    pub critical: Option<T>,
}

/// How much a maintainer insists on a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Tier {
    /// Beyond it is critical.
    Must,
    /// Beyond it is a warning.
    Should,
    /// Beyond it is a notice.
    Quality,
}

impl Tier {
    /// The severity it stands for.
    #[must_use]
    pub fn severity(self) -> Severity {
        match self {
            Self::Must => Severity::Critical,
            Self::Should => Severity::Warning,
            Self::Quality => Severity::Notice,
        }
    }
}

/// The severity of a rule that names it, or a tier, or neither.
#[must_use]
pub fn severity_of(severity: Option<Severity>, tier: Option<Tier>) -> Severity {
    severity.or(tier.map(Tier::severity)).unwrap_or(Severity::Warning)
}

/// The problem of a rule that names both a severity and a tier.
#[must_use]
pub fn severity_problem(severity: Option<Severity>, tier: Option<Tier>) -> Option<Problem> {
    (severity.is_some() && tier.is_some()).then(|| Problem {
        key: "tier",
        code: Code::InvalidValue,
        message: "a rule has a `severity` or a `tier`, not both".into(),
        help: "`must` is critical, `should` warning, `quality` notice; keep one of the two keys"
            .into(),
    })
}

/// The problem of a severity or tier that nothing takes, because every limit of the rule is a map of levels.
#[must_use]
pub fn needless_severity(severity: Option<Severity>, tier: Option<Tier>) -> Option<Problem> {
    let key = if tier.is_some() { "tier" } else { "severity" };
    (severity.is_some() || tier.is_some()).then(|| Problem {
        key,
        code: Code::InvalidValue,
        message: format!("`{key}` has no limit to stand for: the levels of a map are severities"),
        help: "remove it, or write one value as the limit".into(),
    })
}

impl<T: Copy> Limit<T> {
    /// Whether it is one value, which takes the severity of its rule.
    pub fn is_one(&self) -> bool {
        matches!(self, Self::One(_))
    }

    /// The limits of the levels as numbers; one value stands at the severity of the rule.
    pub fn levels(&self, severity: Severity, number: impl Fn(T) -> f64) -> Levels {
        match self {
            Self::One(value) => {
                let at = |level| (severity == level).then(|| number(*value));
                Levels {
                    notice: at(Severity::Notice),
                    warning: at(Severity::Warning),
                    critical: at(Severity::Critical),
                }
            }
            Self::ByLevel(by) => Levels {
                notice: by.notice.map(&number),
                warning: by.warning.map(&number),
                critical: by.critical.map(&number),
            },
        }
    }

    /// The values in the order of their levels.
    pub fn values(&self) -> impl Iterator<Item = T> + use<T> {
        match *self {
            Self::One(value) => [Some(value), None, None],
            Self::ByLevel(by) => [by.notice, by.warning, by.critical],
        }
        .into_iter()
        .flatten()
    }

    /// What is wrong with it: no level at all, or a stricter limit behind a milder one.
    ///
    /// `better` is [`Better::Lower`] where the limit is a ceiling, so that ceilings must rise from notice to critical.
    pub fn problems(
        &self,
        key: &'static str,
        better: Better,
        number: impl Fn(T) -> f64,
    ) -> Vec<Problem> {
        let numbers: Vec<f64> = self.values().map(number).collect();
        if numbers.is_empty() {
            return vec![Problem {
                key,
                code: Code::MissingKey,
                message: format!("`{key}` has no level"),
                help: "write one value, or a map such as `{ warning: …, critical: … }`".into(),
            }];
        }
        let wrong = numbers.is_sorted_by(|a, b| match better {
            Better::Lower => a <= b,
            Better::Higher => a >= b,
        });
        if wrong {
            return Vec::new();
        }
        let direction = if better == Better::Lower { "rise" } else { "fall" };
        vec![Problem {
            key,
            code: Code::LevelOrder,
            message: format!("the levels of `{key}` are out of order"),
            help: format!("limits {direction} from notice over warning to critical"),
        }]
    }
}

impl<'de, T: Deserialize<'de> + FromStr<Err = String>> Deserialize<'de> for Limit<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LimitVisitor(PhantomData))
    }
}

struct LimitVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de> + FromStr<Err = String>> de::Visitor<'de> for LimitVisitor<T> {
    type Value = Limit<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value, or a map of levels such as `{ warning: …, critical: … }`")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        text.parse().map(Limit::One).map_err(E::custom)
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, _: A) -> Result<Self::Value, A::Error> {
        Err(de::Error::custom(
            "a limit is one value or a map of levels, not a list; write it like `{ warning: …, critical: … }`",
        ))
    }

    fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        ByLevel::deserialize(MapAccessDeserializer::new(map)).map(Limit::ByLevel)
    }
}

impl<T: JsonSchema> JsonSchema for Limit<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("{}Limit", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let value = generator.subschema_for::<T>();
        let levels = generator.subschema_for::<ByLevel<T>>();
        let of = T::json_schema(generator);
        let one = of.get("description").and_then(|text| text.as_str()).unwrap_or("one value");
        json_schema!({
            "description": format!("{one}; or a map of levels"),
            "anyOf": [value, levels],
        })
    }
}

impl<T: JsonSchema> JsonSchema for ByLevel<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("{}Levels", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let value = generator.subschema_for::<T>();
        json_schema!({
            "description": "a map of levels: `{ notice: …, warning: …, critical: … }`, each of them optional",
            "type": "object",
            "properties": { "notice": value, "warning": value, "critical": value },
            "additionalProperties": false,
            "minProperties": 1,
        })
    }
}
