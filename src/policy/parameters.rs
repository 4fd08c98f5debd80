use crate::model::BenchmarkId;

/// A benchmark's id taken apart: the segments that name it, and the parameters it was measured at.
///
/// A parameter is a segment `name=value`. Where there is none, it is the last segment that begins with a digit, as in
/// `group/function/100`, and has no name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Parameters<'a> {
    /// The segments that are no parameters.
    pub(crate) names: Vec<&'a str>,
    /// The parameters.
    pub(crate) values: Values<'a>,
}

/// What parameters are, sorted by their names: a handful, for which a list does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Values<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Values<'a> {
    /// Sets a parameter; what it was before is forgotten.
    fn set(&mut self, name: &'a str, value: &'a str) {
        let at = self.0.partition_point(|known| known.0 < name);
        match self.0.get_mut(at) {
            Some(known) if known.0 == name => known.1 = value,
            _ => self.0.insert(at, (name, value)),
        }
    }

    /// What a parameter is.
    pub(crate) fn get(&self, name: &str) -> Option<&'a str> {
        self.iter().find(|known| known.0 == name).map(|known| known.1)
    }

    /// The parameters with their values.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'a str, &'a str)> + '_ {
        self.0.iter().copied()
    }

    /// Those of them whose names are wanted.
    pub(crate) fn only(&self, wanted: impl Fn(&str) -> bool) -> Self {
        Self(self.iter().filter(|(name, _)| wanted(name)).collect())
    }
}

impl<'a> IntoIterator for Values<'a> {
    type Item = (&'a str, &'a str);
    type IntoIter = std::vec::IntoIter<Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> Parameters<'a> {
    pub(crate) fn of(benchmark: &'a BenchmarkId) -> Self {
        let mut names: Vec<&str> = Vec::new();
        let mut values = Values::default();
        for segment in benchmark.as_str().split('/') {
            match segment.split_once('=') {
                Some((name, value)) if !name.is_empty() => values.set(name, value),
                _ => names.push(segment),
            }
        }
        if values.0.is_empty()
            && let Some(last) = names.iter().rposition(|segment| is_number(segment))
        {
            values.set("", names.remove(last));
        }
        Self { names, values }
    }

    /// The id without its parameters.
    pub(crate) fn name(&self) -> String {
        self.names.join("/")
    }
}

/// `100`, `1_000`, `10k`, `4KiB`, `0.5`.
fn is_number(segment: &str) -> bool {
    segment.starts_with(|c: char| c.is_ascii_digit())
        && segment.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '.')
}

/// A parameter as people write it: `agent_count=100`, or the value alone where it has no name.
pub(crate) fn written(name: &str, value: &str) -> String {
    if name.is_empty() { value.to_owned() } else { format!("{name}={value}") }
}

/// Orders values of a parameter as numbers where they are, with what is no number last.
pub(crate) fn in_order(a: &str, b: &str) -> std::cmp::Ordering {
    let number = |text: &str| {
        let digits = text.replace('_', "");
        let end = digits.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(digits.len());
        let (number, unit) = digits.split_at(end);
        let scale = match unit.chars().next() {
            None => 1.0,
            Some('k' | 'K') => 1e3,
            Some('m' | 'M') => 1e6,
            Some('g' | 'G') => 1e9,
            Some(_) => 1.0,
        };
        number.parse::<f64>().map_or(f64::INFINITY, |number| number * scale)
    };
    number(a).total_cmp(&number(b)).then_with(|| a.cmp(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_named_or_the_last_number() {
        for (id, name, values) in [
            ("send/plain", "send/plain", vec![]),
            ("send/plain/100", "send/plain", vec![("", "100")]),
            ("send/100/plain", "send/plain", vec![("", "100")]),
            ("io/4KiB/8", "io/4KiB", vec![("", "8")]),
            ("a/b/mode=fast/n=10", "a/b", vec![("mode", "fast"), ("n", "10")]),
            ("a/100/n=10", "a/100", vec![("n", "10")]),
            ("a/=b", "a/=b", vec![]),
            ("n=10/m=1/n=20", "", vec![("m", "1"), ("n", "20")]),
            ("", "", vec![]),
        ] {
            let id = BenchmarkId::new(id);
            let parsed = Parameters::of(&id);
            assert_eq!(parsed.name(), name, "{id}");
            assert_eq!(parsed.values.iter().collect::<Vec<_>>(), values, "{id}");
        }
    }

    #[test]
    fn values_are_ordered_as_numbers() {
        let mut values = ["all", "100", "9", "1_000", "10k", "2M", "0.5"];
        values.sort_by(|a, b| in_order(a, b));
        assert_eq!(values, ["0.5", "9", "100", "1_000", "10k", "2M", "all"]);
    }
}
