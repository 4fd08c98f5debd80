//! What criterion writes into `benchmark.json` and `sample.json`.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use crate::ingest::numbers::Numbers;

/// `benchmark.json`: what the benchmark is called.
#[derive(Debug, Deserialize)]
#[serde(expecting = "an object with `full_id`")]
pub(crate) struct BenchmarkFile {
    #[serde(default)]
    full_id: Option<String>,
    #[serde(default)]
    group_id: Option<String>,
    #[serde(default)]
    function_id: Option<String>,
    #[serde(default)]
    value_str: Option<String>,
    #[serde(default)]
    directory_name: Option<String>,
    /// What one iteration processes, in criterion's words.
    #[serde(default)]
    pub(crate) throughput: Value,
}

impl BenchmarkFile {
    /// The name, as criterion prints it.
    pub(crate) fn id(&self) -> Option<String> {
        let full = self.full_id.as_ref().filter(|id| !id.is_empty()).cloned();
        full.or_else(|| {
            let parts = [&self.group_id, &self.function_id, &self.value_str];
            let parts: Vec<_> = parts.into_iter().flatten().map(String::as_str).collect();
            Some(parts.join("/")).filter(|id| !id.is_empty())
        })
    }

    /// How many directories deep the benchmark lies below criterion's root.
    pub(crate) fn depth(&self) -> Option<usize> {
        let parts = [&self.group_id, &self.function_id, &self.value_str].into_iter().flatten();
        match &self.directory_name {
            Some(name) => Some(name.split(['/', '\\']).filter(|part| !part.is_empty()).count()),
            None => Some(parts.count()),
        }
        .filter(|&depth| depth > 0)
    }
}

/// `sample.json`: totals over iteration counts.
///
/// Up to 0.3.2 it is an array of two arrays, since then an object.
#[derive(Debug, PartialEq)]
pub(crate) struct SampleFile {
    /// Iterations of each sample.
    pub(crate) iters: Vec<f64>,
    /// Total of each sample, in nanoseconds; NaN where the file has `null`.
    pub(crate) times: Vec<f64>,
}

impl<'de> Deserialize<'de> for SampleFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Sample;
        impl<'de> Visitor<'de> for Sample {
            type Value = SampleFile;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object with `iters` and `times`, or an array of these two")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<SampleFile, A::Error> {
                let iters: Option<Numbers> = seq.next_element()?;
                let times: Option<Numbers> = seq.next_element()?;
                let more: Option<IgnoredAny> = seq.next_element()?;
                match (iters, times, more) {
                    (Some(Numbers(iters)), Some(Numbers(times)), None) => {
                        Ok(SampleFile { iters, times })
                    }
                    _ => Err(A::Error::custom("expected two arrays, iterations and times")),
                }
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<SampleFile, A::Error> {
                let (mut iters, mut times) = (None, None);
                while let Some(key) = map.next_key::<String>()? {
                    match key.as_str() {
                        "iters" if iters.is_some() => {
                            return Err(A::Error::duplicate_field("iters"));
                        }
                        "times" if times.is_some() => {
                            return Err(A::Error::duplicate_field("times"));
                        }
                        "iters" => iters = Some(map.next_value()?),
                        "times" => times = Some(map.next_value()?),
                        _ => {
                            map.next_value::<IgnoredAny>()?;
                        }
                    }
                }
                let Numbers(iters) = iters.ok_or_else(|| A::Error::missing_field("iters"))?;
                let Numbers(times) = times.ok_or_else(|| A::Error::missing_field("times"))?;
                Ok(SampleFile { iters, times })
            }
        }
        deserializer.deserialize_any(Sample)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_of_every_version_are_read() {
        let expected = SampleFile { iters: vec![1.0, 2.0], times: vec![10.5, 21.0] };
        for json in [
            "[[1.0,2.0],[10.5,21.0]]",
            r#"{"sampling_mode":"Linear","iters":[1.0,2.0],"times":[10.5,21.0]}"#,
            r#"{"times":[10.5,21],"new":{"key":[1]},"iters":[1,2],"sampling_mode":"Flat"}"#,
        ] {
            assert_eq!(serde_json::from_str::<SampleFile>(json).unwrap(), expected, "{json}");
        }
    }

    #[test]
    fn null_is_a_number_that_json_cannot_write() {
        let sample: SampleFile = serde_json::from_str(r#"{"iters":[1],"times":[null]}"#).unwrap();
        assert!(sample.times.first().unwrap().is_nan());
    }

    #[test]
    fn other_documents_are_errors() {
        for json in [
            "",
            "[]",
            "[[1]]",
            "[[1],[2],[3]]",
            "{}",
            r#"{"iters":[1]}"#,
            r#"{"iters":[1],"iters":[1],"times":[1]}"#,
            r#"{"iters":["1"],"times":[1]}"#,
            "3",
            "null",
        ] {
            assert!(serde_json::from_str::<SampleFile>(json).is_err(), "{json}");
        }
    }

    #[test]
    fn names_come_from_the_full_id_or_from_the_parts() {
        for (json, id, depth) in [
            (
                r#"{"full_id":"a/b/1","directory_name":"a/b/1","group_id":"a"}"#,
                Some("a/b/1"),
                Some(3),
            ),
            (r#"{"group_id":"a","function_id":null,"value_str":"1"}"#, Some("a/1"), Some(2)),
            (r#"{"full_id":"a/b c?","directory_name":"a/b c_"}"#, Some("a/b c?"), Some(2)),
            ("{}", None, None),
        ] {
            let file: BenchmarkFile = serde_json::from_str(json).unwrap();
            assert_eq!((file.id().as_deref(), file.depth()), (id, depth), "{json}");
        }
    }
}
