use foldhash::{HashMap, HashMapExt};

use crate::model::BenchmarkId;
use crate::stats::scaling::FEWEST_SIZES;

/// Benchmarks that differ only in the number of one parameter.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Family<'a> {
    /// Their common name, with `*` for the number.
    pub(super) name: String,
    /// The name of the parameter, `n` where it has none.
    pub(super) parameter: String,
    /// The benchmarks by their number, ascending.
    pub(super) sizes: Vec<(f64, &'a BenchmarkId)>,
}

/// Sorts benchmarks into families, and those that have no such parameter, or more than one, apart. O(n log n).
pub(super) fn families<'a>(
    benchmarks: impl Iterator<Item = &'a BenchmarkId>,
    parameter: Option<&str>,
) -> (Vec<Family<'a>>, Vec<&'a BenchmarkId>) {
    let mut by_rest: HashMap<[&str; 2], Family<'a>> = HashMap::new();
    let mut without = Vec::new();
    for benchmark in benchmarks {
        let Some(Place { number, parameter, rest }) = place(benchmark.as_str(), parameter) else {
            without.push(benchmark);
            continue;
        };
        let family = || Family {
            name: rest.join("*"),
            parameter: parameter.to_owned(),
            sizes: Vec::with_capacity(FEWEST_SIZES),
        };
        by_rest.entry(rest).or_insert_with(family).sizes.push((number, benchmark));
    }
    let mut families: Vec<Family<'a>> = by_rest.into_values().collect();
    for family in &mut families {
        family.sizes.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(b.1)));
    }
    let first = |family: &Family<'a>| family.sizes.first().map(|&(_, benchmark)| benchmark);
    families.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| first(a).cmp(&first(b))));
    (families, without)
}

/// The number of a benchmark, and what stands before and behind it in the name.
struct Place<'a> {
    number: f64,
    parameter: &'a str,
    rest: [&'a str; 2],
}

/// Finds the parameter: the segment `name=number` of that name; without a name the only such segment, else the last
/// segment that is a number.
fn place<'a>(id: &'a str, wanted: Option<&str>) -> Option<Place<'a>> {
    let (mut named, mut last) = (None, None);
    let mut start = 0;
    for segment in id.split('/') {
        let end = start + segment.len();
        match segment.split_once('=') {
            Some((name, value)) if wanted.is_none_or(|wanted| wanted == name) => {
                if let Some(number) = number(value) {
                    let only = named.replace((name, number, end - value.len()..end)).is_none();
                    only.then_some(())?;
                }
            }
            Some(_) => {}
            None => last = number(segment).map(|number| ("n", number, start..end)).or(last),
        }
        start = end + 1;
    }
    let (parameter, number, at) = named.or(last.filter(|_| wanted.is_none()))?;
    let parameter = if parameter.is_empty() { "n" } else { parameter };
    Some(Place { number, parameter, rest: [id.get(..at.start)?, id.get(at.end..)?] })
}

/// Endings of numbers, with what they multiply by.
const ENDINGS: &[(&str, f64)] = &[
    ("", 1.0),
    ("b", 1.0),
    ("k", 1e3),
    ("kb", 1e3),
    ("m", 1e6),
    ("mb", 1e6),
    ("g", 1e9),
    ("gb", 1e9),
    ("ki", 1024.0),
    ("kib", 1024.0),
    ("mi", 1_048_576.0),
    ("mib", 1_048_576.0),
    ("gi", 1_073_741_824.0),
    ("gib", 1_073_741_824.0),
];

/// Reads a number as benchmarks are named by it: `100`, `0.5`, `1_000`, `10k`, `4KiB`.
pub(super) fn number(text: &str) -> Option<f64> {
    let end =
        text.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == '_')).unwrap_or(text.len());
    let (digits, ending) = text.split_at(end);
    if !digits.starts_with(|c: char| c.is_ascii_digit()) || digits.ends_with('_') {
        return None;
    }
    let (_, factor) = ENDINGS.iter().find(|(known, _)| known.eq_ignore_ascii_case(ending))?;
    let plain = || digits.replace('_', "");
    let number: f64 =
        if digits.contains('_') { plain().parse().ok()? } else { digits.parse().ok()? };
    Some(number * factor).filter(|number| number.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_benchmarks_are_named_by_them() {
        for (text, expected) in [
            ("100", Some(100.0)),
            ("1_000", Some(1000.0)),
            ("0.5", Some(0.5)),
            ("10k", Some(10_000.0)),
            ("2M", Some(2e6)),
            ("4KiB", Some(4096.0)),
            ("64MB", Some(64e6)),
            ("1Gi", Some(1_073_741_824.0)),
            ("512B", Some(512.0)),
            ("", None),
            ("k", None),
            ("1e6", None),
            ("inf", None),
            ("-5", None),
            ("1_", None),
            ("_1", None),
            ("1.2.3", None),
            ("16x16", None),
            ("10 k", None),
        ] {
            assert_eq!(number(text), expected, "{text}");
        }
    }

    #[test]
    fn families_differ_in_one_parameter() {
        let ids: Vec<BenchmarkId> = [
            "dht/lookup/1000",
            "dht/lookup/10",
            "dht/lookup/warm",
            "dht/4/store/10",
            "load/checkout/users=10",
            "load/checkout/users=200/zone=eu",
            "a/x=1/y=2",
            "v2/io/4KiB/8",
        ]
        .map(BenchmarkId::new)
        .to_vec();
        let names = |parameter: Option<&str>| -> Vec<(String, String, Vec<f64>)> {
            let (families, _) = families(ids.iter(), parameter);
            families
                .into_iter()
                .map(|f| (f.name, f.parameter, f.sizes.iter().map(|s| s.0).collect()))
                .collect()
        };
        let family = |name: &str, parameter: &str, sizes: &[f64]| {
            (name.to_owned(), parameter.to_owned(), sizes.to_vec())
        };
        assert_eq!(
            names(None),
            [
                family("dht/4/store/*", "n", &[10.0]),
                family("dht/lookup/*", "n", &[10.0, 1000.0]),
                family("load/checkout/users=*", "users", &[10.0]),
                family("load/checkout/users=*/zone=eu", "users", &[200.0]),
                family("v2/io/4KiB/*", "n", &[8.0]),
            ]
        );
        assert_eq!(names(Some("y")), [family("a/x=1/y=*", "y", &[2.0])]);
        let (_, without) = families(ids.iter(), None);
        assert_eq!(
            without.iter().map(|id| id.as_str()).collect::<Vec<_>>(),
            ["dht/lookup/warm", "a/x=1/y=2"]
        );
    }
}
